import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countWords } from './ending-words.ts'

test('one of a kind is named as one', () => {
  const words = (kind: string, count: number): string => countWords({ kind, count })
  assert.equal(words('sessions', 3), '3 sessions')
  assert.equal(words('sessions', 1), '1 session')
  assert.equal(words('API tokens', 1), '1 API token')
  assert.equal(words('passkeys', 1), '1 passkey')
  assert.equal(words('recoveries', 1), '1 recovery')
  assert.equal(words('recoveries under way', 1), '1 recovery under way')
  assert.equal(words('invitations made', 1), '1 invitation made')
  assert.equal(words('webhooks they look after', 1), '1 webhook they look after')
})
