import { type KeyObject, createPublicKey, verify } from 'node:crypto'
import { CborError, parseCbor } from '../cbor.ts'
import { Lru } from '../lru.ts'
import { sha256 } from '../sha256.ts'
import { WireReader, mpint, string, u32 } from '../ssh/wire.ts'
import { joinEcdsaDer, splitEcdsaDer } from './ecdsa-der.ts'
import { checkClientDataPrefix, checkTapClientData, readTapClientData } from './tap-client-data.ts'
import { SshsigError, armorSshsig, asSshsigError, parseSshsig, sshsigBlob } from './sshsig.ts'

const KEY_TYPE = 'sk-ecdsa-sha2-nistp256@openssh.com'
const SIGNATURE_TYPE = 'webauthn-sk-ecdsa-sha2-nistp256@openssh.com'
const CURVE = 'nistp256'

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const BACKUP_ELIGIBLE = 0x08
const BACKUP_STATE = 0x10
const ATTESTED_DATA = 0x40
const EXTENSION_DATA = 0x80

/** The OpenSSH public key of an ES256 credential; its application is the RP ID (PROTOCOL.u2f). */
export function sshPublicKey(p256: { x: Buffer; y: Buffer }, rpId: string): Buffer {
  const point = Buffer.concat([Buffer.of(4), p256.x, p256.y])
  return Buffer.concat([string(KEY_TYPE), string(CURVE), string(point), string(rpId)])
}

export interface AssertionBytes {
  authenticatorData: Buffer
  clientDataJSON: Buffer
  signature: Buffer
}

/** Repacks an ES256 authentication response as an SSH signature. Refuses what stock ssh-keygen would not verify. */
export function toSshSignature(response: AssertionBytes): Buffer {
  const { authenticatorData, clientDataJSON } = response
  if (authenticatorData.length < 37) throw new SshsigError('malformed', 'authenticator data is too short')
  const flags = authenticatorData.readUInt8(32)
  const extensions = authenticatorData.subarray(37)
  checkFlags(flags, extensions)
  const { challenge, origin } = readTapClientData(clientDataJSON)
  checkClientDataPrefix(clientDataJSON, challenge, origin)
  const { r, s } = splitEcdsaDer(response.signature)
  return Buffer.concat([
    string(SIGNATURE_TYPE),
    string(Buffer.concat([mpint(r), mpint(s)])),
    authenticatorData.subarray(32, 37),
    string(origin),
    string(clientDataJSON),
    string(extensions),
  ])
}

export interface VerifiedTap {
  publicKey: Buffer
  rpId: string
  origin: string
  flags: number
  counter: number
  userPresent: boolean
  userVerified: boolean
  backupEligible: boolean
  backupState: boolean
}

/**
 * Verifies that a tap signed this message in this namespace, and says which key, where and with which flags.
 * Presence, verification, the origin list and the key's owner are for the caller to judge: ssh-keygen looks at none.
 * Throws SshsigError.
 */
export function verifyWebauthnSshsig(armored: string, namespace: string, message: Uint8Array): VerifiedTap {
  const parsed = parseSshsig(armored)
  if (parsed.namespace !== namespace) throw new SshsigError('namespace-mismatch', 'signed for another namespace')
  if (parsed.hash !== 'sha512') throw new SshsigError('hash-unsupported', 'the message digest is not SHA-512')
  // One signature has one spelling, so that nobody can mint a second commit id for the same tap.
  if (armorSshsig(parsed) !== armored) throw new SshsigError('not-canonical', 'the armor is not in 70 columns')
  return verifyWebauthnSignature({ ...parsed, challenge: sshsigBlob(namespace, message) })
}

/** The same for a signature outside a file, whose challenge is the signed bytes themselves. Throws SshsigError. */
export function verifyWebauthnSignature(signed: {
  /** In wire form. */
  publicKey: Buffer
  signature: Buffer
  challenge: Buffer
}): VerifiedTap {
  const { publicKey, challenge } = signed
  const key = asSshsigError(() => parsePublicKey(publicKey))
  const tap = asSshsigError(() => parseSignature(signed.signature))

  checkFlags(tap.flags, tap.extensions)
  checkTapClientData(tap.clientDataJSON, challenge, tap.origin)
  const bytes = Buffer.concat([
    sha256(key.rpId),
    Buffer.of(tap.flags),
    u32(tap.counter),
    tap.extensions,
    sha256(tap.clientDataJSON),
  ])
  if (!verify('sha256', bytes, publicKeyObject(publicKey, key.point), tap.der)) {
    throw new SshsigError('signature-invalid', 'the key did not make this signature')
  }
  return {
    publicKey,
    rpId: key.rpId,
    origin: tap.origin,
    flags: tap.flags,
    counter: tap.counter,
    userPresent: (tap.flags & USER_PRESENT) !== 0,
    userVerified: (tap.flags & USER_VERIFIED) !== 0,
    backupEligible: (tap.flags & BACKUP_ELIGIBLE) !== 0,
    backupState: (tap.flags & BACKUP_STATE) !== 0,
  }
}

function parsePublicKey(blob: Buffer): { point: Buffer; rpId: string } {
  const reader = new WireReader(blob)
  if (reader.text() !== KEY_TYPE) throw new SshsigError('key-unsupported', `the key is not ${KEY_TYPE}`)
  if (reader.text() !== CURVE) throw new SshsigError('key-unsupported', `the curve is not ${CURVE}`)
  const point = reader.string()
  const rpId = reader.text()
  reader.done()
  if (point.length !== 65 || point[0] !== 4) throw new SshsigError('key-unsupported', 'the point is not uncompressed')
  return { point, rpId }
}

function parseSignature(blob: Buffer) {
  const reader = new WireReader(blob)
  if (reader.text() !== SIGNATURE_TYPE) {
    throw new SshsigError('signature-unsupported', `the signature is not ${SIGNATURE_TYPE}`)
  }
  const inner = new WireReader(reader.string())
  const der = joinEcdsaDer(inner.mpint(), inner.mpint())
  inner.done()
  const flags = reader.u8()
  const counter = reader.u32()
  const origin = reader.text()
  const clientDataJSON = reader.string()
  const extensions = reader.string()
  reader.done()
  return { der, flags, counter, origin, clientDataJSON, extensions }
}

function checkFlags(flags: number, extensions: Buffer): void {
  if (flags & ATTESTED_DATA) throw new SshsigError('flags-invalid', 'attested credential data in a signature')
  if ((flags & BACKUP_STATE) !== 0 && (flags & BACKUP_ELIGIBLE) === 0) {
    throw new SshsigError('flags-invalid', 'backed up, but not eligible for backup')
  }
  const announced = (flags & EXTENSION_DATA) !== 0
  if (announced !== extensions.length > 0) throw new SshsigError('flags-invalid', 'extension flag and data disagree')
  if (!announced) return
  try {
    if (parseCbor(extensions) instanceof Map) return
  } catch (error) {
    if (!(error instanceof CborError)) throw error
  }
  throw new SshsigError('malformed', 'the extensions are not one CBOR map')
}

// Importing a key costs about as much as using it; a branch has few signers and many commits.
const keyObjects = new Lru<string, KeyObject>(1024)

function publicKeyObject(blob: Buffer, point: Buffer): KeyObject {
  const cacheKey = blob.toString('latin1')
  const cached = keyObjects.get(cacheKey)
  if (cached) return cached
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: point.toString('base64url', 1, 33),
    y: point.toString('base64url', 33, 65),
  }
  try {
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    keyObjects.set(cacheKey, key)
    return key
  } catch (cause) {
    throw new SshsigError('key-unsupported', 'the point is not on the curve', { cause })
  }
}
