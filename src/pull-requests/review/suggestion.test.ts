import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSuggestion, replaceLines } from './suggestion.ts'

test('a suggestion is the first block that says so, as it stands', () => {
  const body = 'Better:\n```suggestion\nconst a = 1\n\nconst b\n```\nand\n```suggestion\nno\n```'
  assert.deepEqual(findSuggestion(body), ['const a = 1', '', 'const b'])
  assert.equal(findSuggestion('```js\nx\n```'), null)
  assert.equal(findSuggestion('```suggestions\nx\n```'), null)
  assert.deepEqual(findSuggestion('   ```suggestion  \n     x\n   ```'), ['  x'])
  assert.deepEqual(findSuggestion('````suggestion\n```\nx\n```\n````'), ['```', 'x', '```'])
  assert.deepEqual(findSuggestion('```suggestion\r\na\r\nb\r\n```'), ['a', 'b'])
  assert.deepEqual(findSuggestion('```suggestion\n```'), [])
  assert.deepEqual(findSuggestion('```suggestion\n\n```'), [''])
  assert.deepEqual(findSuggestion('```suggestion\nopen'), ['open'])
})

const replaced = (content: string, start: number, end: number, ...lines: string[]): string | undefined =>
  replaceLines(Buffer.from(content), { start, end }, lines)?.toString()

test('only the lines named are replaced', () => {
  assert.equal(replaced('a\nb\nc\n', 2, 2, 'x', 'y'), 'a\nx\ny\nc\n')
  assert.equal(replaced('a\nb\nc\n', 1, 3, 'x'), 'x\n')
  assert.equal(replaced('a\nb\nc\n', 2, 3), 'a\n')
  assert.equal(replaced('a\n', 1, 1), '')
  assert.equal(replaced('a\nb\n', 1, 1, ''), '\nb\n')
})

test('lines end as they did, and so does the file', () => {
  assert.equal(replaced('a\r\nb\r\nc\r\n', 2, 2, 'x', 'y'), 'a\r\nx\r\ny\r\nc\r\n')
  assert.equal(replaced('a\nb', 2, 2, 'x', 'y'), 'a\nx\ny')
  assert.equal(replaced('a\r\nb', 2, 2, 'x', 'y'), 'a\r\nx\r\ny')
  assert.equal(replaced('a\nb', 2, 2), 'a')
  assert.equal(replaced('a', 1, 1), '')
  assert.equal(replaced('a', 1, 1, 'x', 'y'), 'x\ny')
})

test('bytes that are no text stay as they are', () => {
  const content = Buffer.from([0xff, 0x0a, 0x61, 0x0a, 0xfe])
  assert.deepEqual(
    replaceLines(content, { start: 2, end: 2 }, ['é']),
    Buffer.from([0xff, 0x0a, 0xc3, 0xa9, 0x0a, 0xfe]),
  )
})

test('lines that are not there are not replaced', () => {
  assert.equal(replaced('a\nb\n', 3, 3, 'x'), undefined)
  assert.equal(replaced('', 1, 1, 'x'), undefined)
  assert.equal(replaced('a\nb\n', 2, 1, 'x'), undefined)
  assert.equal(replaced('a\nb\n', 0, 1, 'x'), undefined)
})
