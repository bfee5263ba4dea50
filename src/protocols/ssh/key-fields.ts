import { type KeyObject, type webcrypto, createPublicKey } from 'node:crypto'
import { isSmallOrderEd25519 } from '../webauthn/small-order-ed25519.ts'
import { SshError } from './ssh-error.ts'
import { string, mpint, type WireReader } from './wire.ts'

export const sshKeyTypes = [
  'ssh-ed25519',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
] as const
export type SshKeyType = (typeof sshKeyTypes)[number]

export const isSshKeyType = (text: string): text is SshKeyType => (sshKeyTypes as readonly string[]).includes(text)

/** A public key's own fields, without the name of its type before them. */
export interface KeyFields {
  type: SshKeyType
  /** In wire form, RFC 4253 §6.6. */
  blob: Buffer
  bits: number
  /** Of a security key: what it was made for, `ssh:…`, or the RP ID of a passkey. Null for any other. */
  application: string | null
  jwk: webcrypto.JsonWebKey
}

const curves = {
  'ecdsa-sha2-nistp256': { name: 'nistp256', crv: 'P-256', bits: 256, size: 32 },
  'ecdsa-sha2-nistp384': { name: 'nistp384', crv: 'P-384', bits: 384, size: 48 },
  'ecdsa-sha2-nistp521': { name: 'nistp521', crv: 'P-521', bits: 521, size: 66 },
  'sk-ecdsa-sha2-nistp256@openssh.com': { name: 'nistp256', crv: 'P-256', bits: 256, size: 32 },
} as const

/** Bytes of each of r and s; undefined for what is not ECDSA. */
export const ecdsaSize = (type: SshKeyType): number | undefined =>
  Object.hasOwn(curves, type) ? curves[type as keyof typeof curves].size : undefined

// 3072 bits are as strong as the weakest of the other types; fewer are on their way out (NIST SP 800-131A: 2030).
const MIN_RSA_BITS = 3072
const MAX_RSA_BITS = 16384

/** Reads the fields of one type off the front: of a key (PROTOCOL.u2f, RFC 5656, RFC 8709) or of a certificate. */
export function readKeyFields(type: SshKeyType, reader: WireReader): KeyFields {
  switch (type) {
    case 'ssh-ed25519':
      return ed25519(type, reader.string(), null)
    case 'sk-ssh-ed25519@openssh.com':
      return ed25519(type, reader.string(), reader.text())
    case 'ssh-rsa':
      return rsa(reader.mpint(), reader.mpint())
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return ecdsa(type, { curve: reader.text(), point: reader.string(), application: reader.text() })
    default:
      return ecdsa(type, { curve: reader.text(), point: reader.string(), application: null })
  }
}

/** @throws SshError where no such key can exist */
export function importKey({ jwk }: Pick<KeyFields, 'jwk'>): KeyObject {
  try {
    // Also where a point that is not on its curve is refused.
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch (cause) {
    throw new SshError('key-unsupported', 'there is no such key', { cause })
  }
}

function ed25519(type: SshKeyType, raw: Buffer, application: string | null): KeyFields {
  if (raw.length !== 32) throw new SshError('malformed', 'an Ed25519 key has 32 bytes')
  if (isSmallOrderEd25519(raw)) throw new SshError('key-weak', 'anybody can sign for this key')
  const blob = Buffer.concat([string(type), string(raw), ...applicationBytes(application)])
  return { type, blob, bits: 256, application, jwk: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') } }
}

function ecdsa(
  type: keyof typeof curves,
  { curve, point, application }: { curve: string; point: Buffer; application: string | null },
): KeyFields {
  const { name, crv, bits, size } = curves[type]
  if (curve !== name) throw new SshError('key-unsupported', `the curve of this key is not ${name}`)
  // Compressed points are never written by OpenSSH, and one key has one spelling.
  if (point.length !== 1 + 2 * size || point[0] !== 4) throw new SshError('malformed', 'the point is not uncompressed')
  return {
    type,
    blob: Buffer.concat([string(type), string(curve), string(point), ...applicationBytes(application)]),
    bits,
    application,
    jwk: {
      kty: 'EC',
      crv,
      x: point.toString('base64url', 1, 1 + size),
      y: point.toString('base64url', 1 + size),
    },
  }
}

function applicationBytes(application: string | null): Buffer[] {
  if (application === null) return []
  // `ssh:` and what follows it as OpenSSH names it; a passkey's is the domain it was made for.
  if (!/^ssh:[\x21-\x7e]{0,100}$|^[a-z0-9][a-z0-9.-]{0,252}$/.test(application))
    throw new SshError('application-mismatch', 'this security key was made for something else than SSH')
  return [string(application)]
}

function rsa(e: Buffer, n: Buffer): KeyFields {
  const modulus = n[0] === 0 ? n.subarray(1) : n
  const bits = modulus.length * 8 - Math.clz32(modulus[0] ?? 0) + 24
  if (bits < MIN_RSA_BITS)
    throw new SshError('key-weak', `this RSA key has ${bits} bits, and ${MIN_RSA_BITS} are the least that is taken`)
  if (bits > MAX_RSA_BITS) throw new SshError('key-unsupported', `an RSA key has ${MAX_RSA_BITS} bits at most`)
  const exponent = e.length <= 4 ? e.readUIntBE(0, e.length) : 0
  // An exponent of 1 or an even modulus would let anybody sign.
  if (exponent < 65537 || exponent % 2 === 0 || (modulus.at(-1) ?? 0) % 2 === 0)
    throw new SshError('key-weak', 'this is not a usable RSA key')
  return {
    type: 'ssh-rsa',
    blob: Buffer.concat([string('ssh-rsa'), mpint(e), mpint(n)]),
    bits,
    application: null,
    jwk: { kty: 'RSA', n: modulus.toString('base64url'), e: e.toString('base64url') },
  }
}
