import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compileGlob } from './glob.ts'

test('a star stands for anything, also nothing and slashes', () => {
  const cases: [string, string, boolean][] = [
    ['main', 'main', true],
    ['main', 'mainly', false],
    ['*', '', true],
    ['release/*', 'release/1/x', true],
    ['release/*', 'releases', false],
    ['*-fix', 'a-fix', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*a', 'a', false],
    ['ab*ba', 'aba', false],
    ['**', 'x', true],
  ]
  for (const [pattern, text, expected] of cases)
    assert.equal(compileGlob(pattern)(text), expected, `${pattern} ${text}`)
})

test('it agrees with the regular expression of the same meaning', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
  fc.assert(
    fc.property(word, text, (pattern, name) => {
      assert.equal(compileGlob(pattern)(name), new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(name))
    }),
  )
})

test('a pattern made to explode answers at once', () => {
  const pattern = `${'a*'.repeat(100)}b`
  assert.equal(compileGlob(pattern)('a'.repeat(5000)), false)
})
