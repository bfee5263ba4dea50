import { sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { commitOid } from '../../protocols/sshsig/commit-signature.ts'
import type { Tampering } from '../../protocols/webauthn/software-client.ts'
import { renderAllowedSigners } from './allowed-signers.ts'
import { type CommitTemplate, renderCommit, sealedCommit, trailersFor } from './commit.ts'
import {
  draftAct,
  draftApproval,
  draftCommit,
  draftConfirmation,
  draftMerge,
  draftProtect,
  draftTag,
  draftUpdate,
} from './draft.ts'
import { preAuthEncoding, renderEnvelope } from './dsse.ts'
import { renderTag, sealedTag, tagOid, type TagTemplate, tagTrailersFor } from './tag.ts'
import { parseRawDiff, patchDigest } from './patch-digest.ts'
import { sealPath } from './projection.ts'
import { renderRevocation, renderRevokedKeys, revocationPath } from './revocation.ts'
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
  tagTemplate?: TagTemplate
  /** base64 */
  tag?: string
  tagOid?: string
  envelope?: unknown
  /** base64: what git says of the change that an approval's `patch` is the digest of. */
  rawDiff?: string
}

/** Where a seal of an update, an approval or a confirmation is looked at. */
export interface VectorPlace {
  repositoryId: string
  ref: string
  pullRequest: string
  base: string
  tip: string
  tree: string
}

export interface RefusedVector {
  what: string
  code: SealErrorCode
  entries: unknown[]
  /** base64; null for a detached seal. */
  message: string | null
  record: SealRecordJson
  /** Where it holds by itself, and not of this. */
  place?: VectorPlace
}

/** `revocation.json`: the first seal of a lost key stands, the second was made after and dated back. */
export interface RevocationVector {
  description: string
  entries: unknown[]
  revocation: unknown
  path: string
  /** The file of that name. */
  revokedKeys: string
  standing: SealRecordJson
  datedBack: SealRecordJson
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

const zeros = '0'.repeat(40)
/** As `git diff-tree` says it of a file that changed, one that is new and executable, and one that is gone. */
const rawDiff = Buffer.from(
  `:100644 100644 ${'1'.repeat(40)} ${'2'.repeat(40)} M\0src/pay.ts\0` +
    `:000000 100755 ${zeros} ${'3'.repeat(40)} A\0src/prüfen.sh\0` +
    `:100644 000000 ${'4'.repeat(40)} ${zeros} D\0src/round.ts\0`,
)
const place: VectorPlace = { repositoryId: repository.id, ref: targetRef, pullRequest: '12', base, tip: head, tree }

function draftsOf(signer: SoftwareSigner) {
  const [context, change] = [contextOf(signer), { repository, targetRef, tree }]
  const patch = patchDigest(parseRawDiff(rawDiff))
  return {
    push: draftUpdate(context, { ...change, action: 'push', base, tip: head }),
    rebase: draftUpdate(context, { ...change, action: 'rebase', base, tip: 'd'.repeat(40), head, pullRequest: 12 }),
    approve: draftApproval(context, { ...change, mergeBase: base, head, patch, pullRequest: 12 }),
    confirm: draftConfirmation(context, { ...change, base, tip: head, pullRequest: 12 }),
  }
}

function contextOf({ entry }: SoftwareSigner) {
  const { userId, username } = entry
  const policyDigest = `sha256:${'0'.repeat(64)}`
  return { signer: { userId, username }, requestedBy: userId, policyDigest, issuedAt, notAfter: issuedAt + 300_000 }
}

/** Every vector, by file name. ECDSA and the nonces are random: each run gives other, equally good ones. */
export function createVectors(keys: VectorKeys): {
  proven: Record<string, Vector>
  refused: RefusedVector[]
  revocation: RevocationVector
} {
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
  const { push, rebase, approve } = draftsOf(ada)
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
      'seal-commit.json': ofCommit(
        'A commit that its person wrote in the browser, sealed by an ES256 key: stock git verifies it.',
        ada,
        'commit',
        [ada.entry],
      ),
      'seal-tag.json': ofTag(ada, [ada.entry]),
      'seal-push.json': ofDraft('A push of commits that carry no signature of their own.', ada, push, [ada.entry]),
      'seal-rebase.json': ofDraft('A rebase: `head` is what was proposed, replayed up to the subject.', ada, rebase, [
        ada.entry,
      ]),
      'seal-approve.json': {
        ...ofDraft('An approval of the change that seal-squash-eddsa.json brings in: two people.', ada, approve, [
          ada.entry,
        ]),
        rawDiff: rawDiff.toString('base64'),
      },
    },
    refused: [...refusedVectors(ada, bob, start), ...refusedOfChanges(ada, start)],
    revocation: revocationVector(ada, start),
  }
}

function revocationVector(ada: SoftwareSigner, start: StatementDraft): RevocationVector {
  const at = '2026-03-03T08:00:00Z'
  const entry: SignerEntry = { ...ada.entry, ended: { at, seal: null } }
  const [standing, datedBack] = [ada.seal(start), ada.seal(draftsOf(ada).push)]
  const revocation = { credentialId: entry.credentialId, at, standing: [statementDigest(standing.statement)] }
  return {
    description:
      'A key that may be in wrong hands, and the one statement that stands of it; both seals are well signed.',
    entries: [entryJson(entry)],
    revocation: JSON.parse(renderRevocation(revocation).toString()) as unknown,
    path: revocationPath(entry.credentialId),
    revokedKeys: renderRevokedKeys([entry], [revocation]),
    standing: sealRecordToJson(standing),
    datedBack: sealRecordToJson(datedBack),
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
  action: 'merge' | 'squash' | 'commit',
  entries: SignerEntry[],
): Vector {
  const draft =
    action === 'commit'
      ? draftCommit(contextOf(signer), {
          repository,
          targetRef: 'refs/heads/ada-edit-1',
          tree,
          base: zeros,
          parent: base,
        })
      : draftMerge(contextOf(signer), { action, repository, targetRef, tree, base, head, pullRequest: 12 })
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

function ofTag(signer: SoftwareSigner, entries: SignerEntry[]): Vector {
  const { displayName, principal } = signer.entry
  const tagTemplate: TagTemplate = {
    object: head,
    tagger: { name: displayName, email: principal, timestamp: issuedAt / 1000 + 5, offset: '+0000' },
    subject: 'First release',
    body: 'Rounds half to even.\n\n-----BEGIN SSH SIGNATURE-----\nPostern-Ref: refs/tags/v2.0',
  }
  const draft = draftTag(contextOf(signer), { repository, targetRef: 'refs/tags/v1.0', commit: head, tree })
  const record = signer.seal(draft, tagTemplate)
  const trailers = tagTrailersFor(parseStatement(record.statement), statementDigest(record.statement))
  const unsigned = renderTag(tagTemplate, trailers)
  const tag = sealedTag(unsigned, record.armored)
  return {
    ...common('A tag, sealed by an ES256 key: stock git verifies it.', record, unsigned, entries),
    tagTemplate,
    tag: tag.toString('base64'),
    tagOid: tagOid(tag),
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

/** Well signed too: some hold nowhere, some hold of another change than the one at hand. */
function refusedOfChanges(ada: SoftwareSigner, start: StatementDraft): RefusedVector[] {
  const { push, rebase, approve, confirm } = draftsOf(ada)
  const plain = { entries: [entryJson(ada.entry)], message: null }
  const elsewhere = (what: string, code: SealErrorCode, draft: StatementDraft, at: Partial<VectorPlace>) => ({
    ...plain,
    what,
    code,
    record: sealRecordToJson(ada.seal(draft)),
    place: { ...place, ...at },
  })
  /** The statement with one thing changed behind the writer's back, and signed so. */
  const malformed = (what: string, draft: StatementDraft, alter: (text: string) => string): RefusedVector => {
    const valid = renderStatement(draft, ada.entry)
    const statement = Buffer.from(alter(valid.toString()))
    const challenge = sshsigBlob('approval@postern', preAuthEncoding(statement))
    const record = { ...ada.sealBytes(valid, { namespace: 'approval@postern', challenge }), statement }
    return { ...plain, what, code: 'statement-malformed', record: sealRecordToJson(record) }
  }
  return [
    malformed('a push that names a pull request', push, (text) =>
      text.replace('"requestedBy"', '"pullRequest":"12","requestedBy"'),
    ),
    malformed('an approval without the digest of its patch', approve, (text) =>
      text.replace(/,\{"digest":\{"sha256":"[0-9a-f]{64}"\},"name":"patch"\}/, ''),
    ),
    malformed('a rebase that does not say what was proposed', rebase, (text) =>
      text.replace(/,\{"digest":\{"gitCommit":"[0-9a-f]{40}"\},"name":"head"\}/, ''),
    ),
    malformed('an approval that begins at nothing', approve, (text) =>
      text.replace(`"fromID":"${base}"`, `"fromID":"${zeros}"`),
    ),
    elsewhere('a push to another branch', 'ref-mismatch', push, { ref: 'refs/heads/release' }),
    elsewhere('a push to another repository', 'repository-mismatch', push, { repositoryId: 'rep_other' }),
    elsewhere('a push of another tip', 'head-mismatch', push, { tip: 'e'.repeat(40) }),
    elsewhere('a push of another content', 'tree-mismatch', push, { tree: 'e'.repeat(40) }),
    elsewhere('a push on top of another commit', 'base-mismatch', push, { base: 'e'.repeat(40) }),
    elsewhere('an approval of another pull request', 'pull-request-mismatch', approve, { pullRequest: '13' }),
    elsewhere('a start of protection in place of an update', 'action-mismatch', start, {}),
    elsewhere('a confirmation of another commit', 'head-mismatch', confirm, { tip: 'e'.repeat(40) }),
  ]
}
