import { NONCE_SECONDS, nonceTime } from '../../protocols/git/push-certificate.ts'
import { type VerifiedSshsig, verifySshsig } from '../../protocols/sshsig/verify-sshsig.ts'
import { asProofError } from './proof-error.ts'
import { pushDigest, type PushRecord, readPushCertificate } from './push-record.ts'
import { SealError } from './seal-error.ts'
import type { SealRecord, SealStrength } from './seal-record.ts'
import type { SignerEntry } from './signer-entry.ts'
import { ENROLMENT_ACTION, namesSshKey, type SshKeyEntry } from './ssh-key-entry.ts'
import { GIT_NAMESPACE } from './statement.ts'
import { parseTime } from './time.ts'
import { type Signers, verifySeal } from './verify-seal.ts'

/** A key over SSH as known to whoever verifies; `standing` is what counts of one that has ended. */
export interface KnownSshKey extends SshKeyEntry {
  standing?: ReadonlySet<string>
}

/** By id. */
export type SshKeys = ReadonlyMap<string, KnownSshKey>

export interface VerifiedPush {
  /** `sha256:<hex>` of the signed bytes. */
  digest: string
  key: SshKeyEntry
  /** `sk-ssh-ed25519@openssh.com` or `sk-ecdsa-sha2-nistp256@openssh.com`. */
  keyType: string
  counter: number
  /** The passkey by which its person added the key; null where only the server says whose it is. */
  enrolledBy: SignerEntry | null
  /** The branch's tip before, zeros where it began, and after. */
  base: string
  tip: string
  /** The address that was pushed to, as the pusher had it. */
  pushee: string | null
  /** When the server gave what was signed, as it says itself; seconds since 1970. */
  issuedAt: number
  /** As recorded by the server. */
  strength: SealStrength
}

/**
 * Verifies that one person, by a touch of their security key and its PIN, pushed exactly this step of one branch. Whether
 * base and tip are on one first-parent line is for the caller to see, who has the history; so is whether `pushee` is this
 * repository, whose names the caller knows. Throws SealError.
 */
export function verifySignedPush(given: {
  record: PushRecord
  ref: string
  /** The commit that the branch is at. */
  tip: string
  keys: SshKeys
  signers: Signers
}): VerifiedPush {
  const { record, ref, tip, keys, signers } = given
  const certificate = readPushCertificate(record)
  const key = keys.get(record.sshKeyId)
  if (!key) throw new SealError('signer-unknown', 'the key over SSH is not in the list of signers')
  const message = Buffer.from(certificate.payload)
  const signature = asProofError(() => verifySshsig(certificate.armored, GIT_NAMESPACE, message))
  const counter = checkTouch(signature, key)
  const commands = certificate.commands.filter((command) => command.ref === ref)
  const [command] = commands
  if (!command || commands.length > 1) throw new SealError('ref-mismatch', 'signed for another branch')
  if (command.newOid !== tip) throw new SealError('head-mismatch', 'what it brings in is not what was signed')
  const issuedAt = nonceTime(certificate.nonce)
  if (issuedAt === undefined) throw new SealError('certificate-malformed', 'nobody can tell when it was signed')
  const digest = pushDigest(certificate)
  checkTimes(key, issuedAt)
  if (key.standing && !key.standing.has(digest))
    throw new SealError('signer-ended', 'the key over SSH has ended, and this was not there by then')
  return {
    digest,
    key,
    keyType: signature.type,
    counter,
    enrolledBy: verifyEnrolment(key, issuedAt, signers),
    base: command.oldOid,
    tip,
    pushee: certificate.pushee,
    issuedAt,
    strength: record.strength,
  }
}

/** It was this very key, as hardware for SSH, touched by somebody whom it knew. Returns its counter. */
function checkTouch({ publicKey, touch, origin }: VerifiedSshsig, key: SshKeyEntry): number {
  if (!publicKey.equals(key.publicKey)) throw new SealError('signer-mismatch', 'signed by another key')
  if (origin !== null) throw new SealError('signature-unsupported', 'signed in a browser, not by git')
  if (touch === null) throw new SealError('key-unsupported', 'signed by a key in a file, which takes no touch')
  if (!touch.userPresence) throw new SealError('user-not-present', 'nobody touched the security key')
  if (!touch.userVerification) throw new SealError('user-not-verified', 'the security key was not given its PIN')
  return touch.counter
}

function checkTimes({ addedAt, expiresAt }: SshKeyEntry, issuedAt: number): void {
  if (issuedAt + NONCE_SECONDS < (parseTime(addedAt) ?? 0))
    throw new SealError('signer-unknown', 'the key over SSH was added later')
  if (expiresAt !== null && issuedAt > (parseTime(expiresAt) ?? 0))
    throw new SealError('signer-ended', 'the key over SSH had ended by its date')
}

/** The seal over the key itself, by a passkey of the person that the entry names. Throws SealError. */
function verifyEnrolment(key: SshKeyEntry, issuedAt: number, signers: Signers): SignerEntry | null {
  if (key.enrolment === null) return null
  const known = enrolments.get(signers) ?? new Map<SshKeyEntry, Enrolment>()
  enrolments.set(signers, known)
  const { entry, addedAt } = known.get(key) ?? readEnrolment(key, key.enrolment, signers)
  known.set(key, { entry, addedAt })
  if (issuedAt + NONCE_SECONDS < (parseTime(addedAt) ?? 0))
    throw new SealError('signer-unknown', 'the key over SSH was added later')
  return entry
}

interface Enrolment {
  entry: SignerEntry
  addedAt: string
}

// It costs as much as the push itself, and one key signs many.
const enrolments = new WeakMap<Signers, Map<SshKeyEntry, Enrolment>>()

function readEnrolment({ userId, username, publicKey }: SshKeyEntry, record: SealRecord, signers: Signers): Enrolment {
  const { statement, entry } = verifySeal({ record, signers })
  const { action, issuedAt: addedAt } = statement.predicate
  if (action !== ENROLMENT_ACTION || !namesSshKey(statement.subject, publicKey))
    throw new SealError('not-vouched', 'the seal beside the key over SSH is not about this key')
  if (entry.userId !== userId || entry.username !== username)
    throw new SealError('signer-mismatch', 'the key over SSH was added by another person')
  return { entry, addedAt }
}
