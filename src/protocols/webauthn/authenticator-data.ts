import { CborError, type CborKey, type CborValue, readCbor } from '../cbor.ts'
import { WebauthnError } from './webauthn-error.ts'

export interface AuthenticatorFlags {
  /** User present. */
  up: boolean
  /** User verified. */
  uv: boolean
  /** Backup eligible: the credential may be synced. */
  be: boolean
  /** Backup state: it is. */
  bs: boolean
  /** Attested credential data follows. */
  at: boolean
  /** Extension data follows. */
  ed: boolean
}

export interface AttestedCredentialData {
  /** As lower-case UUID text. */
  aaguid: string
  credentialId: Buffer
  coseKey: Buffer
}

export interface AuthenticatorData {
  rpIdHash: Buffer
  flags: AuthenticatorFlags
  counter: number
  attested?: AttestedCredentialData
  extensions?: Map<CborKey, CborValue>
}

export const MAX_CREDENTIAL_ID_BYTES = 1023

/** Given where authenticator or browser withhold the model. */
export const ZERO_AAGUID = '00000000-0000-0000-0000-000000000000'

const FIXED_BYTES = 37

/**
 * Authenticator data (WebAuthn L3 §6.1): nothing may follow what the flags announce. Buffers share the input's memory.
 * Throws WebauthnError `malformed`, `backup-flags-invalid` or `credential-id-too-long`.
 */
export function parseAuthenticatorData(bytes: Buffer): AuthenticatorData {
  if (bytes.length < FIXED_BYTES) throw malformed('too short')
  const flagByte = bytes.readUInt8(32)
  const data: AuthenticatorData = {
    rpIdHash: bytes.subarray(0, 32),
    flags: {
      up: (flagByte & 0x01) !== 0,
      uv: (flagByte & 0x04) !== 0,
      be: (flagByte & 0x08) !== 0,
      bs: (flagByte & 0x10) !== 0,
      at: (flagByte & 0x40) !== 0,
      ed: (flagByte & 0x80) !== 0,
    },
    counter: bytes.readUInt32BE(33),
  }
  if (data.flags.bs && !data.flags.be) {
    throw new WebauthnError('backup-flags-invalid', 'backed up, but not eligible for backup')
  }
  let end = FIXED_BYTES
  if (data.flags.at) {
    const read = readAttested(bytes, end)
    data.attested = read.attested
    end = read.end
  }
  if (data.flags.ed) {
    const read = readItem(bytes, end)
    if (!(read.value instanceof Map)) throw malformed('extensions are not a map')
    data.extensions = read.value
    end = read.end
  }
  if (end !== bytes.length) throw malformed('bytes follow what the flags announce')
  return data
}

/** Attested credential data, WebAuthn L3 §6.5.1. */
function readAttested(bytes: Buffer, start: number): { attested: AttestedCredentialData; end: number } {
  if (bytes.length < start + 18) throw malformed('attested credential data is cut off')
  const idLength = bytes.readUInt16BE(start + 16)
  if (idLength > MAX_CREDENTIAL_ID_BYTES) {
    throw new WebauthnError('credential-id-too-long', `the credential id has ${idLength} bytes`)
  }
  const keyStart = start + 18 + idLength
  if (idLength === 0 || bytes.length <= keyStart) throw malformed('attested credential data is cut off')
  const { end } = readItem(bytes, keyStart)
  const attested = {
    aaguid: uuidText(bytes.subarray(start, start + 16)),
    credentialId: bytes.subarray(start + 18, keyStart),
    coseKey: bytes.subarray(keyStart, end),
  }
  return { attested, end }
}

function uuidText(bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function readItem(bytes: Buffer, offset: number): { value: CborValue; end: number } {
  try {
    return readCbor(bytes, offset)
  } catch (error) {
    if (error instanceof CborError) throw malformed(error.message, error)
    throw error
  }
}

function malformed(message: string, cause?: unknown): WebauthnError {
  return new WebauthnError('malformed', `authenticator data: ${message}`, { cause })
}
