import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createWindowCounter } from './window-counter.ts'

test('each key is counted in a window of its own, from the first that is counted in it', () => {
  mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
  const { count, peek } = createWindowCounter(60_000)
  assert.deepEqual(peek('a'), { count: 0, leftMs: 0 })
  assert.deepEqual(count('a'), { count: 1, leftMs: 60_000 })
  mock.timers.tick(59_999)
  assert.deepEqual(count('a'), { count: 2, leftMs: 1 })
  assert.deepEqual(count('b'), { count: 1, leftMs: 60_000 })
  assert.deepEqual(peek('a'), { count: 2, leftMs: 1 })
  mock.timers.tick(1)
  assert.deepEqual(peek('a'), { count: 0, leftMs: 0 })
  assert.deepEqual(count('a'), { count: 1, leftMs: 60_000 })
  assert.deepEqual(peek('b'), { count: 1, leftMs: 59_999 })
  mock.timers.reset()
})

test('a clock that is set back opens a new window, and keeps nobody waiting for hours', () => {
  mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
  const { count, peek } = createWindowCounter(60_000)
  for (let times = 0; times < 100; times++) count('a')
  mock.timers.setTime(1_800_000_000_000 - 3_600_000)
  assert.deepEqual(peek('a'), { count: 0, leftMs: 0 })
  assert.deepEqual(count('a'), { count: 1, leftMs: 60_000 })
  mock.timers.reset()
})

test('a key that comes again is remembered while thousands of others come once', () => {
  const { count, peek } = createWindowCounter(60_000)
  count('once')
  for (let other = 0; other < 10_000; other++) {
    count(String(other))
    if (other % 1000 === 0) count('again')
  }
  assert.equal(peek('again').count, 10)
  assert.equal(peek('once').count, 0)
})
