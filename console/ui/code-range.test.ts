import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineHash, parseLineHash } from './code-range.ts'

test('one line, a range, a range written backwards', () => {
  assert.deepEqual(parseLineHash('#L10'), { from: 10, to: 10 })
  assert.deepEqual(parseLineHash('L10-L20'), { from: 10, to: 20 })
  assert.deepEqual(parseLineHash('L20-10'), { from: 10, to: 20 })
})

test('anything else is no line', () => {
  for (const hash of ['', '#', 'L0', 'L', 'L1-', 'user-content-x', 'L999999999', 'L1.5', 'L-1'])
    assert.equal(parseLineHash(hash), null, hash)
})

test('shift reaches from the range before', () => {
  assert.equal(lineHash(5, null), 'L5')
  assert.equal(lineHash(9, { from: 5, to: 5 }), 'L5-L9')
  assert.equal(lineHash(3, { from: 5, to: 7 }), 'L3-L7')
})
