import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressesProblem, parseAddresses } from './address-list.ts'

test('addresses are found in whatever people paste, each once', () => {
  const pasted = 'ana@example.com, bo@example.com;\n\nCy Holt <cy@example.com>\nANA@example.com\ndora@x.org eve@x.org'
  assert.deepEqual(parseAddresses(pasted), {
    emails: ['ANA@example.com', 'bo@example.com', 'cy@example.com', 'dora@x.org', 'eve@x.org'],
    wrong: [],
  })
})

test('what is no address is named, and nothing is invited by half', () => {
  assert.equal(addressesProblem('ana@example.com\nnobody'), 'Not an address: nobody')
  assert.equal(addressesProblem(' \n'), 'Please give an address')
  assert.match(addressesProblem(Array.from({ length: 101 }, (_, n) => `a${n}@x.org`).join('\n')) ?? '', /these are 101/)
  assert.equal(addressesProblem('ana@example.com'), null)
})
