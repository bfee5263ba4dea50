import assert from 'node:assert/strict'
import { test } from 'node:test'
import { downloads, paths, repositoryApi, safeReturnTo, withQuery } from './paths.ts'

const origin = 'https://git.example.com'

test('sign-in returns to a path of this origin only', () => {
  assert.equal(safeReturnTo('/payments/api?ref=x#L1', origin), '/payments/api?ref=x#L1')
  for (const attack of [
    'https://evil.example/',
    '//evil.example/x',
    '/\\evil.example/x',
    '/.//evil.example/x',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/.\\\\evil.example',
    '/\t/evil.example/x',
    'javascript:alert(1)',
    '\\/evil.example',
    'payments/api',
    '',
    null,
    undefined,
  ]) {
    assert.equal(safeReturnTo(attack, origin), '/', String(attack))
  }
})

test('a file’s path cannot leave its place', () => {
  assert.equal(paths.file('p', 'r', 'docs/50% #1?.md', 'a/b'), '/p/r/file/docs/50%25%20%231%3F.md?ref=a%2Fb')
  assert.equal(paths.file('p', 'r', 'a.ts', undefined, 10), '/p/r/file/a.ts#L10')
  assert.equal(repositoryApi('p?', 'a/b'), '/projects/p%3F/repositories/a%2Fb')
  assert.equal(downloads.raw('p', 'r', 'a&b', 'main'), '/api/v1/projects/p/repositories/r/raw?ref=main&path=a%26b')
})

test('absent and empty values leave no trace in the query', () => {
  assert.equal(withQuery('/x', { a: '', b: null, c: undefined, d: 0 }), '/x?d=0')
  assert.equal(withQuery('/x', {}), '/x')
})
