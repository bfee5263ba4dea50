import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyPatches, loadSsh2 } from './ssh2.ts'

const patch = { file: 'a.js', why: 'so that it works', find: 'one\n', replace: 'two\n' }

test('a patch is put in where its place stands exactly once', () => {
  assert.equal(applyPatches('zero\none\nthree\n', [patch]), 'zero\ntwo\nthree\n')
  assert.throws(() => applyPatches('zero\n', [patch]), /a\.js has 0 places .* “so that it works”/)
  assert.throws(() => applyPatches('one\none\n', [patch]), /has 2 places/)
})

test('every patch finds its place in the installed ssh2, which is loaded once', () => {
  assert.equal(loadSsh2(), loadSsh2())
})
