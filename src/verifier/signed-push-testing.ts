import { TestSshKey } from '../protocols/ssh/test-ssh-key.ts'
import type { PushRecord } from '../seals/format/push-record.ts'
import type { SealRecord } from '../seals/format/seal-record.ts'
import { type CertificateWish, draftEnrolment, signCertificate } from '../seals/format/signed-push-testing.ts'
import type { SoftwareSigner } from '../seals/format/software-signer-testing.ts'
import { ENROLMENT_ACTION, type SshKeyEntry } from '../seals/format/ssh-key-entry.ts'
import { renderTime } from '../seals/format/time.ts'
import { MAIN, REPOSITORY, STEP_MS, type SealedRepository } from './sealed-repository-testing.ts'

/** A security key for SSH that is given its PIN, unless a test decides otherwise. */
export function securityKey(type: 'sk-ssh-ed25519' | 'sk-ecdsa-sha2-nistp256' = 'sk-ssh-ed25519'): TestSshKey {
  const key = new TestSshKey(`${type}@openssh.com`)
  key.verification = true
  return key
}

/** The seal by which a person adds a key over SSH for signing; `action` and `about` where it is about something else. */
export function enrol(
  repository: SealedRepository,
  signer: SoftwareSigner,
  about: Buffer,
  { action = ENROLMENT_ACTION, at = (repository.now += STEP_MS) } = {},
): SealRecord {
  return signer.seal(draftEnrolment(repository.context(signer, at), about, action))
}

/** A person's key over SSH in the list of signers, as the server writes it down. */
export function addKey(
  repository: SealedRepository,
  signer: SoftwareSigner,
  key: TestSshKey,
  over: Partial<SshKeyEntry> = {},
): SshKeyEntry {
  const enrolment = over.enrolment === undefined ? enrol(repository, signer, key.publicKey) : over.enrolment
  const { userId, username } = signer.entry
  const entry: SshKeyEntry = {
    id: `ssk_${repository.sshKeys.length}`,
    userId,
    username,
    publicKey: key.publicKey,
    fingerprint: key.fingerprint,
    addedAt: renderTime(repository.now),
    expiresAt: null,
    ...over,
    enrolment,
  }
  repository.sshKeys.push(entry)
  return entry
}

export interface PushWish extends Partial<CertificateWish> {
  tip: string
  base?: string
  ref?: string
}

/** Main moves to `tip` by `git push --signed`. */
export function signedPush(
  repository: SealedRepository,
  key: TestSshKey,
  entry: Pick<SshKeyEntry, 'id'>,
  wish: PushWish,
): PushRecord {
  const { tip, base = repository.tip, ref = MAIN } = wish
  const certificate = signCertificate(key, {
    pushee: `${REPOSITORY.url}.git`,
    commands: [{ ref, oldOid: base, newOid: tip }],
    ...wish,
    at: wish.at ?? (repository.now += STEP_MS),
  })
  const record: PushRecord = { certificate, sshKeyId: entry.id, strength: 'passkey' }
  repository.pushes.push(record)
  repository.moveTo(tip)
  return record
}
