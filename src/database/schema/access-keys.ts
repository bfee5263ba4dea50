import type { Generated } from 'kysely'
import type { Id } from '../id.ts'
import type { AttestationOutcome, Flag, Strength } from './scales.ts'

/** The tables that `access-keys/` writes. */
export interface AccessKeysTables {
  apiToken: ApiTokenTable
  spentTokenSecret: SpentTokenSecretTable
  sshKey: SshKeyTable
  sshCertificate: SshCertificateTable
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
  /** It may renew itself until then, as often as it likes; null: never. */
  renewableUntil: number | null
  /** When it got its newest secret, and `expiresAt` with it; null: when it was made. */
  renewedAt: number | null
  /** As `secretHash`: a new secret that was not used yet. Its first use ends the one before. */
  nextSecretHash: string | null
  /** Who gave an agent's token that one and has seen it, and is `madeBy` from its first use on; null: who made the former. */
  nextMadeBy: Id<'usr'> | null
  /** Until when the secret before that one works, whatever happens. */
  secretUntil: number | null
  /** The last warning of its end was that many days before. */
  warnedDays: number | null
}

/** A secret that a token had before. Whoever shows it has it from somewhere. */
export interface SpentTokenSecretTable {
  /** As `secretHash` of the token. */
  secretHash: string
  tokenId: Id<'tok'>
  spentAt: number
}

/**
 * A person's own key over SSH: to come in with, to sign commits with, or both. Kept when it has ended, so that what it
 * signed before can be judged.
 */
export interface SshKeyTable {
  id: Id<'ssk'>
  userId: Id<'usr'>
  name: string
  /** In wire form, base64. */
  publicKey: string
  /** `ssh-ed25519` and so on. */
  keyType: string
  /** `SHA256:…`; of those that have not ended, each is there once. */
  fingerprint: string
  forLogin: Flag
  forSigning: Flag
  /** What a security key was made for; null for a key that lies in a file. */
  application: string | null
  /** What its making proved of a security key's model; null where nothing was shown. Judged anew at each login. */
  attestationOutcome: AttestationOutcome | null
  /** In the form of WebAuthn, base64url, for later metadata to judge. */
  attestationObject: string | null
  /** Proven where the outcome is of a verified chain; else claimed. */
  aaguid: string | null
  modelName: string | null
  /**
   * The tap by which it was added, over a statement that names the key where it may sign; null for keys of before that
   * was kept, of which nobody but the server says whose they are.
   */
  addedBy: Id<'sea'> | null
  /** No login with it counts for more: it was added by a passkey that was capped itself. */
  strengthCap: Strength | null
  /** The last that a login showed. */
  counter: number
  createdAt: number
  /** Null: for as long as its person has access. */
  expiresAt: number | null
  /** Written at most once a minute. */
  lastUsedAt: number | null
  lastUsedFrom: string | null
  endedAt: number | null
}

/** What a person may come in with over SSH for some hours, with a key that the instance does not keep. */
export interface SshCertificateTable {
  /** Given by the database, from 1 on. */
  serial: Generated<number>
  id: Id<'sct'>
  userId: Id<'usr'>
  /** `SHA256:…` of the authority's key that signed it. */
  authority: string
  /** `SHA256:…` of the key it is about. */
  fingerprint: string
  /** Of that key, `ssh-ed25519` for example. */
  keyType: string
  /** JSON list of scopes. */
  scopes: string
  /** JSON list of repository ids; null for every repository its owner reaches. */
  repositoryIds: string | null
  /** Of the tap that made it. */
  strength: Strength
  tappedAt: number
  sealId: Id<'sea'>
  /** The authorisation of a program that asked for it, which makes one at most; null where its owner did. */
  grantId: Id<'gra'> | null
  address: string
  issuedAt: number
  expiresAt: number
  lastUsedAt: number | null
  endedAt: number | null
}
