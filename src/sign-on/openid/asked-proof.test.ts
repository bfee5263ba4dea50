import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readAskedProof } from './asked-proof.ts'

const read = (parameters: Record<string, string>) => readAskedProof(new URLSearchParams(parameters))
const acr = (asked: unknown) => read({ claims: JSON.stringify({ id_token: { acr: asked } }) })

test('nothing is asked where nothing is said', () => {
  const nothing = {
    strength: null,
    isUnknown: false,
    maxAgeSeconds: null,
    isFresh: false,
    isConsent: false,
    isSilent: false,
  }
  assert.deepEqual(read({}), nothing)
  assert.deepEqual(read({ claims: 'null', max_age: '', acr_values: '' }), nothing)
  assert.deepEqual(read({ claims: '{broken', max_age: '-1', acr_values: 'constructor __proto__ other' }), nothing)
})

test('the weaker of several is enough, an essential one stands above a wish', () => {
  assert.equal(read({ acr_values: 'phrh' }).strength, 'attested')
  assert.equal(read({ acr_values: 'phrh phr' }).strength, 'passkey')
  assert.equal(acr({ essential: true, value: 'phrh' }).strength, 'attested')
  assert.equal(acr({ essential: true, values: ['other', 'phr'] }).strength, 'passkey')
  assert.equal(acr({ value: 'phrh' }).strength, null)
})

test('an essential one that nobody can prove is known as such', () => {
  assert.equal(acr({ essential: true, value: 'urn:mace:incommon:iap:gold' }).isUnknown, true)
  assert.equal(acr({ essential: true, values: [] }).isUnknown, true)
  assert.equal(acr({ essential: true }).isUnknown, false)
  for (const odd of [
    { essential: 'true', value: 'phrh' },
    { essential: true, values: 'phrh' },
  ])
    assert.equal(acr(odd).strength, 'attested', JSON.stringify(odd))
  assert.equal(read({ acr_values: 'urn:mace:incommon:iap:gold' }).isUnknown, false)
})

test('how fresh, and whether anybody may be asked', () => {
  assert.equal(read({ max_age: '60' }).maxAgeSeconds, 60)
  assert.deepEqual([read({ max_age: '0' }).isFresh, read({ max_age: '0' }).maxAgeSeconds], [true, null])
  assert.equal(read({ prompt: 'login consent' }).isFresh, true)
  assert.equal(read({ prompt: 'login consent' }).isConsent, true)
  assert.equal(read({ prompt: 'select_account' }).isFresh, true)
  assert.equal(read({ prompt: 'none' }).isSilent, true)
})
