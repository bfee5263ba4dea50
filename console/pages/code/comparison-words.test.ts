import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changeLines, saysChanges, saysMissing, saysProven } from './comparison-words.ts'

test('how many changes there are, and how many were tapped for', () => {
  const words = (changes: number, proven: number, isComplete = true): string =>
    `${saysChanges({ changes, proven, isComplete })}. ${saysProven({ changes, proven, isComplete })}`
  assert.equal(words(1, 1), '1 change. Proven by a tap')
  assert.equal(words(1, 0), '1 change. Not proven by a tap')
  assert.equal(words(14, 0), '14 changes. None proven by a tap')
  assert.equal(words(14, 14), '14 changes. Each proven by a tap')
  assert.equal(words(14, 12), '14 changes. 12 of 14 proven by a tap')
  assert.equal(words(500, 500, false), 'More than 500 changes. Each of the newest 500 proven by a tap')
  assert.equal(words(500, 2, false), 'More than 500 changes. 2 of the newest 500 proven by a tap')
})

test('what only the older one holds is said to be left out', () => {
  const between = { from: { name: 'v1', oid: 'a' }, to: { name: 'main', oid: 'b' }, base: 'c' }
  assert.match(saysMissing({ ...between, missing: 1 }), /^v1 holds one commit that main does not\./)
  assert.match(saysMissing({ ...between, missing: 1000 }), /^v1 holds 1,000 commits or more that main does not\./)
  assert.match(saysMissing({ ...between, missing: 5, base: null }), /^v1 and main have no history in common/)
})

test('a message of a tag has a line for each change', () => {
  const items = [{ subject: 'Add tea (#2)' }, { subject: 'Add milk (#1)' }]
  assert.equal(changeLines({ items, nextCursor: null }), '- Add tea (#2)\n- Add milk (#1)')
  assert.equal(changeLines({ items, nextCursor: 'more' }), '- Add tea (#2)\n- Add milk (#1)\n- and more')
  assert.equal(changeLines({ items: [], nextCursor: null }), 'Nothing changed.')
})
