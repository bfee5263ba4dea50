import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { parseAuthenticatorData } from './authenticator-data.ts'
import { WebauthnError } from './webauthn-error.ts'

const rpIdHash = Buffer.alloc(32, 7)
const aaguid = Buffer.from('ee882879721c497397753dfcce97072a', 'hex')
const key = Buffer.from('a201020326', 'hex')

function bytes(flags: number, ...parts: Buffer[]): Buffer {
  return Buffer.concat([rpIdHash, Buffer.of(flags), Buffer.from('00000102', 'hex'), ...parts])
}
function attested(id: Buffer, publicKey: Buffer = key): Buffer {
  return Buffer.concat([aaguid, Buffer.of(id.length >> 8, id.length & 0xff), id, publicKey])
}

test('reads flags, counter, credential and extensions', () => {
  const id = Buffer.from('credential')
  assert.deepEqual(parseAuthenticatorData(bytes(0xdd, attested(id), Buffer.from('a161780a', 'hex'))), {
    rpIdHash,
    flags: { up: true, uv: true, be: true, bs: true, at: true, ed: true },
    counter: 258,
    attested: { aaguid: 'ee882879-721c-4973-9775-3dfcce97072a', credentialId: id, coseKey: key },
    extensions: new Map([['x', 10]]),
  })
})

describe('refuses', () => {
  const cases: [name: string, code: string, input: Buffer][] = [
    ['nothing', 'malformed', Buffer.alloc(0)],
    ['36 bytes', 'malformed', bytes(0x01).subarray(0, 36)],
    ['a byte too many', 'malformed', bytes(0x01, Buffer.of(0))],
    ['backed up but not eligible', 'backup-flags-invalid', bytes(0x11)],
    ['a credential that is announced and missing', 'malformed', bytes(0x41)],
    ['a credential that is not announced', 'malformed', bytes(0x01, attested(Buffer.from('id')))],
    ['an empty credential id', 'malformed', bytes(0x41, attested(Buffer.alloc(0)))],
    ['a credential id of 1024 bytes', 'credential-id-too-long', bytes(0x41, attested(Buffer.alloc(1024)))],
    ['a credential id longer than the data', 'malformed', bytes(0x41, attested(Buffer.alloc(20)).subarray(0, 30))],
    ['a credential without a key', 'malformed', bytes(0x41, attested(Buffer.from('id'), Buffer.alloc(0)))],
    ['a key that is cut off', 'malformed', bytes(0x41, attested(Buffer.from('id'), key.subarray(0, -1)))],
    ['extensions that are announced and missing', 'malformed', bytes(0x81)],
    ['extensions that are no map', 'malformed', bytes(0x81, Buffer.of(1))],
    ['a byte after the extensions', 'malformed', bytes(0x81, Buffer.from('a000', 'hex'))],
  ]
  for (const [name, code, input] of cases) {
    test(name, () => assert.throws(() => parseAuthenticatorData(input), { name: 'WebauthnError', code }))
  }

  test('a credential id of 1023 bytes passes', () => {
    assert.equal(
      parseAuthenticatorData(bytes(0x41, attested(Buffer.alloc(1023, 1)))).attested?.credentialId.length,
      1023,
    )
  })

  test('anything else only with a WebauthnError', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.uint8Array({ maxLength: 64 }), (flags, rest) => {
        try {
          parseAuthenticatorData(bytes(flags, Buffer.from(rest)))
        } catch (error) {
          assert.ok(error instanceof WebauthnError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})
