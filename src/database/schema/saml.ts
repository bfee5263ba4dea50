import type { Id } from '../id.ts'

/** The tables of SAML, which `sign-on/` writes too. */
export interface SamlTables {
  samlServiceProvider: SamlServiceProviderTable
  samlRequest: SamlRequestTable
  samlSigningKey: SamlSigningKeyTable
}

/** What is known of a tool that learns by SAML who came; gone with its application. */
export interface SamlServiceProviderTable {
  applicationId: Id<'app'>
  /** What the tool calls itself, byte for byte; unique. */
  entityId: string
  /** JSON, `SamlSettings` of `sign-on/saml/saml-settings.ts`. */
  settings: string
  changedAt: number
}

/** A request that a tool sent somebody here with; kept until it is too old to be sent again. */
export interface SamlRequestTable {
  id: Id<'sar'>
  applicationId: Id<'app'>
  /** As the tool called it: taken once. */
  requestId: string
  /** JSON: `AskedBySaml`. */
  asked: string
  relayState: string | null
  receivedAt: number
  expiresAt: number
  /** Null while somebody signs in. */
  answeredAt: number | null
}

/** What assertions are signed with, one after the other; its private half lies in `secret`. */
export interface SamlSigningKeyTable {
  number: number
  /** PEM, made by itself: what metadata shows. */
  certificate: string
  createdAt: number
  /** Null: published, so that tools learn it before it signs. The latest that has begun signs. */
  signsFrom: number | null
}
