import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `sign-on/` writes. */
export interface SignOnTables {
  oauthGrant: OauthGrantTable
  oauthState: OauthStateTable
  openidClient: OpenidClientTable
  backchannelLogout: BackchannelLogoutTable
}

/**
 * What a person let one program do in their name, with one tap, or an application that they are signed on to; its codes
 * and tokens hang on it and end with it.
 */
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
  /** Of a sign-on; null for a program that a tap let in. */
  applicationId: Id<'app'> | null
  /** The browser session that a sign-on hangs on, and ends with; one at a time of each session and application. */
  sessionId: Id<'ses'> | null
  /** When the end of a sign-on was seen to; null before, and for programs. */
  toldAt: number | null
}

/** An application that asks by OpenID Connect who came. */
export interface OpenidClientTable {
  applicationId: Id<'app'>
  /** Of its secret; null for one that can keep none. */
  secretHash: string | null
  /** Of the secret before, which is good until `formerUntil`. */
  formerHash: string | null
  formerUntil: number | null
  /** JSON, `OpenidSettings` of `sign-on/openid/client-settings.ts`. */
  settings: string
  changedAt: number
}

/** Applications that are still to be told that a sign-on is over: gone once they were, or after a day of trying. */
export interface BackchannelLogoutTable {
  grantId: Id<'gra'>
  createdAt: number
  notBefore: number
  attempts: number
  lastError: string | null
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
