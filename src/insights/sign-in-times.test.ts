import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTimes } from './sign-in-times.ts'

function timesOf(all: readonly number[]) {
  const times = createTimes()
  for (const ms of all) times.add(ms)
  return times
}

test('a percentile is one of the times, by nearest rank', () => {
  const times = timesOf([15, 20, 35, 40, 50])
  assert.deepEqual(
    [0.05, 0.3, 0.4, 0.5, 1].map((share) => times.percentile(share)),
    [15, 20, 20, 35, 50],
  )
  assert.equal(timesOf([7]).percentile(0.95), 7)
  assert.throws(() => timesOf([]).percentile(0.5), RangeError)
})

test('it is exact, whatever the order and however often a time comes', () => {
  const some = fc.array(fc.oneof(fc.nat(3_600_000), fc.nat(5)), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(some, fc.constantFrom(0.5, 0.95, 0.01, 1), (all, share) => {
      const sorted = all.toSorted((one, other) => one - other)
      const found = timesOf(all).percentile(share)
      assert.equal(found, sorted[Math.ceil(share * all.length) - 1])
      assert.ok(all.filter((ms) => ms <= found).length >= share * all.length)
    }),
  )
})
