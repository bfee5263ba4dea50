import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitGpgsig } from '../../protocols/sshsig/commit-signature.ts'
import { sshsigBlob } from '../../protocols/sshsig/sshsig.ts'
import { EDDSA, RS256 } from '../../protocols/webauthn/cose.ts'
import type { Tampering } from '../../protocols/webauthn/software-client.ts'
import { type CommitTemplate, renderCommit, sealedCommit, trailersFor } from './commit.ts'
import { draftAct, draftMerge } from './draft.ts'
import { preAuthEncoding } from './dsse.ts'
import { type SealErrorCode, SealError } from './seal-error.ts'
import { type SealRecord, parseSealRecord, renderSealRecord } from './seal-record.ts'
import { messageFor } from './signing.ts'
import { SoftwareSigner } from './software-signer-testing.ts'
import { type StatementDraft, parseStatement, renderStatement, statementDigest } from './statement.ts'
import { verifySeal } from './verify-seal.ts'
import { verifySealedCommit } from './verify-sealed-commit.ts'

const addedAt = '2026-03-01T09:00:00Z'
const ada = SoftwareSigner.create({ username: 'ada', addedAt, enrolledVia: 'setup' })
const bob = SoftwareSigner.create({ username: 'bob', addedAt })
const signers = new Map([ada, bob].map(({ entry }) => [entry.credentialId, entry]))

const context = {
  signer: { userId: 'usr_ada', username: 'ada' },
  requestedBy: 'usr_ada',
  policyDigest: `sha256:${'0'.repeat(64)}`,
  issuedAt: Date.parse('2026-03-01T10:00:00Z'),
  notAfter: Date.parse('2026-03-01T10:05:00Z'),
}
const act: StatementDraft = draftAct(context, {
  action: 'token.create',
  act: {
    method: 'POST',
    route: '/api/v1/me/tokens',
    parameters: {},
    bodyDigest: `sha256:${'1'.repeat(64)}`,
    title: 'x',
  },
})
const facts = {
  action: 'merge',
  repository: { id: 'rep_1', url: 'http://localhost:7400/acme/payments' },
  targetRef: 'refs/heads/main',
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  pullRequest: 12,
} as const
const merge = draftMerge(context, facts)
const ident = {
  name: 'Ada',
  email: 'ada@localhost',
  timestamp: Date.parse('2026-03-01T10:01:00Z') / 1000,
  offset: '+0000',
}
const template: CommitTemplate = {
  tree: facts.tree,
  parents: [facts.base, facts.head],
  author: ident,
  committer: ident,
  subject: 'Pay',
  body: '',
}

function refuses(code: SealErrorCode, verify: () => unknown): void {
  assert.throws(verify, (error) => {
    if (!(error instanceof SealError)) throw error
    assert.equal(error.code, code, error.message)
    return true
  })
}

test('a detached seal verifies, through its stored form', () => {
  const record = parseSealRecord(renderSealRecord(ada.seal(act)))
  const seal = verifySeal({ record, signers })
  assert.equal(seal.entry.username, 'ada')
  assert.equal(seal.origin, 'http://localhost:7400')
  assert.equal(seal.strength, 'device-bound')
  assert.equal(seal.statement.predicate.act?.title, 'x')
  assert.ok(record.armored?.startsWith('-----BEGIN SSH SIGNATURE-----\n'))
})

test('credentials without an SSH form seal by their raw response', () => {
  for (const algorithm of [EDDSA, RS256] as const) {
    const eve = SoftwareSigner.create({ username: 'ada', addedAt, algorithm, backupEligible: true })
    const record = eve.seal(act)
    const known = new Map([[eve.entry.credentialId, eve.entry]])
    assert.equal(record.armored, null)
    assert.equal(verifySeal({ record, signers: known }).backupEligible, true)
    const other = ada.seal(act)
    refuses('armor-mismatch', () => verifySeal({ record: { ...record, armored: other.armored }, signers: known }))
    refuses('armor-mismatch', () => verifySeal({ record: { ...other, armored: null }, signers }))
  }
})

const tampered: [what: string, code: SealErrorCode, tampering: Tampering][] = [
  ['nobody verified', 'user-not-verified', { flags: 0x01 }],
  ['nobody present', 'user-not-present', { flags: 0x04 }],
  ['no flags at all, which stock git accepts', 'user-not-present', { flags: 0 }],
  ['another origin below the RP ID', 'origin-mismatch', { origin: 'http://localhost:8080' }],
  ['a foreign origin', 'origin-mismatch', { origin: 'https://evil.example' }],
  ['inside a page of another site', 'cross-origin', { crossOrigin: true }],
  ['inside a page that says whose', 'cross-origin', { topOrigin: 'https://evil.example' }],
  ['another RP ID', 'rp-id-mismatch', { rpId: 'evil.example' }],
  ['backed up but not eligible', 'backup-flags-invalid', { flags: 0x15 }],
  ['eligibility changed', 'backup-eligibility-changed', { flags: 0x0d }],
  ['a sign-in challenge', 'challenge-mismatch', { challenge: Buffer.alloc(32).toString('base64url') }],
]

for (const [what, code, tampering] of tampered) {
  test(`refuses a tap: ${what}`, () => {
    // EdDSA has no SSH form that would refuse some of these while it is put together.
    const eve = SoftwareSigner.create({ username: 'ada', addedAt, algorithm: EDDSA })
    const record = eve.seal(act, undefined, tampering)
    refuses(code, () => verifySeal({ record, signers: new Map([[eve.entry.credentialId, eve.entry]]) }))
  })
}

test('refuses a tap that belongs to something else', () => {
  const record = ada.seal(act)
  const [first = 0, ...rest] = record.response.signature
  const bent: SealRecord = { ...record, response: { ...record.response, signature: Buffer.from([first ^ 1, ...rest]) } }
  refuses('signature-invalid', () => verifySeal({ record: bent, signers }))
  refuses('challenge-mismatch', () =>
    verifySeal({ record: { ...record, statement: renderStatement(retitled(), ada.entry) }, signers }),
  )
  refuses('signer-unknown', () => verifySeal({ record, signers: new Map() }))
  refuses('signer-mismatch', () => verifySeal({ record: { ...record, credentialId: bob.entry.credentialId }, signers }))
  const stolen = new Map([[ada.entry.credentialId, { ...ada.entry, username: 'bob', userId: 'usr_bob' }]])
  refuses('signer-mismatch', () => verifySeal({ record, signers: stolen }))
  const key = new Map([[ada.entry.credentialId, { ...ada.entry, publicKey: bob.entry.publicKey }]])
  refuses('signature-invalid', () => verifySeal({ record, signers: key }))
  refuses('strength-mismatch', () => {
    const synced = SoftwareSigner.create({ username: 'ada', addedAt, backupEligible: true })
    const claimed: SealRecord = { ...synced.seal(act), strength: 'attested' }
    verifySeal({ record: claimed, signers: new Map([[synced.entry.credentialId, synced.entry]]) })
  })
})

function retitled(): StatementDraft {
  const renamed = structuredClone(act)
  if (renamed.predicate.act) renamed.predicate.act.title = 'y'
  return renamed
}

test('a pinned origin stands in place of the list', () => {
  const record = ada.seal(act)
  verifySeal({ record, signers, origins: ['http://localhost:7400'] })
  refuses('origin-mismatch', () => verifySeal({ record, signers, origins: ['https://git.example.com'] }))
  const signInOnly = { ...ada.entry, origins: { signIn: ['http://localhost:7400'], sealing: [] } }
  refuses('origin-mismatch', () => verifySeal({ record, signers: new Map([[signInOnly.credentialId, signInOnly]]) }))
})

test('a key seals nothing before it was added or after it ended', () => {
  const record = ada.seal(act)
  const during = (over: object) => new Map([[ada.entry.credentialId, { ...ada.entry, ...over }]])
  const ended = (at: string) => during({ ended: { at, seal: null } })
  refuses('signer-ended', () => verifySeal({ record, signers: ended('2026-03-01T09:59:59Z') }))
  verifySeal({ record, signers: ended('2026-03-01T10:00:01Z') })
  refuses('signer-unknown', () => verifySeal({ record, signers: during({ addedAt: '2026-03-01T10:05:01Z' }) }))
})

test('seals of acts and of commits never stand in for each other', () => {
  const statement = renderStatement(merge, ada.entry)
  const asAct = ada.sealBytes(statement, messageFor(renderStatement(act, ada.entry)))
  refuses('namespace-mismatch', () => verifySeal({ record: asAct, signers }))
  const record = ada.seal(merge, template)
  const message = renderCommit(
    template,
    trailersFor(parseStatement(record.statement), statementDigest(record.statement)),
  )
  verifySeal({ record, message, signers })
  refuses('action-mismatch', () => verifySeal({ record, signers }))
  refuses('action-mismatch', () => verifySeal({ record: ada.seal(act), message, signers }))
  refuses('challenge-mismatch', () => verifySeal({ record, message: preAuthEncoding(record.statement), signers }))
  refuses('namespace-mismatch', () =>
    verifySeal({ record: { ...record, namespace: 'approval@postern' }, message, signers }),
  )
})

/** A merge as a dishonest server could let it be tapped: statement and commit need not agree. */
function sealedMerge(
  over: {
    draft?: StatementDraft
    template?: CommitTemplate
    ref?: string
    repository?: string
    digest?: string
    header?: string
  } = {},
) {
  const statement = renderStatement(over.draft ?? merge, ada.entry)
  const digest = over.digest ?? statementDigest(statement)
  const trailers = {
    repository: over.repository ?? 'rep_1',
    ref: over.ref ?? 'refs/heads/main',
    pullRequest: '12',
    statement: digest,
  }
  const rendered = renderCommit(over.template ?? template, trailers).toString()
  const unsigned = Buffer.from(over.header === undefined ? rendered : rendered.replace('\n\n', `\n${over.header}\n\n`))
  const record = ada.sealBytes(statement, { namespace: 'git', challenge: sshsigBlob('git', unsigned) })
  return { commit: sealedCommit(unsigned, record.armored), record, digest }
}

function judge({ commit, record, digest }: ReturnType<typeof sealedMerge>, findNothing = false) {
  const findSeal = (wanted: string) => (wanted === digest && !findNothing ? record : undefined)
  return verifySealedCommit({ commit, repositoryId: 'rep_1', ref: 'refs/heads/main', findSeal, signers })
}

test('a sealed merge verifies and says what it is', () => {
  const verified = judge(sealedMerge())
  assert.equal(verified.action, 'merge')
  assert.equal(verified.pullRequest, '12')
  assert.equal(verified.head, facts.head)
  assert.equal(verified.committedAt, ident.timestamp)
})

test('refuses a commit that is not what its statement says', () => {
  const withTemplate = (over: Partial<CommitTemplate>) => () =>
    judge(sealedMerge({ template: { ...template, ...over } }))
  refuses('tree-mismatch', withTemplate({ tree: 'd'.repeat(40) }))
  refuses('base-mismatch', withTemplate({ parents: ['d'.repeat(40), facts.head] }))
  refuses('base-mismatch', withTemplate({ parents: [facts.head, facts.base] }))
  refuses('base-mismatch', withTemplate({ parents: [] }))
  refuses('head-mismatch', withTemplate({ parents: [facts.base, 'd'.repeat(40)] }))
  refuses('head-mismatch', withTemplate({ parents: [facts.base, facts.head, 'd'.repeat(40)] }))
  refuses('head-mismatch', withTemplate({ parents: [facts.base] }))
  refuses('committer-mismatch', withTemplate({ committer: { ...ident, email: 'bob@localhost' } }))
  refuses('committer-mismatch', withTemplate({ committer: { ...ident, email: 'x ada@localhost' } }))
  refuses('outside-time', withTemplate({ committer: { ...ident, timestamp: ident.timestamp - 61 } }))
  refuses('outside-time', withTemplate({ committer: { ...ident, timestamp: ident.timestamp + 241 } }))
})

test('refuses a commit of another repository, branch, pull request or statement', () => {
  refuses('repository-mismatch', () => judge(sealedMerge({ repository: 'rep_2' })))
  refuses('ref-mismatch', () => judge(sealedMerge({ ref: 'refs/heads/release' })))
  const other = (over: object) => draftMerge(context, { ...facts, ...over })
  refuses('repository-mismatch', () =>
    judge(sealedMerge({ draft: other({ repository: { id: 'rep_2', url: 'https://x' } }) })),
  )
  refuses('ref-mismatch', () => judge(sealedMerge({ draft: other({ targetRef: 'refs/heads/release' }) })))
  refuses('pull-request-mismatch', () => judge(sealedMerge({ draft: other({ pullRequest: 13 }) })))
  refuses('statement-missing', () => judge(sealedMerge({ digest: `sha256:${'0'.repeat(64)}` })))
  refuses('statement-missing', () => judge(sealedMerge(), true))
})

test('refuses an edited commit', () => {
  const sealed = sealedMerge()
  const edited = (alter: (text: string) => string) => () =>
    judge({ ...sealed, commit: Buffer.from(alter(sealed.commit.toString())) })
  refuses(
    'challenge-mismatch',
    edited((text) => text.replace('\n\nPay\n', '\n\nSteal\n')),
  )
  refuses(
    'challenge-mismatch',
    edited((text) => text.replace('author Ada', 'author Eve')),
  )
  refuses(
    'armor-mismatch',
    edited((text) => text.replace(/gpgsig [^]*-----END SSH SIGNATURE-----\n/, '')),
  )
  refuses(
    'no-seal',
    edited((text) => text.replace(/Postern-[^]*$/, '')),
  )
  refuses(
    'trailers-malformed',
    edited((text) => `${text}\n`),
  )
  const other = sealedMerge()
  refuses('armor-mismatch', () =>
    judge({
      ...sealed,
      commit: sealedCommit(splitGpgsig(sealed.commit)?.payload ?? sealed.commit, other.record.armored),
    }),
  )
})

test('refuses a header by which git would show another message or history than was signed', () => {
  const headers = ['encoding UTF-7', 'mergetag object 1\n type commit', 'x 1', 'HG:extra source:x']
  for (const header of headers) refuses('commit-malformed', () => judge(sealedMerge({ header })))
})

test('a squash has one parent and still says what it brought in', () => {
  const draft = draftMerge(context, { ...facts, action: 'squash' })
  const one = { ...template, parents: [facts.base] }
  assert.equal(judge(sealedMerge({ draft, template: one })).head, facts.head)
  refuses('head-mismatch', () => judge(sealedMerge({ draft })))
})

test('a record with anything more or less is refused', () => {
  const bytes = renderSealRecord(ada.seal(act)).toString()
  const parse = (alter: (text: string) => string) => () => parseSealRecord(Buffer.from(alter(bytes)))
  refuses(
    'record-malformed',
    parse((text) => text.replace('{"action"', '{"__proto__":1,"action"')),
  )
  refuses(
    'record-malformed',
    parse((text) => text.replace('"version":1', '"version":2')),
  )
  refuses(
    'record-malformed',
    parse((text) => text.replace('"strength":"device-bound"', '"strength":"best"')),
  )
  refuses(
    'record-malformed',
    parse((text) => text.replace('"signature":"', '"signature":"=')),
  )
  refuses(
    'record-malformed',
    parse((text) => `${text} `),
  )
})
