import assert from 'node:assert/strict'
import { test } from 'node:test'
import { initials } from './initials.ts'

test('first and last word give the initials, whatever the script', () => {
  assert.equal(initials('Ana María Souza'), 'AS')
  assert.equal(initials('  ben '), 'B')
  assert.equal(initials('李 小龙'), '李小')
  assert.equal(initials('😀 Party'), '😀P')
  assert.equal(initials(''), '')
})
