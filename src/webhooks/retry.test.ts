import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseRetryAfter, pauseAfter, waitAfter } from './retry.ts'

const now = Date.UTC(2026, 0, 1)

test('waits grow to half a day', () => {
  const minutes = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((tries) => waitAfter(tries) / 60_000)
  assert.deepEqual(minutes, [1 / 6, 1, 5, 30, 120, 300, 720, 720, 720])
})

test('a receiver in trouble rests no longer than five minutes', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 1_000].map((failures) => pauseAfter(failures) / 1_000),
    [10, 60, 300, 300, 300],
  )
})

test('Retry-After is heard in seconds and as a date, within reason', () => {
  assert.equal(parseRetryAfter('120', now), 120_000)
  assert.equal(parseRetryAfter(new Date(now + 90_000).toUTCString(), now), 90_000)
  assert.equal(parseRetryAfter('999999999', now), 43_200_000)
  for (const none of [undefined, '', 'soon', '-5', '1e9', new Date(now - 1_000).toUTCString()])
    assert.equal(parseRetryAfter(none, now), 0, String(none))
})
