import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CommitView } from '../../api/shapes.ts'
import { givesWay, incomingCommits, suggestedWords } from './incoming-commits.ts'

const commit = (oid: string, parents: string[], subject = oid, body = ''): CommitView => ({
  oid,
  parents,
  subject,
  body,
  authorName: 'Ana',
  authorEmail: 'ana@example.com',
  authoredAt: 0,
  committerName: 'Ana',
  committedAt: 0,
  proof: null,
  signature: null,
  signedPush: null,
  checks: null,
})
const base = [commit('b', ['a']), commit('a', [])]

test('what the target has is not incoming', () => {
  const incoming = incomingCommits([commit('d', ['c']), commit('c', ['b']), ...base], base)
  assert.deepEqual(
    incoming.commits.map((item) => item.oid),
    ['d', 'c'],
  )
  assert.equal(incoming.isOpenEnded, false)
})

test('a page that never meets the target says that more may follow', () => {
  assert.equal(incomingCommits([commit('z', ['y'])], base).isOpenEnded, true)
  assert.equal(incomingCommits([], base).isOpenEnded, false)
})

test('one commit lends its words, without trailers that are not ours to repeat', () => {
  const incoming = incomingCommits(
    [commit('c', ['b'], 'Fix the door', 'It squeaked.\n\nPostern-Statement: sha256:0\nSigned-off-by: Ana'), ...base],
    base,
  )
  assert.deepEqual(suggestedWords(incoming, 'x'), { title: 'Fix the door', description: 'It squeaked.' })
})

test('several commits take the branch’s name', () => {
  assert.equal(suggestedWords({ commits: [], isOpenEnded: false }, 'ana/quiet-door_hinge').title, 'Quiet door hinge')
})

test('a suggestion takes the place of the one before it, or of nothing, and never of words that were typed', () => {
  assert.ok(givesWay('', ''))
  assert.ok(givesWay('## Why\n', '## Why\n'))
  assert.ok(givesWay(' \n', '## Why\n'))
  assert.ok(!givesWay('## Why\nIt squeaked.\n', '## Why\n'))
  assert.ok(!givesWay('Mine', ''))
})
