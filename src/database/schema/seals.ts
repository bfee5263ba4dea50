import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `seals/` writes. */
export interface SealsTables {
  sealRequest: SealRequestTable
  seal: SealTable
}

/** A statement that waits for one person's tap and succeeds once. */
export interface SealRequestTable {
  id: Id<'srq'>
  /** Who is asked to tap; usually, but not always, who asked. */
  userId: Id<'usr'>
  requestedBy: Id<'usr'>
  /** The address it was asked from; empty where that is not known. */
  requestedFrom: string
  /** The browser it was asked with, as its user agent; empty for a program, whose token says it. */
  requestedDevice: string
  /** `session`, or `token <its name>`. */
  requestedVia: string
  requestedToken: Id<'tok'> | null
  /** The same of a program that was let in. */
  requestedGrant: Id<'gra'> | null
  /**
   * What its link `/s/…` ends in: 80 random bits, null while it was only shown on the page that asked. It leads to the
   * request and opens nothing: its person must be signed in. So it is kept readable, to be shown again.
   */
  code: string | null
  /** What it is about, where several people are asked about one thing: the id of a change. */
  about: string | null
  action: string
  repositoryId: Id<'rep'> | null
  /** JSON: the statement without its signer's credential, and for merges the commit template. */
  draft: string
  /** JSON: title and labelled facts as the person sees them. */
  facts: string
  state: 'open' | 'sealed' | 'refused' | 'withdrawn'
  createdAt: number
  expiresAt: number
  /** When its person was told that it waits; null where nobody had to, or nobody has yet. */
  announcedAt: number | null
}

/** One accepted tap over one statement. The truth; `refs/postern/*` is a projection of it. */
export interface SealTable {
  id: Id<'sea'>
  requestId: Id<'srq'>
  /** `sha256:<hex>` of the statement; unique, so that a statement counts once. */
  statementDigest: string
  action: string
  repositoryId: Id<'rep'> | null
  userId: Id<'usr'>
  credentialRecordId: Id<'crd'>
  strength: Strength
  /** Statement bytes verbatim, base64. */
  statement: string
  /** What the tap signed, base64: the commit, or the DSSE pre-authentication encoding. */
  message: string
  namespace: string
  /** Where the tap was made; the RP ID may be the same at several. */
  origin: string
  /** Raw authentication response, base64url each. */
  authenticatorData: string
  clientDataJson: string
  signature: string
  /** Armored SSHSIG; null where the credential's algorithm has no such form. */
  armored: string | null
  sealedAt: number
  /** When the act it allows was carried out; a seal allows one act once. */
  consumedAt: number | null
}
