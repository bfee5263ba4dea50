import assert from 'node:assert/strict'
import { test } from 'node:test'
import { safePath } from './safe-path.ts'
import { usernameFrom } from './free-username.ts'
import { checkIssuer } from './check-issuer.ts'

test('a sign-in goes on to a path of this origin, or home', () => {
  const at = (wanted: string | undefined) => safePath(wanted, 'https://git.example.com')
  assert.equal(at('/acme/shop?tab=x#y'), '/acme/shop?tab=x#y')
  for (const wanted of [
    undefined,
    '',
    'x',
    '//evil.example',
    '/\\evil.example',
    '/.//evil.example/x',
    '/a/..//evil.example',
    '/%2e//evil.example',
    '/.\\\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ])
    assert.equal(at(wanted), '/', String(wanted))
})

test('a name is made of what stands before the @', () => {
  const names: [string, string][] = [
    ['ana@acme.example', 'ana'],
    ['Ana.María+x@acme.example', 'ana-maria-x'],
    ['.a.@acme.example', 'user-a'],
    ['李@acme.example', 'user-new'],
    [`${'x'.repeat(60)}@acme.example`, 'x'.repeat(34)],
  ]
  for (const [address, name] of names) {
    assert.equal(usernameFrom(address), name)
    assert.match(usernameFrom(address), /^[a-z0-9][a-z0-9-]{1,38}$/)
  }
})

test('an issuer is one organisation’s, and spoken to in private', () => {
  for (const good of ['https://acme.okta.com', 'https://login.microsoftonline.com/4f8e/v2.0', 'http://127.0.0.1:4000'])
    assert.equal(checkIssuer(good).href.startsWith(good), true)
  for (const bad of [
    'acme.okta.com',
    'http://acme.okta.com',
    'https://u:p@acme.okta.com',
    'https://acme.okta.com/#x',
    'https://login.microsoftonline.com/',
    'https://login.microsoftonline.com/organizations/v2.0',
  ])
    assert.throws(() => checkIssuer(bad), bad)
})
