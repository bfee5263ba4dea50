import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeHeader } from './encode-header.ts'

test('what is plain stays, and nothing else gets into a header', () => {
  assert.equal(encodeHeader('ana.example+x@example.com'), 'ana.example+x@example.com')
  assert.equal(encodeHeader('Ana Müller'), 'Ana M%C3%BCller')
  assert.equal(encodeHeader('a\r\nRemote-User: root'), 'a%0D%0ARemote-User: root')
  assert.equal(encodeHeader('\u202eevil\u0000'), '%E2%80%AEevil%00')
  assert.equal(encodeHeader('\ud800'), '%EF%BF%BD')
  assert.equal(encodeHeader(' root '), '%20root%20')
  assert.equal(encodeHeader('a,b', ','), 'a%2Cb')
})

test('two values never become one', () => {
  const values = ['a%20', 'a ', 'a', '%61', 'ä', '%C3%A4', 'a,b', 'a%2Cb']
  assert.equal(new Set(values.map((value) => encodeHeader(value, ','))).size, values.length)
})
