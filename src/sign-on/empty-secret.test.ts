import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEmptySecret } from './empty-secret.ts'

const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`

test('a known program that shows an empty secret is named; anything else is not read here', () => {
  assert.equal(readEmptySecret(basic('git-credential-oauth:')), 'git-credential-oauth')
  assert.equal(readEmptySecret(basic('git%2Dcredential-oauth:')), 'git-credential-oauth', 'RFC 6749 §2.3.1 encodes it')
  for (const text of ['git-credential-oauth:x', 'git-credential-oauth', ':', 'nobody:', '__proto__:', '%:', 'a:b:'])
    assert.equal(readEmptySecret(basic(text)), undefined, text)
  for (const header of ['', 'Bearer x', 'Basic', 'Basic %%%', `Digest ${basic('git-credential-oauth:')}`])
    assert.equal(readEmptySecret(header), undefined, header)
})
