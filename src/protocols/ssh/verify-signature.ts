import { type KeyObject, verify } from 'node:crypto'
import { Lru } from '../lru.ts'
import { sha256 } from '../sha256.ts'
import { SshsigError } from '../sshsig/sshsig.ts'
import { verifyWebauthnSignature } from '../sshsig/webauthn-signature.ts'
import { ecdsaSize, importKey, type KeyFields } from './key-fields.ts'
import { readPublicKey } from './public-key.ts'
import { readWire } from './read-wire.ts'
import { SshError } from './ssh-error.ts'
import { u32 } from './wire.ts'

/** What a security key said of itself in a signature. None of it is judged here. */
export interface SkFlags {
  userPresence: boolean
  userVerification: boolean
  counter: number
}

export interface VerifiedSignature {
  /** `ssh-ed25519`, `rsa-sha2-512`, `webauthn-sk-ecdsa-sha2-nistp256@openssh.com` and so on. */
  algorithm: string
  /** Null for a key that lies in a file. */
  touch: SkFlags | null
  /** Where the browser was in which a passkey signed; null for anything but `webauthn-sk-…`. */
  origin: string | null
}

const WEBAUTHN = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com'
const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04

/**
 * Verifies a signature blob (RFC 4253 §6.6, RFC 5656 §3.1.2, RFC 8332, RFC 8709, PROTOCOL.u2f) of any type of key that is
 * taken. Presence, verification and origin are for the caller to judge. SHA-1, trailing bytes and a security key whose
 * application and form of signature do not belong together are refused. Throws SshError.
 */
export function verifySshSignature({
  publicKey,
  signature,
  message,
}: {
  /** In wire form. */
  publicKey: Buffer
  /** The whole blob, with the name of its algorithm. */
  signature: Buffer
  message: Buffer
}): VerifiedSignature {
  const key = keyOf(publicKey)
  if (signatureAlgorithm(signature) === WEBAUTHN) return verifyWebauthn(key, signature, message)
  return readWire(signature, (reader) => {
    const algorithm = reader.text()
    // A passkey signs what a browser shows it, and a key made for SSH never does.
    if (key.application !== null && !key.application.startsWith('ssh:'))
      throw new SshError('application-mismatch', 'this security key was made for something else than SSH')
    const inner = reader.string()
    if (key.application === null) {
      const digest = digestOf(key, algorithm)
      check(verifyWith(key, digest, message, inner))
      return { algorithm, touch: null, origin: null }
    }
    if (algorithm !== key.type) throw unsupported(algorithm)
    const flags = reader.u8()
    const counter = reader.u32()
    const signed = Buffer.concat([sha256(key.application), Buffer.of(flags), u32(counter), sha256(message)])
    check(verifyWith(key, key.type === 'sk-ssh-ed25519@openssh.com' ? null : 'sha256', signed, inner))
    return { algorithm, touch: touchOf(flags, counter), origin: null }
  })
}

/** What the signature says of itself, first of all. */
const signatureAlgorithm = (signature: Buffer): string =>
  readWire(signature, (reader) => {
    const algorithm = reader.text()
    reader.rest()
    return algorithm
  })

type Digest = 'sha256' | 'sha384' | 'sha512' | null

/** The digest that the algorithm's name means for this key. */
function digestOf({ type }: KeyFields, algorithm: string): Digest {
  if (type === 'ssh-rsa') {
    if (algorithm === 'rsa-sha2-256') return 'sha256'
    if (algorithm === 'rsa-sha2-512') return 'sha512'
    throw unsupported(algorithm)
  }
  if (algorithm !== type) throw unsupported(algorithm)
  switch (type) {
    case 'ecdsa-sha2-nistp256':
      return 'sha256'
    case 'ecdsa-sha2-nistp384':
      return 'sha384'
    case 'ecdsa-sha2-nistp521':
      return 'sha512'
    default:
      return null
  }
}

function verifyWith(key: ImportedKey, digest: Digest, message: Buffer, inner: Buffer): boolean {
  const size = ecdsaSize(key.type)
  if (size !== undefined)
    return verify(digest, message, { key: key.object, dsaEncoding: 'ieee-p1363' }, joinIntegers(inner, size))
  // RFC 8332 §3: as long as the modulus, so that one signature has one spelling; RFC 8709 §6 for Ed25519.
  if (inner.length !== (key.type === 'ssh-rsa' ? Math.ceil(key.bits / 8) : 64)) return false
  return verify(digest, message, key.object, inner)
}

/** r and s of fixed size. */
function joinIntegers(inner: Buffer, size: number): Buffer {
  const [r, s] = readWire(inner, (reader) => [reader.mpint(), reader.mpint()] as const)
  return Buffer.concat([fixed(r, size), fixed(s, size)])
}

function fixed(integer: Buffer, size: number): Buffer {
  const value = integer[0] === 0 ? integer.subarray(1) : integer
  if (value.length > size) throw new SshError('malformed', 'a number in the signature is too large')
  return Buffer.concat([Buffer.alloc(size - value.length), value])
}

function verifyWebauthn(key: ImportedKey, signature: Buffer, message: Buffer): VerifiedSignature {
  if (key.type !== 'sk-ecdsa-sha2-nistp256@openssh.com') throw unsupported(WEBAUTHN)
  try {
    const tap = verifyWebauthnSignature({ publicKey: key.blob, signature, challenge: message })
    return { algorithm: WEBAUTHN, touch: touchOf(tap.flags, tap.counter), origin: tap.origin }
  } catch (cause) {
    if (!(cause instanceof SshsigError)) throw cause
    if (cause.code === 'signature-invalid') throw new SshError('signature-invalid', cause.message, { cause })
    if (cause.code === 'malformed') throw new SshError('malformed', cause.message, { cause })
    throw new SshError('client-data-mismatch', cause.message, { cause })
  }
}

const touchOf = (flags: number, counter: number): SkFlags => ({
  userPresence: (flags & USER_PRESENT) !== 0,
  userVerification: (flags & USER_VERIFIED) !== 0,
  counter,
})

function check(isValid: boolean): void {
  if (!isValid) throw new SshError('signature-invalid', 'the key did not make this signature')
}

const unsupported = (algorithm: string): SshError =>
  new SshError('signature-unsupported', `a signature of the kind ${algorithm.slice(0, 60)} is not taken of this key`)

type ImportedKey = KeyFields & { object: KeyObject }

// Importing a key costs about as much as using it, and the same few come again and again.
const imported = new Lru<string, ImportedKey>(1024)

function keyOf(blob: Buffer): ImportedKey {
  const name = blob.toString('latin1')
  const known = imported.get(name)
  if (known !== undefined) return known
  const fields = readPublicKey(blob)
  const key = { ...fields, object: importKey(fields) }
  imported.set(name, key)
  return key
}
