import { TestSshKey } from '../../protocols/ssh/test-ssh-key.ts'
import { pushDigest, pushPath, type PushRecord, readPushCertificate, renderPushRecord } from './push-record.ts'
import type { SealErrorCode } from './seal-error.ts'
import { type SignerEntry, renderSignerEntry } from './signer-entry.ts'
import { type CertificateWish, draftEnrolment, signCertificate } from './signed-push-testing.ts'
import { SoftwareSigner } from './software-signer-testing.ts'
import {
  renderSshKeyEnd,
  renderSshKeyEntry,
  sshKeyEndPath,
  type SshKeyEnd,
  sshKeyPath,
  type SshKeyEntry,
} from './ssh-key-entry.ts'
import type { VectorKeys } from './vectors-testing.ts'

/** `signed-push.json`; described in seal.md. */
export interface SignedPushVector {
  description: string
  /** Signers, the key over SSH and its end, as JSON values. */
  entries: unknown[]
  sshKey: unknown
  sshKeyPath: string
  ended: unknown
  endedPath: string
  /** The certificate as text. */
  certificate: string
  digest: string
  record: unknown
  path: string
  place: { ref: string; base: string; tip: string }
  /** Each with what it has in place of the above. */
  refused: {
    what: string
    code: SealErrorCode
    record?: unknown
    sshKey?: unknown
    ended?: unknown
    place?: SignedPushVector['place']
  }[]
}

const at = Date.parse('2026-03-02T10:00:00Z')
const [base, tip] = ['a'.repeat(40), 'b'.repeat(40)] as const
const place = { ref: 'refs/heads/main', base, tip }
const pushee = 'https://git.example.com/acme/payments.git'

const jsonOf = (bytes: Buffer): unknown => JSON.parse(bytes.toString())

/** By a security key of its own, new each time. */
export function createSignedPushVector(keys: VectorKeys): SignedPushVector {
  const [ada, bob] = [SoftwareSigner.fromJSON(keys.ada), SoftwareSigner.fromJSON(keys.bob)]
  const key = new TestSshKey('sk-ssh-ed25519@openssh.com')
  key.verification = true
  const enrol = (signer: SoftwareSigner, publicKey = key.publicKey) =>
    signer.seal(draftEnrolment(contextOf(signer), publicKey))
  const entry: SshKeyEntry = {
    id: 'ssk_2d8w',
    userId: ada.entry.userId,
    username: ada.entry.username,
    publicKey: key.publicKey,
    fingerprint: key.fingerprint,
    addedAt: '2026-03-02T09:00:00Z',
    expiresAt: null,
    enrolment: enrol(ada),
  }
  const sign = (wish: Partial<CertificateWish> = {}, by = key): PushRecord => ({
    certificate: signCertificate(by, {
      pushee,
      at,
      commands: [{ ref: place.ref, oldOid: base, newOid: tip }],
      ...wish,
    }),
    sshKeyId: entry.id,
    strength: 'passkey',
  })
  const record = sign()
  const digest = pushDigest(readPushCertificate(record))
  const end: SshKeyEnd = { id: entry.id, at: '2026-03-03T10:00:00Z', standing: [digest] }
  const touchedOnly = new TestSshKey('sk-ssh-ed25519@openssh.com')
  const inFile = new TestSshKey('ssh-ed25519')
  const of = (other: TestSshKey) => {
    const enrolment = enrol(ada, other.publicKey)
    return { ...entry, publicKey: other.publicKey, fingerprint: other.fingerprint, enrolment }
  }
  const rendered = (one: PushRecord) => jsonOf(renderPushRecord(one))
  const renderedKey = (one: SshKeyEntry) => jsonOf(renderSshKeyEntry(one))
  return {
    description: 'A push signed by a security key over SSH, which its person added with a passkey.',
    entries: [ada, bob].map((signer): unknown => jsonOf(renderSignerEntry(signer.entry satisfies SignerEntry))),
    sshKey: renderedKey(entry),
    sshKeyPath: sshKeyPath(entry.id),
    ended: jsonOf(renderSshKeyEnd(end)),
    endedPath: sshKeyEndPath(entry.id),
    certificate: record.certificate.toString(),
    digest,
    record: rendered(record),
    path: pushPath(digest),
    place,
    refused: [
      {
        what: 'edited after it was signed',
        code: 'signature-invalid',
        record: rendered(sign({ tamper: (text) => text.replace('acme/payments', 'acme/others') })),
      },
      { what: 'of another branch', code: 'ref-mismatch', place: { ...place, ref: 'refs/heads/next' } },
      { what: 'for another commit', code: 'head-mismatch', place: { ...place, tip: 'c'.repeat(40) } },
      { what: 'signed by another key', code: 'signer-mismatch', record: rendered(sign({}, touchedOnly)) },
      {
        what: 'touched, without the PIN',
        code: 'user-not-verified',
        record: rendered(sign({}, touchedOnly)),
        sshKey: renderedKey(of(touchedOnly)),
      },
      {
        what: 'by a key in a file',
        code: 'key-unsupported',
        record: rendered(sign({}, inFile)),
        sshKey: renderedKey(of(inFile)),
      },
      { what: 'not signed for git', code: 'namespace-mismatch', record: rendered(sign({ namespace: 'file' })) },
      {
        what: 'the key was added by another person',
        code: 'signer-mismatch',
        sshKey: renderedKey({ ...entry, enrolment: enrol(bob) }),
      },
      {
        what: 'the seal beside the key is about another key',
        code: 'not-vouched',
        sshKey: renderedKey({ ...entry, enrolment: enrol(ada, inFile.publicKey) }),
      },
      {
        what: 'the key has ended, and this was not there by then',
        code: 'signer-ended',
        ended: jsonOf(renderSshKeyEnd({ ...end, standing: [] })),
      },
      {
        what: 'before the key was added',
        code: 'signer-unknown',
        record: rendered(sign({ at: Date.parse('2026-03-02T08:54:00Z') })),
      },
    ],
  }
}

function contextOf({ entry: { userId, username } }: SoftwareSigner) {
  const issuedAt = Date.parse('2026-03-02T09:00:00Z')
  const policyDigest = `sha256:${'0'.repeat(64)}`
  return { signer: { userId, username }, requestedBy: userId, policyDigest, issuedAt, notAfter: issuedAt + 300_000 }
}
