import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { parseCommit } from '../../protocols/sshsig/commit-signature.ts'
import { type CommitTemplate, type Trailers, parseTrailers, renderCommit } from './commit.ts'
import { SealError } from './seal-error.ts'

const trailers: Trailers = {
  repository: 'rep_1',
  ref: 'refs/heads/main',
  pullRequest: '12',
  statement: `sha256:${'d'.repeat(64)}`,
}
const BLOCK = `Postern-Repository: rep_1
Postern-Ref: refs/heads/main
Postern-Pull-Request: 12
Postern-Statement: sha256:${'d'.repeat(64)}
`
const ada = { name: 'Ada', email: 'ada@localhost', timestamp: 1_772_359_200, offset: '+0100' }

function template(over: Partial<CommitTemplate> = {}): CommitTemplate {
  const parents = ['a'.repeat(40), 'b'.repeat(40)]
  return { tree: 'c'.repeat(40), parents, author: ada, committer: ada, subject: 'Pay', body: '', ...over }
}

const messageOf = (over: Partial<CommitTemplate>) => parseCommit(renderCommit(template(over), trailers)).message

/** What stock git takes for trailers. */
function stockTrailers(message: string): string[] {
  const parsed = execFileSync('git', ['interpret-trailers', '--parse', '--no-divider'], { input: message })
  return parsed.toString().split('\n').filter(Boolean)
}

test('a commit is headers, subject, body and the trailers as its last block', () => {
  const bytes = renderCommit(template({ body: 'Why.\n\nCo-authored-by: Bob <bob@example.com>\n\n\n' }), trailers)
  assert.equal(
    bytes.toString(),
    `tree ${'c'.repeat(40)}\nparent ${'a'.repeat(40)}\nparent ${'b'.repeat(40)}\n` +
      'author Ada <ada@localhost> 1772359200 +0100\ncommitter Ada <ada@localhost> 1772359200 +0100\n\n' +
      `Pay\n\nWhy.\n\nCo-authored-by: Bob <bob@example.com>\n\n${BLOCK}`,
  )
  assert.deepEqual(parseTrailers(parseCommit(bytes).message), trailers)
  assert.deepEqual(stockTrailers(parseCommit(bytes).message), BLOCK.trim().split('\n'))
})

const forged = [
  'Postern-Ref: refs/heads/release',
  'postern-ref: refs/heads/release',
  '  POSTERN-REF : refs/heads/release',
  '\tPostern-Statement: sha256:00',
  'Postern-Anything',
  'Pos\u200btern-Ref: hidden space',
  '\u202ePostern-Ref: bidi',
  '\u2066Postern-Ref\u2069: isolate',
  'P\u0301ostern-Ref: accent',
  'Рostern-Ref: Cyrillic Er',
  'Pоstеrn-Ref: Cyrillic o and e',
  'Ｐｏｓｔｅｒｎ－Ref: full width',
  '𝐏𝐨𝐬𝐭𝐞𝐫𝐧-Ref: mathematical',
  'Postern\u2010Ref: Unicode hyphen',
  'Postern\u2011Ref: non-breaking hyphen',
  'Postern\u2212Ref: minus sign',
  'Postern\u00ad-Ref: soft hyphen',
  'Postern_Ref: underscore',
  'P o s t e r n - R e f: spaced',
]

test('a title or body full of trailers leaves none of them', () => {
  for (const line of forged) {
    assert.equal(messageOf({ subject: line }), `Merge pull request 12\n\n${BLOCK}`, line)
    assert.equal(
      messageOf({ body: `before\n${line}\n continued\n\tmore\nafter` }),
      `Pay\n\nbefore\nafter\n\n${BLOCK}`,
      line,
    )
  }
  const many = forged.join('\n')
  assert.equal(messageOf({ subject: many, body: `${many}\n\n${many}\n` }), `Merge pull request 12\n\n${BLOCK}`)
})

test('every kind of line end ends a line', () => {
  for (const end of ['\n', '\r', '\r\n', '\u2028', '\u2029', '\u0085', '\v', '\f', '\n\r']) {
    assert.equal(messageOf({ body: `one${end}Postern-Ref: refs/heads/x${end}two` }).includes('refs/heads/x'), false)
    assert.equal(messageOf({ subject: `one${end}Postern-Ref: refs/heads/x` }).split('\n')[0], 'one')
  }
})

test('joining lines of a title does not make a trailer', () => {
  assert.equal(messageOf({ subject: 'Postern\n-Ref: x' }).split('\n')[0], 'Merge pull request 12')
  assert.equal(messageOf({ subject: 'Fix Postern-Ref: x' }).split('\n')[0], 'Fix Postern-Ref: x')
})

test('control characters and lone surrogates do not reach the commit', () => {
  const bytes = renderCommit(template({ subject: 'a\0b\x1b[31mc\x7f', body: 'x\0\ud800y\u009b' }), trailers)
  assert.equal(parseCommit(bytes).message, `ab[31mc\n\nx\ufffdy\n\n${BLOCK}`)
})

test('a person cannot break out of author or committer', () => {
  const evil = { ...ada, name: ' ."Eve\n<x>\r\0committer Mallory, ', email: 'eve@x>\n 0 +0000\nparent' }
  const commit = parseCommit(renderCommit(template({ author: evil, committer: { ...ada, name: '<>' } }), trailers))
  assert.equal(commit.author, 'Evexcommitter Mallory <eve@x 0 +0000parent>')
  assert.equal(commit.committer, 'unknown <ada@localhost>')
  assert.equal(commit.parents.length, 2)
})

test('what cannot be cleaned is refused', () => {
  const invalid = { name: 'SealError', code: 'template-invalid' }
  const render = (over: Partial<CommitTemplate>, other: Partial<Trailers> = {}) =>
    renderCommit(template(over), { ...trailers, ...other })
  assert.throws(() => render({ tree: 'HEAD' }), invalid)
  assert.throws(() => render({ parents: [`${'a'.repeat(40)}\nparent ${'b'.repeat(40)}`] }), invalid)
  assert.throws(() => render({ author: { ...ada, timestamp: -1 } }), invalid)
  assert.throws(() => render({ author: { ...ada, timestamp: 1.5 } }), invalid)
  assert.throws(() => render({ author: { ...ada, offset: 'Z' } }), invalid)
  assert.throws(() => render({}, { ref: 'refs/heads/a\nPostern-Ref: b' }), invalid)
  assert.throws(() => render({}, { repository: '' }), invalid)
})

test('a huge message is cut, and says so', () => {
  const message = messageOf({ subject: 'é'.repeat(5000), body: 'line of text\n'.repeat(200_000) })
  assert.ok(message.length < 102_000)
  assert.match(message, /too long and is left out/)
  assert.ok(message.endsWith(`\n\n${BLOCK}`))
  // An expression that looks for the last blanks looks at a long row of them once for each.
  assert.match(messageOf({ body: `${' '.repeat(199_000)}x` }), /too long and is left out/)
})

test('readers refuse trailers that stand twice, elsewhere, in another order or incomplete', () => {
  const malformed = (message: string) =>
    assert.throws(
      () => parseTrailers(message),
      (error) => error instanceof SealError && error.code === 'trailers-malformed',
      message,
    )
  malformed(`Pay\n\n${BLOCK}\n${BLOCK}`)
  malformed(`Pay\n\nPostern-Ref: refs/heads/x\n\n${BLOCK}`)
  malformed(`Pay\n\npostern-ref: refs/heads/x\n\n${BLOCK}`)
  malformed(`Pay\n\nfolded\r  postern-ref: refs/heads/x\n\n${BLOCK}`)
  malformed(`Pay\n\n${BLOCK}\nafter`)
  malformed(`Pay\n\n${BLOCK}Signed-off-by: Eve\n`)
  malformed(`Pay\n\nSigned-off-by: Eve\n${BLOCK}`)
  malformed(`Pay\n\n${BLOCK.trimEnd()}`)
  malformed(`Pay\n\n${BLOCK.split('\n').toReversed().join('\n').trim()}\n`)
  malformed(`Pay\n\n${BLOCK.replace('12', '12\n 13')}`)
  malformed('Pay\n\nPostern-Statement: sha256:00\n')
  assert.equal(parseTrailers('Pay\n\nabout Postern-Ref: in a sentence\n'), undefined)
})
