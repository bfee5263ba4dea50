import assert from 'node:assert/strict'
import { test } from 'node:test'
import { relativeTime } from './relative-time.ts'

const now = Date.UTC(2026, 10, 21, 12)
const minute = 60_000

test('moments are said in the largest unit that fits', () => {
  const said = (distance: number) => relativeTime(now + distance, now)
  assert.equal(said(-20_000), 'just now')
  assert.equal(said(20_000), 'in less than a minute')
  assert.equal(said(-3 * minute), '3 minutes ago')
  assert.equal(said(-119 * minute), '2 hours ago')
  assert.equal(said((7 * 24 * 60 - 1) * minute), 'in 7 days')
  assert.equal(said(-25 * 60 * minute), 'yesterday')
  assert.equal(said(50 * 60 * minute), 'in 2 days')
  assert.equal(said(-800 * 24 * 60 * minute), '2 years ago')
})
