import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseAuthenticationResponse, parseRegistrationResponse } from './response-json.ts'
import { WebauthnError } from './webauthn-error.ts'

const response = { authenticatorData: 'AQ', clientDataJSON: 'Ag', signature: 'Aw', userHandle: 'BA' }
const honest = { id: 'AAAA', rawId: 'AAAA', type: 'public-key', response, clientExtensionResults: {} }
const registration = { ...honest, response: { attestationObject: 'AQ', clientDataJSON: 'Ag' } }

test('decodes an authentication response', () => {
  assert.deepEqual(parseAuthenticationResponse(honest), {
    id: 'AAAA',
    rawId: Buffer.alloc(3),
    authenticatorData: Buffer.of(1),
    clientDataJSON: Buffer.of(2),
    signature: Buffer.of(3),
    userHandle: Buffer.of(4),
  })
})

test('takes each way a client says that there is no user handle', () => {
  for (const userHandle of [undefined, null, '']) {
    const parsed = parseAuthenticationResponse({ ...honest, response: { ...response, userHandle } })
    assert.equal('userHandle' in parsed, false)
  }
})

test('decodes a registration response, transports or not', () => {
  assert.deepEqual(parseRegistrationResponse(registration).transports, [])
  const withTransports = { ...registration, response: { ...registration.response, transports: ['usb', 7] } }
  assert.deepEqual(parseRegistrationResponse(withTransports).transports, ['usb'])
})

describe('refuses', () => {
  const withResponse = (members: object) => ({ ...honest, response: { ...response, ...members } })
  const cases: [name: string, json: unknown, code?: string][] = [
    ['nothing', undefined],
    ['null', null],
    ['a list', [honest]],
    ['text', JSON.stringify(honest)],
    ['another type', { ...honest, type: 'password' }],
    ['two different ids', { ...honest, rawId: 'AAAB' }],
    ['no id', { ...honest, id: undefined, rawId: undefined }],
    ['an empty id', { ...honest, id: '', rawId: '' }],
    ['an id that is plain base64', { ...honest, id: 'AA+/', rawId: 'AA+/' }],
    ['an id of 1024 bytes', { ...honest, id: 'A'.repeat(1366), rawId: 'A'.repeat(1366) }, 'credential-id-too-long'],
    ['no response', { ...honest, response: undefined }],
    ['a response that is a list', { ...honest, response: [] }],
    ['padding', withResponse({ signature: 'Aw==' })],
    ['stray bits', withResponse({ signature: 'Ax' })],
    ['a line break', withResponse({ signature: 'A\nw' })],
    ['bytes as a list', withResponse({ signature: [3] })],
    ['an empty signature', withResponse({ signature: '' })],
    ['a signature beyond any key', withResponse({ signature: 'A'.repeat(2000) })],
    ['client data beyond reason', withResponse({ clientDataJSON: 'A'.repeat(20_000) })],
    ['a user handle beyond 64 bytes', withResponse({ userHandle: 'A'.repeat(100) })],
    ['a user handle that is a number', withResponse({ userHandle: 0 })],
  ]
  for (const [name, json, code = 'malformed'] of cases) {
    test(name, () => assert.throws(() => parseAuthenticationResponse(json), { name: 'WebauthnError', code }))
  }

  test('transports that are no short list', () => {
    for (const transports of ['usb', {}, Array.from({ length: 17 }, () => 'usb')]) {
      const json = { ...registration, response: { ...registration.response, transports } }
      assert.throws(() => parseRegistrationResponse(json), { code: 'malformed' })
    }
  })

  test('any other JSON only with a WebauthnError', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (json, inner) => {
        for (const value of [json, { ...honest, response: inner }, { ...honest, id: inner, rawId: inner }]) {
          try {
            parseAuthenticationResponse(value)
          } catch (error) {
            assert.ok(error instanceof WebauthnError)
          }
        }
      }),
    )
  })
})
