import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashSecret, newSecret, randomSecret } from './secret.ts'

test('a secret is 256 bits that come once', () => {
  const made = Array.from({ length: 500 }, newSecret)
  for (const secret of made) assert.match(secret, /^[\w-]{43}$/)
  assert.equal(new Set(made).size, made.length)
})

test('whoever writes over one changes no other', () => {
  const [first, second] = [randomSecret(), randomSecret()]
  const copy = Buffer.from(second)
  first.fill(0)
  assert.deepEqual(second, copy)
  assert.notDeepEqual(randomSecret(), first)
})

test('what is stored of one is its hash', () => {
  assert.equal(hashSecret('a'), 'ypeBEsobvcr6wjGzmiPcTaeG7_gUfE5yuYB3ha_uSLs')
})
