import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DeployKeyView } from '../../api/shapes.ts'
import { firstLifetime, lifetimeOf, lifetimeSent, warningOf } from './deploy-key-words.ts'

const dayMs = 24 * 3_600_000
const key = (more: Partial<DeployKeyView>): DeployKeyView => ({
  id: 'dpk_1',
  name: 'builds',
  fingerprint: 'SHA256:x',
  type: 'ssh-ed25519',
  access: 'read',
  createdAt: 0,
  createdBy: null,
  steward: null,
  keepBy: null,
  lastUsedAt: null,
  lastUsedFrom: null,
  expiresAt: 90 * dayMs,
  rotation: null,
  dueAt: null,
  successor: null,
  isWaiting: false,
  ...more,
})

test('a key is spoken of when something should be done about it', () => {
  assert.equal(warningOf(key({}), 0), undefined)
  assert.match(warningOf(key({}), 80 * dayMs) ?? '', /^It ends in 10 days/)
  assert.match(warningOf(key({}), 89.5 * dayMs) ?? '', /^It ends in 1 day\./)
  assert.equal(warningOf(key({ expiresAt: 7 * dayMs }), 0), undefined)
  assert.match(warningOf(key({ dueAt: 60 * dayMs }), 61 * dayMs) ?? '', /^A new key is due.*29 days/)
  const successor = { id: 'dpk_2', fingerprint: 'SHA256:y', createdAt: 0 }
  assert.match(warningOf(key({ successor }), 88 * dayMs) ?? '', /takes its place as soon as/)
})

test('a form of a key says what is sent, and begins with what is there', () => {
  assert.deepEqual(lifetimeSent(firstLifetime(365)), { expiresInDays: 90, rotation: null })
  const rotation = { everyDays: 30, overlapDays: 7 }
  assert.deepEqual(lifetimeSent(lifetimeOf(key({ rotation }), 365)), { expiresInDays: null, rotation })
  assert.deepEqual(lifetimeSent(lifetimeOf(key({}), 30)), { expiresInDays: 30, rotation: null })
  assert.deepEqual(lifetimeSent({ ...firstLifetime(3), kind: 'replaced' }).rotation, { everyDays: 1, overlapDays: 2 })
})
