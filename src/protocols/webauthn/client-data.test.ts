import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { checkClientData } from './client-data.ts'

const challenge = new Uint8Array([1, 2, 250])
const expected = { type: 'webauthn.get', challenge, origins: ['https://a.example', 'https://b.example:8443'] } as const
const honest = { type: 'webauthn.get', challenge: 'AQL6', origin: 'https://a.example' }
const json = (value: unknown) => Buffer.from(JSON.stringify(value))

test('returns the origin that matched; members it does not know and key order do not matter', () => {
  assert.deepEqual(checkClientData(json(honest), expected), { origin: 'https://a.example' })
  const reordered = {
    origin: 'https://b.example:8443',
    other_keys: 'x',
    crossOrigin: false,
    challenge: 'AQL6',
    type: 'webauthn.get',
  }
  assert.equal(checkClientData(json(reordered), expected).origin, 'https://b.example:8443')
})

describe('refuses', () => {
  const cases: [name: string, code: string, bytes: Buffer][] = [
    ['nothing', 'malformed', Buffer.alloc(0)],
    ['an array', 'malformed', json([honest])],
    ['null', 'malformed', json(null)],
    [
      'bytes that are not UTF-8',
      'malformed',
      Buffer.concat([json(honest).subarray(0, -1), Buffer.from(',"x":"\xff"}', 'latin1')]),
    ],
    ['text after the object', 'malformed', Buffer.concat([json(honest), Buffer.from('x')])],
    ['another type', 'type-mismatch', json({ ...honest, type: 'webauthn.create' })],
    ['a type in other letters', 'type-mismatch', json({ ...honest, type: 'WebAuthn.get' })],
    ['another challenge', 'challenge-mismatch', json({ ...honest, challenge: 'AQL7' })],
    ['plain base64', 'challenge-mismatch', json({ ...honest, challenge: 'AQL6=' })],
    ['a challenge that is no text', 'challenge-mismatch', json({ ...honest, challenge: ['AQL6'] })],
    ['another origin', 'origin-mismatch', json({ ...honest, origin: 'https://a.example.evil.example' })],
    ['a subdomain', 'origin-mismatch', json({ ...honest, origin: 'https://x.a.example' })],
    ['an origin that is no text', 'origin-mismatch', json({ ...honest, origin: ['https://a.example'] })],
    ['no origin', 'origin-mismatch', json({ ...honest, origin: undefined })],
    ['a framed page', 'cross-origin', json({ ...honest, crossOrigin: true })],
    ['crossOrigin that is neither yes nor no', 'cross-origin', json({ ...honest, crossOrigin: 'false' })],
    ['a top origin', 'cross-origin', json({ ...honest, crossOrigin: false, topOrigin: 'https://a.example' })],
    ['an empty top origin', 'cross-origin', json({ ...honest, topOrigin: null })],
  ]
  for (const [name, code, bytes] of cases) {
    test(name, () => assert.throws(() => checkClientData(bytes, expected), { name: 'WebauthnError', code }))
  }

  test('every origin when none is expected', () => {
    assert.throws(() => checkClientData(json(honest), { ...expected, origins: [] }), { code: 'origin-mismatch' })
  })
})
