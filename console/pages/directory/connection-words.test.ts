import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ConnectionView } from '../../api/shapes.ts'
import { connectionState, expiresSoon, holdingsWords } from './connection-words.ts'

const now = Date.UTC(2026, 4, 1)
const hour = 3_600_000
const calm: ConnectionView = {
  id: 'dir_1',
  name: 'Okta',
  kind: 'okta',
  createdAt: 0,
  createdBy: null,
  tokenMadeAt: 0,
  tokenExpiresAt: null,
  formerTokenUntil: null,
  requiredGroup: null,
  lastRequestAt: now - hour,
  lastError: null,
  people: 1204,
  peopleWithoutPasskey: 2,
  groups: 1,
}

test('how a connection is, in a word', () => {
  const word = (changes: Partial<ConnectionView>) => connectionState({ ...calm, ...changes }, now).word
  assert.equal(word({}), 'In step')
  assert.equal(word({ lastRequestAt: null }), 'Waits for its first request')
  assert.equal(word({ lastRequestAt: now - 72 * hour }), 'Silent')
  assert.equal(word({ tokenExpiresAt: now }), 'Its token has expired')
  assert.equal(word({ lastError: { sentence: 'No.', at: now - hour } }), 'Something is refused')
  assert.equal(word({ lastError: { sentence: 'No.', at: now - 5 * hour } }), 'In step')
})

test('what it holds, and when its token ends', () => {
  assert.equal(holdingsWords(calm), '1,204 people · 1 group')
  assert.equal(expiresSoon(calm, now), false)
  assert.equal(expiresSoon({ ...calm, tokenExpiresAt: now + 48 * hour }, now), true)
})
