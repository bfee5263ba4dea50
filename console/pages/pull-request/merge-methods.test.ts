import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chosenMethod, closedWays } from './merge-methods.ts'

const methods = [
  { method: 'merge' as const, refusal: 'main keeps one straight line.' },
  { method: 'squash' as const, refusal: null },
  { method: 'rebase' as const, refusal: null },
]

test('what was asked for is taken where it is allowed, else the first that is', () => {
  assert.equal(chosenMethod(methods, 'rebase'), 'rebase')
  assert.equal(chosenMethod(methods, 'merge'), 'squash')
  assert.equal(chosenMethod(methods, 'toString'), 'squash')
  assert.equal(chosenMethod(methods, undefined), 'squash')
  assert.equal(chosenMethod([], undefined), 'merge')
})

test('where every way is closed it says why, where one is open it says nothing', () => {
  const [ways] = closedWays([...methods, { method: 'fast-forward', refusal: 'main keeps one straight line.' }])
  assert.equal(ways?.ways, 'Merge, Fast-forward')
})
