import { sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { commitOid } from '../../protocols/sshsig/commit-signature.ts'
import type { Tampering } from '../../protocols/webauthn/software-client.ts'
import { renderAllowedSigners } from './allowed-signers.ts'
import { type CommitTemplate, renderCommit, sealedCommit, trailersFor } from './commit.ts'
import { draftAct, draftMerge, draftProtect } from './draft.ts'
import { preAuthEncoding, renderEnvelope } from './dsse.ts'
import { sealPath } from './projection.ts'
import type { SealErrorCode } from './seal-error.ts'
import { type SealRecordJson, sealRecordToJson } from './seal-record.ts'
import { type SignerEntry, credentialDigest, renderSignerEntry } from './signer-entry.ts'
import { SoftwareSigner, type SoftwareSignerJSON } from './software-signer-testing.ts'
import { type StatementDraft, parseStatement, renderStatement, statementDigest } from './statement.ts'

/** One file of `docs/formats/vectors/`; described there in seal.md. */
export interface Vector {
  description: string
  entries: unknown[]
  statement: string
  statementDigest: string
  namespace: string
  /** base64 */
  message: string
  /** base64url */
  challenge: string
  record: SealRecordJson
  path: string
  allowedSigners: string
  template?: CommitTemplate
  /** base64 */
  commit?: string
  commitOid?: string
  envelope?: unknown
}

export interface RefusedVector {
  what: string
  code: SealErrorCode
  entries: unknown[]
  /** base64; null for a detached seal. */
  message: string | null
  record: SealRecordJson
}

export interface VectorKeys {
  ada: SoftwareSignerJSON
  bob: SoftwareSignerJSON
}

/** Fresh keys for a new set of vectors. */
export function createVectorKeys(): VectorKeys {
  const addedAt = '2026-03-01T09:00:00Z'
  const origin = 'https://git.example.com'
  const ada = SoftwareSigner.create({ username: 'ada', addedAt, enrolledVia: 'setup', origin })
  const bob = SoftwareSigner.create({ username: 'bob', addedAt, origin, algorithm: -8, backupEligible: true })
  return { ada: ada.toJSON(), bob: bob.toJSON() }
}

const repository = { id: 'rep_4f9k2m7q', url: 'https://git.example.com/acme/payments' }
const targetRef = 'refs/heads/main'
const [base, head, tree] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string]
const issuedAt = Date.parse('2026-03-02T10:00:00Z')

function contextOf({ entry }: SoftwareSigner) {
  const { userId, username } = entry
  const policyDigest = `sha256:${'0'.repeat(64)}`
  return { signer: { userId, username }, requestedBy: userId, policyDigest, issuedAt, notAfter: issuedAt + 300_000 }
}

/** Every vector, by file name. ECDSA and the nonces are random: each run gives other, equally good ones. */
export function createVectors(keys: VectorKeys): { proven: Record<string, Vector>; refused: RefusedVector[] } {
  const ada = SoftwareSigner.fromJSON(keys.ada)
  const bob = SoftwareSigner.fromJSON(keys.bob)
  const act = {
    method: 'POST',
    route: '/api/v1/people/:username/credentials/:id/endorse',
    parameters: { username: 'bob', id: 'crd_7h3n' },
    bodyDigest: statementDigest(Buffer.from('{}')),
    title: 'Vouch for a key of bob',
  }
  const subjects = [{ name: 'credential', digest: { sha256: credentialDigest(bob.entry.publicKey) } }]
  const endorse = draftAct(contextOf(ada), { action: 'credential.endorse', act, subjects })
  const endorsement = ada.seal(endorse)
  const vouched: SignerEntry = { ...bob.entry, endorsement }
  const start = draftProtect(contextOf(ada), { repository, targetRef, tree, baseline: base })
  return {
    proven: {
      'seal-merge.json': ofCommit('A merge, sealed by an ES256 key: stock git verifies it.', ada, 'merge', [ada.entry]),
      'seal-squash-eddsa.json': ofCommit(
        'A squash, sealed by an Ed25519 key that an older signer vouched for: no gpgsig, the raw response is the proof.',
        bob,
        'squash',
        [ada.entry, vouched],
      ),
      'seal-protect.json': ofDraft('The start of protection.', ada, start, [ada.entry]),
      'seal-act.json': ofDraft('One person vouches for another’s key.', ada, endorse, [ada.entry]),
    },
    refused: refusedVectors(ada, bob, start),
  }
}

function ofDraft(description: string, signer: SoftwareSigner, draft: StatementDraft, entries: SignerEntry[]): Vector {
  const record = signer.seal(draft)
  const message = preAuthEncoding(record.statement)
  const vector = common(description, record, message, entries)
  if (record.armored === null) return vector
  const envelope = renderEnvelope({
    payload: record.statement,
    armored: record.armored,
    keyid: signer.entry.fingerprint,
  })
  return { ...vector, envelope: JSON.parse(envelope.toString()) as unknown }
}

function ofCommit(
  description: string,
  signer: SoftwareSigner,
  action: 'merge' | 'squash',
  entries: SignerEntry[],
): Vector {
  const draft = draftMerge(contextOf(signer), { action, repository, targetRef, tree, base, head, pullRequest: 12 })
  const { displayName, principal } = signer.entry
  const committer = { name: displayName, email: principal, timestamp: issuedAt / 1000 + 5, offset: '+0000' }
  const template: CommitTemplate = {
    tree,
    parents: action === 'merge' ? [base, head] : [base],
    author: { name: 'Grace', email: 'grace@example.com', timestamp: issuedAt / 1000 - 3600, offset: '+0200' },
    committer,
    subject: 'Pay the right amount',
    body: 'Rounds half to even.\n\nPostern-Ref: refs/heads/release',
  }
  const record = signer.seal(draft, template)
  const trailers = trailersFor(parseStatement(record.statement), statementDigest(record.statement))
  const unsigned = renderCommit(template, trailers)
  const commit = sealedCommit(unsigned, record.armored)
  return {
    ...common(description, record, unsigned, entries),
    template,
    commit: commit.toString('base64'),
    commitOid: commitOid(commit),
  }
}

function common(
  description: string,
  record: Parameters<typeof sealRecordToJson>[0],
  message: Buffer,
  entries: SignerEntry[],
): Vector {
  const digest = statementDigest(record.statement)
  return {
    description,
    entries: entries.map(entryJson),
    statement: record.statement.toString(),
    statementDigest: digest,
    namespace: record.namespace,
    message: message.toString('base64'),
    challenge: sshsigBlob(record.namespace, message).toString('base64url'),
    record: sealRecordToJson(record),
    path: sealPath(digest),
    allowedSigners: renderAllowedSigners(entries),
  }
}

const entryJson = (entry: SignerEntry) => JSON.parse(renderSignerEntry(entry).toString()) as unknown

/** Every one is well signed by its key, and must be refused. */
function refusedVectors(ada: SoftwareSigner, bob: SoftwareSigner, start: StatementDraft): RefusedVector[] {
  const statement = renderStatement(start, ada.entry)
  const message = preAuthEncoding(statement)
  const byAda = { namespace: 'approval@postern', challenge: sshsigBlob('approval@postern', message) } as const
  const tapped = (what: string, code: SealErrorCode, tampering: Tampering): RefusedVector => ({
    what,
    code,
    entries: [entryJson(ada.entry)],
    message: null,
    record: sealRecordToJson(ada.sealBytes(statement, byAda, tampering)),
  })
  const framed = draftProtect(contextOf(bob), { repository, targetRef, tree, baseline: base })
  const gitChallenge = { namespace: 'git', challenge: sshsigBlob('git', message) } as const
  return [
    tapped('touched, but nobody was verified', 'user-not-verified', { flags: 0x01 }),
    tapped('flags 0, which stock git accepts', 'user-not-present', { flags: 0x00 }),
    tapped('on another origin of the same RP ID', 'origin-mismatch', { origin: 'https://pages.git.example.com' }),
    tapped('eligible for backup, unlike the entry', 'backup-eligibility-changed', { flags: 0x0d }),
    tapped('over the digest of the blob in place of the blob', 'challenge-mismatch', {
      challenge: Buffer.alloc(32, 7).toString('base64url'),
    }),
    {
      ...tapped('', 'cross-origin', {}),
      what: 'inside a page of another origin',
      entries: [entryJson(bob.entry)],
      record: sealRecordToJson(bob.seal(framed, undefined, { crossOrigin: true })),
    },
    {
      ...tapped('', 'namespace-mismatch', {}),
      what: 'in the namespace of commits',
      record: sealRecordToJson(ada.sealBytes(statement, gitChallenge)),
    },
    {
      ...tapped('', 'signer-unknown', {}),
      what: 'by a key that no entry lists',
      entries: [entryJson(bob.entry)],
    },
  ]
}
