import assert from 'node:assert/strict'
import { test } from 'node:test'
import hljs from 'highlight.js/lib/core'
import typescript from 'highlight.js/lib/languages/typescript'
import { plainLines, tokenLines, withoutLastLineEnd } from './code-tokens.ts'

hljs.registerLanguage('typescript', typescript)
const textOf = (lines: { text: string }[][]) => lines.map((line) => line.map((token) => token.text).join('')).join('\n')

test('what highlight.js writes comes back as the same text, line by line', () => {
  const source = 'const a = `one\n  <script>alert("1")</script> ${b && \'c\'}\n`\n// &amp; stays &amp;\n'
  const lines = tokenLines(hljs.highlight(source, { language: 'typescript' }).value)
  assert.equal(textOf(lines), source)
  assert.equal(lines.length, 5)
})

test('a class that spans lines holds on each of them', () => {
  const lines = tokenLines('<span class="hljs-string">a<span class="hljs-subst">b\nc</span></span>d')
  assert.deepEqual(lines, [
    [
      { text: 'a', className: 'hljs-string' },
      { text: 'b', className: 'hljs-string hljs-subst' },
    ],
    [
      { text: 'c', className: 'hljs-string hljs-subst' },
      { text: 'd', className: '' },
    ],
  ])
})

test('plain lines keep markup as text', () => {
  assert.deepEqual(plainLines('<b>\n'), [[{ text: '<b>', className: '' }], []])
})

test('a last line end opens no further line', () => {
  assert.equal(plainLines(withoutLastLineEnd('a\nb\n')).length, 2)
  assert.equal(plainLines(withoutLastLineEnd('a\n\n')).length, 2)
})
