import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newReadableCode, parseReadableCode, renderReadableCode } from './readable-code.ts'

test('a code is read however it is typed', () => {
  const code = newReadableCode(16)
  for (const typed of [code, renderReadableCode(code), ` ${renderReadableCode(code).replaceAll('-', ' ')} `])
    assert.equal(parseReadableCode(typed, 16), code)
  assert.equal(parseReadableCode('OIL0-oil0-OIL0-oil0', 16), '0110'.repeat(4))
})

test('what is no code is none', () => {
  for (const typed of ['', 'abc', '-'.repeat(16), 'u'.repeat(16), '0'.repeat(17), `${'0'.repeat(15)}é`])
    assert.equal(parseReadableCode(typed, 16), undefined)
})

test('no two are the same', () => {
  assert.equal(new Set(Array.from({ length: 1000 }, () => newReadableCode(16))).size, 1000)
})
