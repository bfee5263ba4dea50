import { type KeyObject, type webcrypto, createPublicKey } from 'node:crypto'
import { CborError, type CborKey, type CborValue, parseCbor } from '../cbor.ts'
import { isSmallOrderEd25519 } from './small-order-ed25519.ts'
import { WebauthnError } from './webauthn-error.ts'

export const ES256 = -7
export const EDDSA = -8
export const RS256 = -257

export type CoseAlgorithm = typeof ES256 | typeof EDDSA | typeof RS256

/** The algorithms a credential may have, the preferred one first: only ES256 has an OpenSSH form. */
export const COSE_ALGORITHMS: readonly CoseAlgorithm[] = [ES256, EDDSA, RS256]

export interface CoseKey {
  algorithm: CoseAlgorithm
  keyObject: KeyObject
  /** The affine coordinates of an ES256 key, 32 bytes each; they make its OpenSSH form. */
  p256?: { x: Buffer; y: Buffer }
}

const KTY = 1
const ALG = 3
const CRV = -1
const MIN_RSA_BYTES = 256
const MAX_RSA_BYTES = 1024

/**
 * A credential public key (WebAuthn L3 §6.5.1.1, RFC 9052 §7) as a key that verifies. Members beyond the required ones
 * are refused. Throws WebauthnError `public-key-invalid`, or `algorithm-not-allowed` for one that we do not know.
 */
export function parseCoseKey(bytes: Buffer): CoseKey {
  const map = decodeMap(bytes)
  const algorithm = map.get(ALG)
  switch (algorithm) {
    case ES256:
      return parseEs256(map)
    case EDDSA:
      return { algorithm, keyObject: importJwk({ kty: 'OKP', crv: 'Ed25519', x: parseEd25519(map) }) }
    case RS256:
      return { algorithm, keyObject: importJwk(parseRs256(map)) }
    default:
      throw new WebauthnError('algorithm-not-allowed', 'the key is not ES256, Ed25519 or RS256')
  }
}

function parseEs256(map: Map<CborKey, CborValue>): CoseKey {
  expectMembers(map, { size: 5, kty: 2, crv: 1 })
  const x = bytesOf(map, -2, 32)
  const y = bytesOf(map, -3, 32)
  const jwk = { kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url') }
  return { algorithm: ES256, keyObject: importJwk(jwk), p256: { x, y } }
}

function parseEd25519(map: Map<CborKey, CborValue>): string {
  expectMembers(map, { size: 4, kty: 1, crv: 6 })
  const x = bytesOf(map, -2, 32)
  if (isSmallOrderEd25519(x)) throw invalid('the point is of small order')
  return x.toString('base64url')
}

function parseRs256(map: Map<CborKey, CborValue>): webcrypto.JsonWebKey {
  expectMembers(map, { size: 4, kty: 3 })
  const n = bytesOf(map, -1)
  const e = bytesOf(map, -2)
  const topByte = n.readUInt8(0)
  if (n.length < MIN_RSA_BYTES || n.length > MAX_RSA_BYTES || (n.length === MIN_RSA_BYTES && topByte < 0x80)) {
    throw invalid('the modulus is not of 2048 to 8192 bits')
  }
  const exponent = e.length <= 4 ? e.readUIntBE(0, e.length) : 0
  const padded = topByte === 0 || e.readUInt8(0) === 0
  // An exponent of 1 or an even modulus would let anybody sign.
  if (padded || exponent < 65537 || exponent % 2 === 0 || n.readUInt8(n.length - 1) % 2 === 0) {
    throw invalid('modulus or exponent is not of a usable key')
  }
  return { kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') }
}

function decodeMap(bytes: Buffer): Map<CborKey, CborValue> {
  let value: CborValue
  try {
    value = parseCbor(bytes)
  } catch (cause) {
    if (cause instanceof CborError) throw new WebauthnError('public-key-invalid', cause.message, { cause })
    throw cause
  }
  if (!(value instanceof Map)) throw invalid('not a map')
  return value
}

function expectMembers(map: Map<CborKey, CborValue>, expected: { size: number; kty: number; crv?: number }): void {
  const curveFits = expected.crv === undefined || map.get(CRV) === expected.crv
  if (map.size !== expected.size || map.get(KTY) !== expected.kty || !curveFits) {
    throw invalid('members do not fit the algorithm')
  }
}

function bytesOf(map: Map<CborKey, CborValue>, label: number, length?: number): Buffer {
  const value = map.get(label)
  if (!Buffer.isBuffer(value) || value.length === 0) throw invalid(`member ${label} is not a byte string`)
  if (length !== undefined && value.length !== length) throw invalid(`member ${label} is not of ${length} bytes`)
  return value
}

function importJwk(jwk: webcrypto.JsonWebKey): KeyObject {
  try {
    // For P-256 this is also where a point that is not on the curve is refused.
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch (cause) {
    throw new WebauthnError('public-key-invalid', 'the key cannot be used', { cause })
  }
}

function invalid(message: string): WebauthnError {
  return new WebauthnError('public-key-invalid', `credential public key: ${message}`)
}
