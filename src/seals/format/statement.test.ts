import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRefName } from '../../protocols/git/ref-name.ts'
import { draftAct, draftMerge, draftProtect } from './draft.ts'
import { SealError } from './seal-error.ts'
import { BRANCH_REF, parseStatement, renderStatement, statementDigest } from './statement.ts'

const context = {
  signer: { userId: 'usr_ada', username: 'ada' },
  requestedBy: 'usr_ada',
  policyDigest: `sha256:${'0'.repeat(64)}`,
  issuedAt: Date.parse('2026-03-01T10:00:00.900Z'),
  notAfter: Date.parse('2026-03-01T10:05:00Z'),
}
const repository = { id: 'rep_1', url: 'http://localhost:7400/acme/payments' }
const merge = draftMerge(context, {
  action: 'merge',
  repository,
  targetRef: 'refs/heads/main',
  base: 'a'.repeat(40),
  head: 'b'.repeat(40),
  tree: 'c'.repeat(40),
  pullRequest: 12,
})
const act = draftAct(context, {
  action: 'token.create',
  act: {
    method: 'POST',
    route: '/api/v1/me/tokens',
    parameters: {},
    bodyDigest: `sha256:${'1'.repeat(64)}`,
    title: 'Make the token “deploy”',
  },
})

/** The rendered statement with one thing changed behind the renderer's back. */
function altered(draft: typeof merge, alter: (text: string) => string): Buffer {
  return Buffer.from(alter(renderStatement(draft, { credentialId: 'AAAA' }).toString()))
}

const refused = (bytes: Buffer) =>
  assert.throws(
    () => parseStatement(bytes),
    (error) => error instanceof SealError && error.code === 'statement-malformed',
    bytes.toString(),
  )

test('renders canonical bytes that read back as what went in', () => {
  const bytes = renderStatement(merge, { credentialId: 'AAAA' })
  const statement = parseStatement(bytes)
  assert.equal(statement.predicate.signer.credentialId, 'AAAA')
  assert.equal(statement.predicate.issuedAt, '2026-03-01T10:00:00Z')
  assert.deepEqual(statement.subject, merge.subject)
  assert.match(bytes.toString(), /^\{"_type":"https:\/\/in-toto.io\/Statement\/v1","predicate":\{"action":"merge",/)
  assert.match(statementDigest(bytes), /^sha256:[0-9a-f]{64}$/)
  parseStatement(renderStatement(act, { credentialId: 'AAAA' }))
  const start = { repository, targetRef: 'refs/heads/main', tree: 'c'.repeat(40), baseline: 'b'.repeat(40) }
  parseStatement(renderStatement(draftProtect(context, start), { credentialId: 'AAAA' }))
})

test('two statements over the same facts differ by their nonce', () => {
  const again = draftMerge(context, {
    action: 'merge',
    repository,
    targetRef: 'refs/heads/main',
    base: 'a'.repeat(40),
    head: 'b'.repeat(40),
    tree: 'c'.repeat(40),
    pullRequest: 12,
  })
  assert.notEqual(again.predicate.nonce, merge.predicate.nonce)
})

test('refuses unknown, missing, doubled and inherited fields', () => {
  refused(altered(merge, (text) => text.replace('"pullRequest":"12",', '')))
  refused(altered(merge, (text) => text.replace('"action":"merge"', '"action":"merge","action":"merge"')))
  refused(altered(merge, (text) => text.replace('{"action"', '{"__proto__":{},"action"')))
  refused(altered(act, (text) => text.replace('"parameters":{}', '"parameters":{"__proto__":"x"}')))
  refused(altered(act, (text) => text.replace('"parameters":{}', '"parameters":{"constructor":"x"}')))
  assert.equal(Object.getPrototypeOf(parseStatement(altered(act, (text) => text)).predicate), Object.prototype)
})

test('refuses other spellings of the same content', () => {
  refused(altered(merge, (text) => ` ${text}`))
  refused(altered(merge, (text) => `${text}\n`))
  refused(altered(merge, (text) => text.replace('merge', '\\u006derge')))
  refused(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), altered(merge, (text) => text)]))
  refused(Buffer.from([0xff, 0xfe]))
  refused(Buffer.from('null'))
  refused(Buffer.from('[]'))
})

test('refuses values of another form', () => {
  const swap = (from: string, to: string) => refused(altered(merge, (text) => text.replace(from, to)))
  swap('"12"', '12')
  swap('"12"', '"012"')
  swap('"refs/heads/main"', '"refs/tags/main"')
  swap('"refs/heads/main"', '"refs/heads/ma\\nin"')
  swap('"refs/heads/main"', '"refs/heads/ma\u2028in"')
  swap('2026-03-01T10:00:00Z', '2026-02-30T10:00:00Z')
  swap('2026-03-01T10:00:00Z', '2026-03-01T10:00:00.5Z')
  swap('2026-03-01T10:05:00Z', '2026-03-01T09:05:00Z')
  swap('a'.repeat(40), 'A'.repeat(40))
  swap('usr_ada', 'usr ada')
  swap('"AAAA"', '"AA=="')
  // The nonce is all that a statement has of chance: sixteen bytes of it.
  assert.equal(Buffer.from(merge.predicate.nonce, 'base64url').length, 16)
  for (const nonce of ['', 'A'.repeat(20), 'A'.repeat(24), `${'A'.repeat(21)}B`]) swap(merge.predicate.nonce, nonce)
})

test('no statement can be read as one of another action', () => {
  refused(altered(merge, (text) => text.replace('"merge"', '"protect"')))
  refused(altered(merge, (text) => text.replace('"merge"', '"token.create"')))
  refused(altered(act, (text) => text.replace('"token.create"', '"merge"')))
  refused(altered(act, (text) => text.replace('"token.create"', '"token"')))
  refused(altered(act, (text) => text.replace('"name":"request"', '"name":"credential"')))
  refused(altered(act, (text) => text.replace('1'.repeat(64), '2'.repeat(64))))
})

test('a branch that can be pushed can be sealed: one that could not would spoil every list it stands in', () => {
  for (let point = 1; point <= 0x10ffff; point += point < 0x3000 ? 1 : 61) {
    const ref = `refs/heads/a${String.fromCodePoint(point)}b`
    if (checkRefName(ref) === undefined) assert.match(ref, BRANCH_REF, `U+${point.toString(16)}`)
  }
  const longest = `refs/heads/${'x'.repeat(239)}`
  assert.equal(checkRefName(longest), undefined)
  assert.match(longest, BRANCH_REF)
})
