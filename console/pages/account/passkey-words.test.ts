import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CredentialView } from '../../api/shapes.ts'
import { passkeyWords } from './passkey-words.ts'

const words = (more: Partial<CredentialView>): string =>
  passkeyWords({
    model: null,
    category: 'hardware-key',
    isModelVerified: false,
    strength: 'device-bound',
    ...more,
  } as CredentialView)

test('a claim is said to be one', () => {
  assert.equal(words({}), 'Hardware key; it says it cannot be copied (not verified).')
  assert.equal(
    words({ model: 'Good key', category: 'platform' }),
    'Good key. Key of one device; it says it cannot be copied (not verified).',
  )
})

test('what is proven is said so, and verified only then', () => {
  assert.equal(
    words({ model: 'Good key', isModelVerified: true, strength: 'attested' }),
    'Good key. Hardware key, its model verified by its maker’s certificate.',
  )
  assert.equal(
    words({ model: 'Soft key', isModelVerified: true }),
    'Soft key. Hardware key, its model verified; it says it cannot be copied.',
  )
})

test('a synced one is never more than that', () => {
  assert.match(words({ category: 'synced', isModelVerified: true, strength: 'passkey' }), /^Synced: your password/)
})
