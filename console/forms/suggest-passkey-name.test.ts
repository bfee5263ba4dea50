import assert from 'node:assert/strict'
import { test } from 'node:test'
import { suggestPasskeyName } from './suggest-passkey-name.ts'

test('a passkey is named after where it lives', () => {
  const mac = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15'
  const name = (authenticatorAttachment: 'platform' | 'cross-platform', transports: string[], userAgent = mac) =>
    suggestPasskeyName({ authenticatorAttachment, response: { transports } }, userAgent)
  assert.equal(name('platform', ['internal', 'hybrid']), 'My macOS device')
  assert.equal(name('platform', ['internal'], 'unheard of'), 'My device')
  assert.equal(name('cross-platform', ['hybrid', 'internal']), 'My phone')
  assert.equal(name('cross-platform', ['usb', 'nfc']), 'My security key')
  assert.equal(name('cross-platform', []), 'My first passkey')
})
