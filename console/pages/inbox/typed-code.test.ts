import assert from 'node:assert/strict'
import { test } from 'node:test'
import { typedCode } from './typed-code.ts'

test('a code as it is typed, read aloud or pasted', () => {
  assert.equal(typedCode(' k7qm-2f '), 'k7qm2f')
  assert.equal(typedCode('https://git.example.com/s/K7QM-2F9X-AAAA-BBBB'), 'K7QM2F9XAAAABBBB')
  assert.equal(typedCode('k7qm2'), null)
  assert.equal(typedCode('https://git.example.com/s/'), null)
})
