import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nameAaguid } from './aaguid-names.ts'

test('names a model, and nothing it does not know', () => {
  assert.equal(nameAaguid('ee882879-721c-4913-9775-3dfcce97072a'), 'YubiKey 5 series')
  assert.equal(nameAaguid('00000000-0000-0000-0000-000000000000'), undefined)
  assert.equal(nameAaguid('constructor'), undefined)
})
