import assert from 'node:assert/strict'
import { test } from 'node:test'
import { askedOf } from './asked-of.ts'

test('what the administrator said is read back out of the settings that were made of it', () => {
  const template = { redirectUris: ['{address}/callback'], host: '{host}', pkce: 'optional' }
  const settings = { redirectUris: ['https://a.example/callback'], host: 'b.example', pkce: 'required' }
  assert.deepEqual(askedOf(template, settings), { address: 'https://a.example', host: 'b.example' })
})

test('settings that somebody changed since tell nothing', () => {
  assert.deepEqual(askedOf({ redirectUris: ['{address}/callback'] }, { redirectUris: ['https://a.example/else'] }), {})
  assert.deepEqual(askedOf({ redirectUris: ['{address}/callback'] }, {}), {})
})
