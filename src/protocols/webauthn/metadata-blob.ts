import { type KeyObject, X509Certificate, verify, constants } from 'node:crypto'
import { CertificatePathError, verifyCertificatePath } from '../certificate-path.ts'
import { type MetadataEntry, parseMetadataEntries } from './metadata-entry.ts'
import { MetadataError } from './metadata-error.ts'

/** The real blob has about 6 MB. */
export const MAX_BLOB_BYTES = 20 * 1024 * 1024

/** FIDO metadata as its maker signed it (FIDO MDS v3 §3.1). */
export interface MetadataBlob {
  /** Its `no`: each new blob has a higher one. */
  number: number
  /** The start of that day, UTC. */
  nextUpdate: number
  legalHeader: string
  entries: MetadataEntry[]
}

export interface MetadataTrust {
  roots: readonly X509Certificate[]
  /** The signer's certificate must be for this host: needed wherever a root also certifies others. */
  signerHost: string | undefined
}

const MAX_HEADER_CHARS = 128 * 1024
const MAX_CERTIFICATES = 8

/**
 * Verifies a blob, a JWS in compact form (RFC 7515 §5.2), and reads its entries. Nothing of the payload is parsed before
 * the signature holds. Asks no network. Throws MetadataError.
 */
export function verifyMetadataBlob(text: string, { trust, at }: { trust: MetadataTrust; at: number }): MetadataBlob {
  if (Buffer.byteLength(text) > MAX_BLOB_BYTES)
    throw new MetadataError('metadata-too-large', 'This file is larger than 20 MB: it is no FIDO metadata.')
  const parts = text.trim().split('.')
  const [header = '', payload = '', signature = ''] = parts
  if (parts.length !== 3) throw malformed('it does not have the three parts of a signed token')
  const { alg, chain } = parseHeader(header)
  const signer = verifySigner(chain, trust, at)
  const isSigned = verifyAs(alg, signer.publicKey, `${header}.${payload}`, decode(signature))
  if (!isSigned) throw new MetadataError('metadata-signature', 'The signature of this metadata is not valid.')
  return parsePayload(parseJson(decode(payload)))
}

function parseHeader(text: string): { alg: string; chain: X509Certificate[] } {
  if (text.length > MAX_HEADER_CHARS) throw malformed('its header is too long')
  const { alg, x5c, crit } = parseJson(decode(text))
  if (typeof alg !== 'string') throw malformed('its header names no algorithm')
  if (crit !== undefined) throw malformed('its header demands extensions that are not known here')
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > MAX_CERTIFICATES)
    throw malformed('its header does not carry the certificates of its signer')
  return { alg, chain: x5c.map((one) => readCertificate(one)) }
}

function readCertificate(base64: unknown): X509Certificate {
  if (typeof base64 !== 'string') throw malformed('a certificate of its header is no text')
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch (cause) {
    throw new MetadataError('metadata-malformed', 'A certificate of this metadata cannot be read.', { cause })
  }
}

function verifySigner(chain: X509Certificate[], trust: MetadataTrust, at: number): X509Certificate {
  const [signer] = chain
  if (signer === undefined) throw malformed('its header does not carry the certificates of its signer')
  try {
    verifyCertificatePath({ chain, anchors: trust.roots, at })
  } catch (cause) {
    if (!(cause instanceof CertificatePathError)) throw cause
    const sentence =
      cause.code === 'expired'
        ? 'A certificate behind this metadata has expired or is not valid yet. Get a newer file, and check the clock.'
        : 'This metadata is not signed by a certificate below the trusted root.'
    throw new MetadataError('metadata-certificate', sentence, { cause })
  }
  if (trust.signerHost !== undefined && signer.checkHost(trust.signerHost, { subject: 'never' }) === undefined)
    throw new MetadataError(
      'metadata-certificate',
      `This metadata is signed by a certificate that is not for ${trust.signerHost}.`,
    )
  return signer
}

/** RFC 7518 §3.3 to §3.5; `none` and shared secrets are no algorithm here. */
function verifyAs(alg: string, key: KeyObject, text: string, signature: Buffer): boolean {
  const [, family = '', bits = ''] = /^(RS|PS|ES)(256|384|512)$/.exec(alg) ?? []
  const curve = { 256: 'prime256v1', 384: 'secp384r1', 512: 'secp521r1' }[bits]
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key
  const fits =
    family === 'ES'
      ? type === 'ec' && details?.namedCurve === curve
      : family !== '' && type === 'rsa' && (details?.modulusLength ?? 0) >= 2048
  if (!fits)
    throw new MetadataError('metadata-algorithm', 'This metadata is signed in a way that is not accepted here.')
  const options =
    family === 'ES'
      ? { key, dsaEncoding: 'ieee-p1363' as const }
      : family === 'PS'
        ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
        : { key }
  return verify(`sha${bits}`, Buffer.from(text), options, signature)
}

function parsePayload(payload: Record<string, unknown>): MetadataBlob {
  const { no, nextUpdate, legalHeader, entries } = payload
  if (typeof no !== 'number' || !Number.isSafeInteger(no) || no < 0) throw malformed('it has no number')
  const day = typeof nextUpdate === 'string' && /^\d{4}-\d\d-\d\d$/.test(nextUpdate) ? Date.parse(nextUpdate) : NaN
  if (Number.isNaN(day)) throw malformed('it does not say when the next one is due')
  return {
    number: no,
    nextUpdate: day,
    legalHeader: typeof legalHeader === 'string' ? legalHeader : '',
    entries: parseMetadataEntries(entries),
  }
}

function decode(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64url')
  if (text === '' || bytes.toString('base64url') !== text) throw malformed('it is cut off, or not in base64url')
  return bytes
}

function parseJson(bytes: Buffer): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new MetadataError('metadata-malformed', 'This file is no FIDO metadata: it cannot be read.', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('it is not an object')
  return value as Record<string, unknown>
}

const malformed = (why: string): MetadataError =>
  new MetadataError('metadata-malformed', `This file is no FIDO metadata: ${why}.`)
