import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pickParameters } from './known-parameters.ts'

const pick = (text: string) => pickParameters('/oidc/device/auth', new URLSearchParams(text))?.toString()

test('what no answer depends on is left out, and what would be refused is not', () => {
  assert.equal(pick('client_id=a&login_hint=x&__proto__=y&scope=b'), 'client_id=a&scope=b')
  assert.equal(pick('client_id=a&client_id=b'), 'client_id=a&client_id=b')
  assert.equal(pick('client_id=a&request=b'), 'client_id=a&request=b')
})

test('one that is longer than it could mean anything is refused, and one that nobody reads is not', () => {
  assert.equal(pick(`client_id=a&scope=${'x'.repeat(513)}`), undefined)
  assert.equal(pick(`client_id=a&login_hint=${'x'.repeat(513)}`), 'client_id=a')
})
