import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indentOf, inField, withEndsOf } from './line-ends.ts'

test('what is not touched goes back byte by byte, whatever its line ends are', () => {
  for (const text of ['', 'a', 'a\n', 'a\r\nb\r\n', 'a\r\nb\nc\rd', '\n\n', '\r\n', 'a\n\n\r\nb', '\ufeffa\r\n'])
    assert.equal(withEndsOf(text, inField(text)), text, JSON.stringify(text))
})

test('new lines end as most do, and the last as it did', () => {
  assert.equal(withEndsOf('a\r\nb\r\n', 'a\nnew\nb\n'), 'a\r\nnew\r\nb\r\n')
  assert.equal(withEndsOf('a\r\nb\r\n', 'a\nb'), 'a\r\nb\r\n')
  assert.equal(withEndsOf('a\r\nb', 'a\nb\nc'), 'a\r\nb\r\nc')
  assert.equal(withEndsOf('a', 'a\n'), 'a\n')
  assert.equal(withEndsOf('a\nb\r\nc\n', 'x\nb\nc\n'), 'x\nb\r\nc\n')
  assert.equal(withEndsOf('', 'new'), 'new\n')
  assert.equal(withEndsOf('a\n', ''), '')
})

test('indents as the file does', () => {
  assert.equal(indentOf(''), '\t')
  assert.equal(indentOf('a:\n    b\n        c\n'), '    ')
  assert.equal(indentOf('a\n  b\n\tc\n  d\n'), '  ')
  assert.equal(indentOf('/**\n * words\n */\n\tcode\n'), '\t')
})
