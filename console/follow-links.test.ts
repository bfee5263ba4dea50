import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isConsolePath } from './follow-links.ts'

test('pages are followed inside the console, the server’s own addresses are not', () => {
  for (const page of ['/', '/-/people', '/payments/api', '/payments/api/file/x.git/y', '/apis/x']) {
    assert.equal(isConsolePath(page), true, page)
  }
  for (const other of ['/api/v1/me', '/assets/x.js', '/payments/api.git', '/payments/api.git/allowed_signers']) {
    assert.equal(isConsolePath(other), false, other)
  }
})
