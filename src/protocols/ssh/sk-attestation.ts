import { type KeyObject, verify, X509Certificate } from 'node:crypto'
import { CborError, type CborValue, parseCbor } from '../cbor.ts'
import { encodeCbor } from '../cbor-encode.ts'
import { sha256 } from '../sha256.ts'
import { parseAuthenticatorData, ZERO_AAGUID } from '../webauthn/authenticator-data.ts'
import { parseCoseKey } from '../webauthn/cose.ts'
import { WebauthnError } from '../webauthn/webauthn-error.ts'
import { readPublicKey, type SshPublicKey } from './public-key.ts'
import { readWire } from './read-wire.ts'
import { SshError } from './ssh-error.ts'

export interface VerifiedSkAttestation {
  /** The same in the form of WebAuthn L3 §6.5.4, format `packed`, for whoever traces its certificate to a root. */
  attestationObject: Buffer
  /** As claimed; undefined where all zero. */
  aaguid: string | undefined
}

const MAGIC = 'ssh-sk-attest-v01'
const ES256 = -7

/**
 * Verifies what `ssh-keygen -O write-attestation` wrote (PROTOCOL.u2f): that the key of this certificate signed, when this
 * security key was made, for this challenge. Whose certificate it is, is not asked here. Throws SshError.
 */
export function verifySkAttestation(
  blob: Buffer,
  { key, challenge }: { key: Pick<SshPublicKey, 'blob' | 'application'>; challenge: Buffer },
): VerifiedSkAttestation {
  const { certificate, signature, authenticatorData } = parseSkAttestation(blob)
  if (key.application === null) throw invalid('the key is not of a security key')
  const { aaguid, coseKey } = attestedKey(authenticatorData, key.application)
  const { jwk } = readPublicKey(key.blob)
  const made = parseCoseKeyOrRefuse(coseKey).keyObject.export({ format: 'jwk' })
  if (made.crv !== jwk.crv || made.x !== jwk.x || made.y !== jwk.y) throw invalid('it is about another key')
  const signer = readCertificate(certificate)
  // WebAuthn L3 §8.2: what certifies keys is no authority itself.
  if (signer.ca) throw invalid('its certificate is of an authority')
  const signed = Buffer.concat([authenticatorData, sha256(challenge)])
  const isEcdsa = signer.publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1'
  if (!isEcdsa || !verify('sha256', signed, signer.publicKey, signature))
    throw invalid('it was not made for this challenge')
  const statement = new Map<string, CborValue>([
    ['alg', ES256],
    ['sig', signature],
    ['x5c', [certificate]],
  ])
  const object = new Map<string, CborValue>([
    ['fmt', 'packed'],
    ['attStmt', statement],
    ['authData', authenticatorData],
  ])
  return { attestationObject: encodeCbor(object), aaguid }
}

const parseSkAttestation = (blob: Buffer): { certificate: Buffer; signature: Buffer; authenticatorData: Buffer } =>
  readWire(blob, (reader) => {
    if (reader.text() !== MAGIC) throw invalid('it is not a file that ssh-keygen wrote with -O write-attestation')
    const certificate = reader.string()
    const signature = reader.string()
    const authenticatorData = bytesIn(reader.string())
    reader.u32() // reserved
    reader.string() // reserved
    if (certificate.length === 0) throw invalid('this security key does not say who made it')
    return { certificate, signature, authenticatorData }
  })

function bytesIn(cbor: Buffer): Buffer {
  try {
    const value = parseCbor(cbor)
    if (Buffer.isBuffer(value)) return value
  } catch (cause) {
    if (!(cause instanceof CborError)) throw cause
  }
  throw invalid('its authenticator data cannot be read')
}

function attestedKey(authenticatorData: Buffer, application: string): { aaguid: string | undefined; coseKey: Buffer } {
  const { rpIdHash, attested, flags } = orInvalid(() => parseAuthenticatorData(authenticatorData))
  if (!rpIdHash.equals(sha256(application))) throw invalid('it is about a key for something else')
  if (attested === undefined) throw invalid('it names no key')
  if (flags.be) throw invalid('it says that the key can be copied')
  return { aaguid: attested.aaguid === ZERO_AAGUID ? undefined : attested.aaguid, coseKey: attested.coseKey }
}

const parseCoseKeyOrRefuse = (bytes: Buffer) => orInvalid(() => parseCoseKey(bytes))

function orInvalid<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof WebauthnError) throw invalid(cause.message, cause)
    throw cause
  }
}

function readCertificate(der: Buffer): { ca: boolean; publicKey: KeyObject } {
  try {
    const { ca, publicKey } = new X509Certificate(der)
    return { ca, publicKey }
  } catch (cause) {
    throw invalid('its certificate cannot be read', cause)
  }
}

const invalid = (message: string, cause?: unknown): SshError => new SshError('attestation-invalid', message, { cause })
