import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldAddress } from './fold-address.ts'

test('every spelling of one mailbox is one address', () => {
  for (const spelling of [
    'ana@bücher.example',
    'ANA@BÜCHER.example',
    'Ana@xn--bcher-kva.example',
    'ana@bu\u0308cher.example.',
  ])
    assert.equal(foldAddress(spelling), 'ana@xn--bcher-kva.example', spelling)
})

test('what a mail server may tell apart stays apart', () => {
  const one = foldAddress('ana@acme.example')
  for (const other of ['ana+git@acme.example', 'a.na@acme.example', 'ana@dev.acme.example', 'ana@acme.example.org'])
    assert.notEqual(foldAddress(other), one)
})

test('what is no address folds to something all the same', () => {
  assert.equal(foldAddress('nobody'), '@nobody')
  assert.equal(foldAddress('a@%41.example'), 'a@%41.example')
})
