import type { Id } from '../id.ts'

/** The tables that `agents/` writes. */
export interface AgentsTables {
  permission: PermissionTable
}

/** What an agent asks people to allow, and the seal of whoever did. */
export interface PermissionTable {
  id: Id<'prm'>
  agentId: Id<'usr'>
  tokenId: Id<'tok'>
  /** Name of the group whose members are asked; null: whoever answers for the agent. */
  askedGroup: string | null
  title: string
  /** JSON as it was asked, RFC 8785: what the seal's `request` is the digest of. */
  body: string
  /** `sha256:<hex>` of it. */
  digest: string
  createdAt: number
  expiresAt: number
  sealId: Id<'sea'> | null
}
