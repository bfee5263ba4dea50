import { sshKeyKind, sshKeyStrength } from '../../access-keys/ssh-keys/ssh-key-strength.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { AttestationOutcome, PushCertificateTable, Strength } from '../../database/schema.ts'
import type { Caller } from '../../identity/caller.ts'
import type { Proof } from '../../policy/facts.ts'
import { isAtLeast } from '../../policy/strength.ts'
import type { Told } from '../judge-ref-update.ts'
import type { CertificateRefusal, CheckedCertificate } from './check-certificate.ts'
import { endOf, findForSigning, listSigningKeys } from './signing-keys.ts'

/** What metadata says today of the model of a key whose making was shown. */
export type JudgeModel = (shown: { attestationObject: Buffer; registeredAt: number }) => Promise<AttestationOutcome>

/** A certificate that belongs to this push, and what its key's model is worth today. */
export type AskedCertificate = CheckedCertificate & { outcome: AttestationOutcome | null }

/** A signed push whose signer is whoever pushes, or nobody known. */
export interface SignedPush {
  /** As it is kept. */
  row: Omit<PushCertificateTable, 'batchId' | 'repositoryId' | 'receivedAt'>
  /** A tap on a security key, with PIN, for exactly this push; null where it is none. */
  tap: Proof | null
  /** Branches for which it is none: see `listUnnamed`. */
  unnamed?: ReadonlySet<string>
}

/**
 * Who signed a push, and whether that is a tap. Only the pusher's own key is one; a certificate of a key in a file, of a
 * key nobody registered and of GPG is kept, and counts for nothing. Each is good once.
 */
export async function judgeCertificate(
  db: Db<'sshKey' | 'user' | 'pushCertificate'>,
  { digest, content, signature, outcome }: AskedCertificate,
  { repositoryId, caller, at }: { repositoryId: Id<'rep'>; caller: Pick<Caller, 'id'>; at: number },
): Promise<SignedPush | { refusal: CertificateRefusal }> {
  const used = await db
    .selectFrom('pushCertificate')
    .select('digest')
    .where('repositoryId', '=', repositoryId)
    .where('digest', '=', digest)
    .executeTakeFirst()
  if (used !== undefined) return refuse('push-certificate-used', 'This signed push was made before.', 'Push again.')
  const empty = { signerId: null, sshKeyId: null, keyName: null, userPresence: null, userVerification: null }
  const unknown = { row: { ...empty, digest, content, fingerprint: null, strength: null }, tap: null }
  if (signature.state === 'unjudged') return unknown
  const { fingerprint, touch, inBrowser } = signature
  const key = (await listSigningKeys(db, [fingerprint])).get(fingerprint)
  const registration = key && findForSigning(key)
  if (key === undefined || registration === undefined || inBrowser)
    return { ...unknown, row: { ...unknown.row, fingerprint } }
  if (key.owner.id !== caller.id)
    return refuse('push-certificate-signer', 'This push was signed with somebody else’s key.', 'Sign it with your own.')
  if (at >= endOf(registration))
    return refuse('push-certificate-key-ended', `Your key “${registration.name}” has ended.`, 'Sign with another one.')
  if (touch?.userPresence === false)
    return refuse(
      'push-certificate-untouched',
      'Your security key signed this push without being touched.',
      'Sign it with a key that asks for a touch.',
    )
  const judged = { ...registration, attestationOutcome: outcome }
  const strength = touch === null ? null : sshKeyStrength(touch, judged)
  return {
    row: {
      signerId: key.owner.id,
      sshKeyId: registration.id,
      keyName: registration.name,
      fingerprint,
      userPresence: touch && 1,
      userVerification: touch && (touch.userVerification ? 1 : 0),
      strength: isTap(strength) ? strength : null,
      digest,
      content,
    },
    tap: isTap(strength) ? { strength, ageSeconds: 0, boundToAct: true, key: sshKeyKind(judged) } : null,
  }
}

/** No tap anywhere here counts without its person having been verified: a touch alone is anybody's at the desk. */
const isTap = (strength: Strength | null): strength is Strength => strength !== null && isAtLeast(strength, 'passkey')

/** What the signing key's making is worth today; asked ahead, because nothing else is asked inside a transaction. */
export async function readOutcome(
  db: Db<'sshKey' | 'user'>,
  judgeModel: JudgeModel,
  { signature }: CheckedCertificate,
): Promise<AttestationOutcome | null> {
  if (signature.state !== 'verified') return null
  const key = (await listSigningKeys(db, [signature.fingerprint])).get(signature.fingerprint)
  const registration = key && findForSigning(key)
  if (registration === undefined) return null
  const { attestationObject, attestationOutcome, createdAt } = registration
  if (attestationObject === null) return attestationOutcome
  return judgeModel({ attestationObject: Buffer.from(attestationObject, 'base64url'), registeredAt: createdAt })
}

const refuse = (code: string, ...sentences: Told): { refusal: CertificateRefusal } => ({
  refusal: { code, sentences },
})
