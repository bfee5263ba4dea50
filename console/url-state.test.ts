import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSearch, stringifySearch } from './url-state.ts'

test('query strings are plain text both ways', () => {
  assert.deepEqual(parseSearch('?ref=2024&q=%22x%22&flag=true'), { ref: '2024', q: '"x"', flag: 'true' })
  assert.equal(stringifySearch({ ref: '2024', q: '"x"', none: '', gone: undefined }), '?ref=2024&q=%22x%22')
  assert.equal(stringifySearch({}), '')
})
