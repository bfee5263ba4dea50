import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuessBudget } from './guess-budget.ts'

test('a name gets so many guesses within an hour, another name its own', () => {
  let at = 1_000
  const budget = createGuessBudget({ most: 2, now: () => at })
  assert.deepEqual(budget.take('ana'), { left: 1 })
  assert.deepEqual(budget.take('ana'), { left: 0 })
  assert.deepEqual(budget.take('ana'), { left: undefined, openAgainAt: 3_601_000 })
  assert.deepEqual(budget.take('ben'), { left: 1 })
  at = 3_601_000
  assert.deepEqual(budget.take('ana'), { left: 1 })
})

test('a clock that is set back gives no new guess, and no longer wait than an hour', () => {
  let at = 86_400_000
  const budget = createGuessBudget({ most: 1, now: () => at })
  budget.take('ana')
  at = 3_600_000
  assert.deepEqual(budget.take('ana'), { left: undefined, openAgainAt: 7_200_000 })
  at = 7_200_000
  assert.deepEqual(budget.take('ana'), { left: 0 })
})

test('a right guess costs nothing', () => {
  const budget = createGuessBudget({ most: 1, now: () => 0 })
  budget.take('ana')
  budget.giveBack('ana')
  assert.deepEqual(budget.take('ana'), { left: 0 })
})
