import assert from 'node:assert/strict'
import { it } from 'node:test'
import { checkObjectName } from './object-name.ts'

it('takes revisions, and nothing that splits a line or searches history', () => {
  for (const name of ['main', 'refs/heads/main', 'a'.repeat(40), 'main:docs/read me.md', 'v1^{commit}', 'HEAD~2']) {
    assert.equal(checkObjectName(name), name)
  }
  for (const name of [
    '',
    'main\ncontents x',
    'a\0b',
    'a\rb',
    ':/fix',
    ':0:file',
    'main^{/fix}',
    'main:x^{/y}',
    '\ud800',
    'x'.repeat(5000),
  ]) {
    assert.throws(() => checkObjectName(name), { code: 'object-name-refused' }, JSON.stringify(name))
  }
})
