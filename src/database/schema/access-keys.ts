import type { Id } from '../id.ts'

/** The tables that `access-keys/` writes. */
export interface AccessKeysTables {
  apiToken: ApiTokenTable
}

export interface ApiTokenTable {
  id: Id<'tok'>
  userId: Id<'usr'>
  /** Who made it for an agent and has seen its secret: it ends with them too. Null for one's own. */
  madeBy: Id<'usr'> | null
  name: string
  /** SHA-256 of the whole token, base64url. */
  secretHash: string
  /** JSON list of scopes. */
  scopes: string
  /** JSON list of repository ids; null for every repository its owner reaches. */
  repositoryIds: string | null
  createdAt: number
  expiresAt: number
  lastUsedAt: number | null
  endedAt: number | null
}
