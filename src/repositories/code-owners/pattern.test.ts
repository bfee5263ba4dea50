import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePattern, matchesPattern, TooComplex } from './pattern.ts'

// The examples of GitHub's documentation, and what gitignore says of the rest.
const cases: [pattern: string, path: string, matches: boolean][] = [
  ['*', 'a.txt', true],
  ['*', 'deep/in/a.txt', true],
  ['*.js', 'src/app.js', true],
  ['*.js', 'src/app.jsx', false],
  ['*.js', 'lib.js/readme', true],
  ['/build/logs/', 'build/logs/today.log', true],
  ['/build/logs/', 'build/logs/old/today.log', true],
  ['/build/logs/', 'x/build/logs/today.log', false],
  ['/build/logs/', 'build/logs', false],
  ['docs/*', 'docs/getting-started.md', true],
  ['docs/*', 'docs/build-app/troubleshooting.md', false],
  ['/*', 'a.txt', true],
  ['/*', 'a/b.txt', false],
  ['docs/*/', 'docs/build-app/troubleshooting.md', true],
  ['docs/*/', 'docs/getting-started.md', false],
  ['apps/', 'apps/a', true],
  ['apps/', 'deep/apps/a', true],
  ['apps/', 'deep/apps', false],
  ['/docs/', 'docs/a', true],
  ['/scripts/', 'x/scripts/a', false],
  ['**/logs', 'build/logs', true],
  ['**/logs', 'deep/in/logs/a', true],
  ['**/logs', 'logs', true],
  ['a/**', 'a/b/c', true],
  ['a/**', 'a', false],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'a/x/y/c', false],
  ['/apps/github', 'apps/github/x', true],
  ['/apps/github', 'apps/github', true],
  ['/apps/github', 'apps/githubs', false],
  ['a?c', 'abc', true],
  ['a?c', 'a/c', false],
  ['a?c', 'a\u{1F600}c', true],
  ['a*c*e', 'abcde', true],
  ['a*c*e', 'abcd', false],
  ['with\\ blank', 'with blank', true],
  ['A.txt', 'a.txt', false],
  ['*.tar.gz', 'x/y.tar.gz', true],
  ['.github/', '.github/CODEOWNERS', true],
  ['*', '.hidden', true],
]

for (const [pattern, path, matches] of cases)
  test(`${pattern} ${matches ? 'means' : 'does not mean'} ${path}`, () => {
    const compiled = compilePattern(pattern)
    assert.ok(typeof compiled === 'object', JSON.stringify(compiled))
    assert.equal(matchesPattern(compiled, path.split('/'), { left: 100_000 }), matches)
  })

for (const pattern of ['!docs', '[a-z].txt', 'a[0].txt', '\\#a', '/', '//', 'a//b', '../x', './a', 'x'.repeat(1001)])
  test(`${pattern.slice(0, 20)} cannot be read, and says why`, () =>
    assert.equal(typeof compilePattern(pattern), 'string'))

test('what looks like a trap for a regular expression costs no more than length times length', () => {
  const pattern = compilePattern(`${'*a'.repeat(60)}b`)
  assert.ok(typeof pattern === 'object')
  const budget = { left: 1_000_000 }
  assert.equal(matchesPattern(pattern, ['a'.repeat(3000)], budget), false)
  assert.ok(1_000_000 - budget.left < 3000 * 130)
  assert.throws(() => matchesPattern(pattern, ['a'.repeat(3000)], { left: 100 }), TooComplex)
})

test('many ** in one pattern stay cheap', () => {
  const pattern = compilePattern(`${'**/a/'.repeat(50)}b`)
  assert.ok(typeof pattern === 'object')
  const budget = { left: 1_000_000 }
  assert.equal(matchesPattern(pattern, 'a/'.repeat(100).split('/'), budget), false)
  assert.ok(budget.left > 900_000)
})
