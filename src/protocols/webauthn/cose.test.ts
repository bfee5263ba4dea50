import assert from 'node:assert/strict'
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { encodeCbor } from '../cbor-encode.ts'
import { type CborValue, parseCbor } from '../cbor.ts'
import { COSE_ALGORITHMS, EDDSA, ES256, RS256, parseCoseKey } from './cose.ts'
import { encodeCosePublicKey, generatePrivateKey } from './software-key.ts'
import { WebauthnError } from './webauthn-error.ts'

const encoded = new Map(COSE_ALGORITHMS.map((alg) => [alg, encodeCosePublicKey(generatePrivateKey(alg), alg)]))
const keyOf = (algorithm: -7 | -8 | -257) => encoded.get(algorithm) ?? assert.fail()

/** The key with some members replaced; undefined removes one. */
function altered(algorithm: -7 | -8 | -257, members: Record<number, CborValue | undefined>): Buffer {
  const map = parseCbor(keyOf(algorithm))
  assert.ok(map instanceof Map)
  for (const [label, value] of Object.entries(members)) {
    if (value === undefined) map.delete(Number(label))
    else map.set(Number(label), value)
  }
  return encodeCbor(map)
}

const modulus = (bits: number) => {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  return Buffer.from(publicKey.export({ format: 'jwk' }).n ?? '', 'base64url')
}

test('reads each algorithm; only ES256 has the coordinates of an OpenSSH key', () => {
  for (const algorithm of COSE_ALGORITHMS) {
    const key = parseCoseKey(keyOf(algorithm))
    assert.equal(key.algorithm, algorithm)
    assert.equal(key.p256 !== undefined, algorithm === ES256)
  }
})

describe('refuses', () => {
  const n = () => modulus(2048)
  const cases: [name: string, code: string, bytes: () => Buffer][] = [
    ['a point off the curve', 'public-key-invalid', () => altered(ES256, { [-2]: Buffer.alloc(32, 1) })],
    [
      'the point at infinity',
      'public-key-invalid',
      () => altered(ES256, { [-2]: Buffer.alloc(32), [-3]: Buffer.alloc(32) }),
    ],
    ['a compressed point', 'public-key-invalid', () => altered(ES256, { [-3]: true })],
    ['a long coordinate', 'public-key-invalid', () => altered(ES256, { [-2]: Buffer.alloc(33) })],
    ['another curve', 'public-key-invalid', () => altered(ES256, { [-1]: 2 })],
    ['another key type', 'public-key-invalid', () => altered(ES256, { 1: 3 })],
    ['a private part', 'public-key-invalid', () => altered(ES256, { [-4]: Buffer.alloc(32) })],
    ['a member missing', 'public-key-invalid', () => altered(EDDSA, { [-2]: undefined })],
    ['an Ed25519 point of small order', 'public-key-invalid', () => altered(EDDSA, { [-2]: Buffer.alloc(32) })],
    ['Ed448', 'public-key-invalid', () => altered(EDDSA, { [-1]: 7 })],
    ['RSA of 1024 bits', 'public-key-invalid', () => altered(RS256, { [-1]: modulus(1024) })],
    [
      'RSA of 2047 bits',
      'public-key-invalid',
      () => altered(RS256, { [-1]: Buffer.concat([Buffer.of(0x7f), n().subarray(1)]) }),
    ],
    ['a padded modulus', 'public-key-invalid', () => altered(RS256, { [-1]: Buffer.concat([Buffer.of(0), n()]) })],
    [
      'an even modulus',
      'public-key-invalid',
      () => altered(RS256, { [-1]: Buffer.concat([n().subarray(1), Buffer.of(0)]) }),
    ],
    ['an enormous modulus', 'public-key-invalid', () => altered(RS256, { [-1]: Buffer.alloc(1025, 0xff) })],
    ['the exponent 1, with which anybody can sign', 'public-key-invalid', () => altered(RS256, { [-2]: Buffer.of(1) })],
    ['the exponent 3', 'public-key-invalid', () => altered(RS256, { [-2]: Buffer.of(3) })],
    ['ES384', 'algorithm-not-allowed', () => altered(ES256, { 3: -35 })],
    ['RS1', 'algorithm-not-allowed', () => altered(RS256, { 3: -65535 })],
    ['no algorithm', 'algorithm-not-allowed', () => altered(ES256, { 3: undefined })],
    ['bytes after the key', 'public-key-invalid', () => Buffer.concat([keyOf(ES256), Buffer.of(0)])],
    ['a label twice', 'public-key-invalid', () => Buffer.from('a2010201020326', 'hex')],
    ['what is not a map', 'public-key-invalid', () => Buffer.from('80', 'hex')],
  ]
  for (const [name, code, bytes] of cases) {
    test(name, () => assert.throws(() => parseCoseKey(bytes()), { name: 'WebauthnError', code }))
  }

  test('anything else only with a WebauthnError', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COSE_ALGORITHMS), fc.nat(), fc.nat(255), (algorithm, position, byte) => {
        const bytes = Buffer.from(keyOf(algorithm))
        bytes.writeUInt8(byte, position % bytes.length)
        try {
          parseCoseKey(bytes)
        } catch (error) {
          assert.ok(error instanceof WebauthnError)
        }
      }),
    )
  })
})

test('a point of small order never becomes a key, though OpenSSL may verify signatures nobody made', (t) => {
  const identity = Buffer.from('0100000000000000000000000000000000000000000000000000000000000000', 'hex')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: identity.toString('base64url') }, format: 'jwk' })
  // R is the neutral point and S is 0, so the equation S·B = R + h·A holds for every message.
  const forged = Buffer.concat([identity, Buffer.alloc(32)])
  t.diagnostic(`this OpenSSL accepts the forgery: ${verify(null, Buffer.from('any message'), key, forged)}`)
  const mirrored = Buffer.from(identity)
  mirrored.writeUInt8(0x80, 31)
  for (const point of [identity, mirrored]) {
    assert.throws(() => parseCoseKey(altered(EDDSA, { [-2]: point })), { code: 'public-key-invalid' })
  }
})
