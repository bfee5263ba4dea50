import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isAnsweredByServer, parseSearch, stringifySearch } from './url-state.ts'

test('query strings are plain text both ways', () => {
  assert.deepEqual(parseSearch('?ref=2024&q=%22x%22&flag=true'), { ref: '2024', q: '"x"', flag: 'true' })
  assert.equal(stringifySearch({ ref: '2024', q: '"x"', none: '', gone: undefined }), '?ref=2024&q=%22x%22')
  assert.equal(stringifySearch({}), '')
})

test('what the server answers itself is left to the browser', () => {
  for (const href of ['/proxy/sign-in?route=wiki.example', '/oidc/auth?client_id=x', '/saml/sso'])
    assert.ok(isAnsweredByServer(href), href)
  for (const href of ['/', '/proxy', '/proxyproject/x', '/-/account', '/work/oidc/'])
    assert.ok(!isAnsweredByServer(href), href)
})
