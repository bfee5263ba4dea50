import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCommit } from '../protocols/sshsig/commit-signature.ts'
import { parseOriginal, renderReplayed } from './replayed-commit.ts'

const [tree, other, parent] = ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)]
const committer = { name: 'Bo', email: 'bo@localhost', timestamp: 1_700_000_000, offset: '+0000' }
const author = 'Zoë <zoe@example.com> 1600000000 +0230'

const commit = (headers: string, message: string | Buffer): Buffer =>
  Buffer.concat([
    Buffer.from(`tree ${tree}\nparent ${parent}\nauthor ${author}\ncommitter Zoë <zoe@example.com> 1600000001 +0230\n`),
    Buffer.from(`${headers}\n`),
    Buffer.from(message),
  ])
const replayed = (original: Buffer): Buffer =>
  renderReplayed(parseOriginal(original), { tree: other, parent: tree, committer })
const messageOf = (bytes: Buffer): string => bytes.toString('utf8', bytes.indexOf('\n\n') + 2)

test('keeps author and message byte for byte, and says who replayed it and when', () => {
  const made = replayed(commit('', 'Subject\n\n  Body \n\nSigned-off-by: Zoë\n'))
  assert.equal(
    made.toString(),
    `tree ${other}\nparent ${tree}\nauthor ${author}\ncommitter Bo <bo@localhost> 1700000000 +0000\n\nSubject\n\n  Body \n\nSigned-off-by: Zoë\n`,
  )
  assert.deepEqual(made, replayed(commit('', 'Subject\n\n  Body \n\nSigned-off-by: Zoë\n')))
})

test('a signature, which would no longer match, and a merged tag fall away', () => {
  const made = parseCommit(replayed(commit('gpgsig -----BEGIN\n x\n -----END\nmergetag object\n y\n', 'Signed\n')))
  assert.deepEqual(
    made.headers.map(({ name }) => name),
    ['tree', 'parent', 'author', 'committer'],
  )
})

test('no line of the message claims a seal', () => {
  for (const claim of [
    'Postern-Statement: sha256:00',
    '  postern-ref: x',
    'Ｐostern-Ref: x',
    'Post\u200bern-Ref: x\n continued',
  ]) {
    const made = messageOf(replayed(commit('', `Subject\n\nKept\n${claim}\nKept too\n`)))
    assert.equal(made, 'Subject\n\nKept\nKept too\n', claim)
  }
  assert.equal(messageOf(replayed(commit('', 'A\rPostern-Ref: x\rB\n'))), 'A\rB\n')
})

test('what is not UTF-8 is, where its encoding is known; else its bytes stay', () => {
  const latin1 = Buffer.concat([Buffer.from('Gr'), Buffer.from([0xfc, 0xdf]), Buffer.from('e\n')])
  const known = replayed(commit('encoding ISO-8859-1\n', latin1))
  assert.equal(messageOf(known), 'Grüße\n')
  assert.ok(!known.toString().includes('encoding'))
  const unknown = replayed(commit('encoding x-nothing\n', latin1))
  assert.ok(unknown.includes(latin1))
  assert.ok(unknown.includes('encoding x-nothing\n'))
  assert.ok(replayed(commit('', latin1)).includes(latin1))
})

test('a subject is one short line in which nothing hides', () => {
  assert.equal(parseOriginal(commit('', '\n\nFirst\u202e line\nSecond\n')).subject, 'First line')
})
