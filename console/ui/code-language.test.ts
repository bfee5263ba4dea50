import assert from 'node:assert/strict'
import { test } from 'node:test'
import { languageOf, loadLanguage } from './code-language.ts'

test('the language follows the name', () => {
  assert.equal(languageOf('src/main.ts'), 'typescript')
  assert.equal(languageOf('Dockerfile'), 'dockerfile')
  assert.equal(languageOf('a/Makefile'), 'makefile')
  assert.equal(languageOf('PAGE.HTML'), 'xml')
})

test('an unknown or misleading name is plain text', () => {
  for (const path of ['LICENSE', 'c', 'a.constructor', '__proto__', 'x.toString', '', 'ts'])
    assert.equal(languageOf(path), null, path)
})

test('a language loads as what highlight.js can register', async () => {
  assert.equal(typeof (await loadLanguage('python')), 'function')
})
