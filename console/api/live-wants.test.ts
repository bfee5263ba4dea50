import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LiveWants } from './live-wants.ts'

test('one list for all tabs, without repeats, in one order', () => {
  const wants = new LiveWants()
  wants.set('a', ['pr_2', 'inbox'])
  wants.set('b', ['inbox'])
  assert.deepEqual(wants.all(), ['inbox', 'pr_2'])
  wants.set('a', [])
  assert.deepEqual(wants.all(), ['inbox'])
})

test('a tab that no longer answers is forgotten after two rounds', () => {
  const wants = new LiveWants()
  wants.set('gone', ['pr_1'])
  wants.set('here', ['pr_2'])
  wants.nextRound()
  wants.set('here', ['pr_2'])
  wants.nextRound()
  assert.deepEqual(wants.all(), ['pr_2'])
})
