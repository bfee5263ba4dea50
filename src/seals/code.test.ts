import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newCode, parseCode, renderCode } from './code.ts'

test('a code is 80 bits, and reads back however it is typed', () => {
  const code = newCode()
  assert.match(code, /^[0-9abcdefghjkmnpqrstvwxyz]{16}$/)
  assert.match(renderCode(code), /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
  for (const typed of [code, renderCode(code), ` ${renderCode(code).replaceAll('-', ' ')} `, code.toUpperCase()])
    assert.equal(parseCode(typed), code)
})

test('characters that look alike are read as the one that can stand there', () => {
  assert.equal(parseCode('OIL0-1oil-0000-0000'), '0110101100000000')
})

test('what is no code is none', () => {
  for (const typed of ['', 'abc', 'u'.repeat(16), '0'.repeat(15), '0'.repeat(17), '０'.repeat(16), 'ſ'.repeat(16)])
    assert.equal(parseCode(typed), undefined, typed)
})

test('codes do not repeat', () => {
  assert.equal(new Set(Array.from({ length: 2_000 }, newCode)).size, 2_000)
})
