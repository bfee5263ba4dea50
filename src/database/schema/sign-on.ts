import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `sign-on/` writes. */
export interface SignOnTables {
  oauthGrant: OauthGrantTable
  oauthState: OauthStateTable
}

/** What a person let one program do in their name, with one tap; its tokens hang on it and end with it. */
export interface OauthGrantTable {
  id: Id<'gra'>
  userId: Id<'usr'>
  clientId: string
  /** As the page of the tap called the program. */
  clientName: string
  /** JSON list of scopes. */
  scopes: string
  /** JSON list of repository ids; null for every repository its owner reaches. */
  repositoryIds: string | null
  /** How the program asked: through this browser, or by a code that somebody typed. */
  via: 'browser' | 'device'
  /** The address that the program asked from. */
  askedFrom: string
  /** Of the tap. */
  tapStrength: Strength
  tappedAt: number
  createdAt: number
  expiresAt: number
  lastUsedAt: number | null
  /** The address of that use. */
  lastUsedFrom: string | null
  endedAt: number | null
}

/** What the OAuth server must remember: interactions, codes, tokens. Removed when it has expired. */
export interface OauthStateTable {
  /** As oidc-provider calls it: `AccessToken`, `Interaction` and so on. */
  model: string
  /** SHA-256 of the id, base64url; the id is the token, and is kept nowhere. */
  idHash: string
  /** JSON, without the id; of a question also the `userAgent` of whoever asks. */
  payload: string
  /** Null before somebody has tapped. */
  grantId: Id<'gra'> | null
  /** SHA-256 of what a person types in to find a device code; null for everything else. */
  userCodeHash: string | null
  /** Of an interaction: the browser that it began in, hashed. */
  browserHash: string | null
  /** The address it was asked from; once it was used, the one it was used from. */
  askedFrom: string
  createdAt: number
  expiresAt: number
  /** Null while it can be used; codes and refresh tokens are used once. */
  consumedAt: number | null
}
