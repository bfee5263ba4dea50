import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeChanges } from './describe-changes.ts'

test('what became different stands there with what it was before', () => {
  const before = { name: 'Wiki', strength: null, redirectUris: ['https://a.example'], keepsSecret: true, same: ['x'] }
  const after = {
    ...before,
    name: 'The wiki',
    strength: 'attested',
    redirectUris: ['https://a.example', 'https://b.example'],
  }
  assert.equal(
    describeChanges(before, { ...after, keepsSecret: false }, { redirectUris: 'redirect URIs' }),
    'name: Wiki → The wiki; strength: none → attested; redirect URIs: https://a.example → https://a.example, https://b.example; keeps secret: yes → no',
  )
  assert.equal(describeChanges(before, { ...before }), 'nothing')
})

test('of headers, certificates and long texts it is said only that they changed', () => {
  const secret = { requestHeaders: { authorization: 'Bearer secret' }, certificate: 'x'.repeat(400), tls: undefined }
  assert.equal(
    describeChanges(secret, { requestHeaders: { authorization: 'Bearer other' }, certificate: null, tls: { ca: 'y' } }),
    'request headers; certificate; tls',
  )
})
