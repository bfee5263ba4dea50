import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentOf, suggestName } from './import-words.ts'

test('suggests a name by the address', () => {
  assert.equal(suggestName('https://example.com/team/api.git'), 'api')
  assert.equal(suggestName(' https://example.com/team/web-app/ '), 'web-app')
  assert.equal(suggestName('https://example.com/a/b.git?x=1#y'), '')
  for (const nothing of ['', 'https://example.com', 'https://', 'https://example.com/-x'])
    assert.equal(suggestName(nothing), '')
})

test('knows how far it is only where a total is known', () => {
  assert.equal(percentOf({ objectsDone: 5, objectsTotal: 0 }), null)
  assert.equal(percentOf({ objectsDone: 999, objectsTotal: 1000 }), 99)
})
