import { X509Certificate } from 'node:crypto'
import { MetadataError } from './metadata-error.ts'

/** One status of a model, as FIDO publishes it (MDS v3 §3.1.3). */
export interface StatusReport {
  /** A word of FIDO's list, or one that is newer than this code. */
  status: string
  /** The start of the day from which it counts, UTC; null where not said. */
  effectiveAt: number | null
  /** The certificate it is about, DER in base64, where it concerns less than the whole model. */
  certificate: string | null
}

/** What metadata says of one model (MDS v3 §3.1.1), of what is used here. */
export interface MetadataEntry {
  /** AAGUIDs as UUID text, or for U2F keys the identifiers of their attestation keys, hex. */
  keys: string[]
  /** Null where the entry brings no statement. */
  name: string | null
  /** A PNG as a data URL. */
  icon: string | null
  keyProtection: string[]
  attachmentHint: string[]
  userVerification: string[]
  statusReports: StatusReport[]
  /** DER in base64; those that cannot be read are left out. */
  attestationRoots: string[]
}

const MAX_ICON_CHARS = 256 * 1024
const MAX_NAME_CHARS = 200
const PNG_URL = /^data:image\/png;base64,(iVBORw0KGgo[A-Za-z0-9+/]+={0,2})$/

type Members = Record<string, unknown>

/**
 * The entries of a blob's payload. Those of UAF authenticators (`aaid`) are no business of WebAuthn and are left out, and
 * so is any field not known here. Throws MetadataError where a model or its status cannot be read: to skip it would hide
 * a bad one.
 */
export function parseMetadataEntries(value: unknown): MetadataEntry[] {
  const seen = new Set<string>()
  return listOf(value, 'entries').flatMap((item, at) => {
    if (!isObject(item)) throw malformed(`entry ${at} is not an object`)
    const keys = keysOf(item, at)
    if (keys.length === 0) return []
    for (const key of keys) {
      if (seen.has(key)) throw malformed(`${key} stands in two entries`)
      seen.add(key)
    }
    return [parseEntry(keys, item)]
  })
}

function keysOf(entry: Members, at: number): string[] {
  const { aaguid, attestationCertificateKeyIdentifiers: identifiers } = entry
  if (aaguid !== undefined && aaguid !== null) {
    if (typeof aaguid !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(aaguid))
      throw malformed(`entry ${at} has an AAGUID that is none`)
    return [aaguid.toLowerCase()]
  }
  if (identifiers === undefined || identifiers === null) return []
  return [...new Set(listOf(identifiers, `entry ${at}`))].map((one) => {
    if (typeof one !== 'string' || !/^[0-9a-f]{40}$/i.test(one))
      throw malformed(`entry ${at} has a key identifier that is none`)
    return one.toLowerCase()
  })
}

function parseEntry(keys: string[], entry: Members): MetadataEntry {
  const statement = isObject(entry['metadataStatement']) ? entry['metadataStatement'] : {}
  return {
    keys,
    name: nameOf(statement['description']),
    icon: iconOf(statement['icon']),
    keyProtection: wordsOf(statement['keyProtection']),
    attachmentHint: wordsOf(statement['attachmentHint']),
    userVerification: verificationsOf(statement['userVerificationDetails']),
    statusReports: listOf(entry['statusReports'], `the status of ${keys[0]}`).map((one) => parseReport(one, keys)),
    attestationRoots: wordsOf(statement['attestationRootCertificates'])
      .map((one) => one.replaceAll(/\s/g, ''))
      .filter(isCertificate),
  }
}

function parseReport(value: unknown, keys: string[]): StatusReport {
  if (!isObject(value) || typeof value['status'] !== 'string') throw malformed(`the status of ${keys[0]} is none`)
  const { status, effectiveDate, certificate } = value
  const at = typeof effectiveDate === 'string' ? Date.parse(effectiveDate) : Number.NaN
  return {
    status,
    effectiveAt: Number.isNaN(at) ? null : at,
    certificate: typeof certificate === 'string' ? certificate.replaceAll(/\s/g, '') : null,
  }
}

function nameOf(description: unknown): string | null {
  if (typeof description !== 'string') return null
  const plain = description.replaceAll(/[\p{C}\u2028\u2029]/gu, ' ').trim()
  return plain === '' ? null : plain.slice(0, MAX_NAME_CHARS)
}

/** Only PNG: an SVG could carry script. */
function iconOf(icon: unknown): string | null {
  return typeof icon === 'string' && icon.length <= MAX_ICON_CHARS && PNG_URL.test(icon) ? icon : null
}

/** Every method that the model can verify its user by, in whatever combination. */
function verificationsOf(details: unknown): string[] {
  const methods = (Array.isArray(details) ? details : []).flat().filter(isObject)
  return wordsOf([...new Set(methods.map((method) => method['userVerificationMethod']))])
}

function isCertificate(base64: string): boolean {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64')).raw.length > 0
  } catch {
    return false
  }
}

const wordsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((word) => typeof word === 'string') : []

function listOf(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw malformed(`${what} is not a list`)
  return value
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const malformed = (why: string): MetadataError =>
  new MetadataError('metadata-malformed', `This file is no FIDO metadata: ${why}.`)
