import { isUtf8 } from 'node:buffer'
import { WebauthnError } from './webauthn-error.ts'

export interface ExpectedClientData {
  type: 'webauthn.create' | 'webauthn.get'
  challenge: Uint8Array
  /** Exact origins, with scheme and port. */
  origins: readonly string[]
}

/**
 * Checks what the client signed off on (WebAuthn L3 §5.8.1; steps 5–11 of §7.1, 8–14 of §7.2) and returns the origin.
 * Framed ceremonies are never expected: `crossOrigin: true` and any `topOrigin` are refused. Throws WebauthnError.
 */
export function checkClientData(bytes: Buffer, expected: ExpectedClientData): { origin: string } {
  const data = parseClientData(bytes)
  if (data.type !== expected.type) throw new WebauthnError('type-mismatch', `not of a ${expected.type} ceremony`)
  if (data.challenge !== asBuffer(expected.challenge).toString('base64url')) {
    throw new WebauthnError('challenge-mismatch', 'made for another challenge')
  }
  const { origin } = data
  if (typeof origin !== 'string' || !expected.origins.includes(origin)) {
    throw new WebauthnError('origin-mismatch', 'made on another origin')
  }
  if ((data.crossOrigin !== undefined && data.crossOrigin !== false) || data.topOrigin !== undefined) {
    throw new WebauthnError('cross-origin', 'made inside a page of another origin')
  }
  return { origin }
}

interface ClientData {
  type?: unknown
  challenge?: unknown
  origin?: unknown
  crossOrigin?: unknown
  topOrigin?: unknown
}

function parseClientData(bytes: Buffer): ClientData {
  if (!isUtf8(bytes)) throw new WebauthnError('malformed', 'client data is not UTF-8')
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (cause) {
    throw new WebauthnError('malformed', 'client data is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WebauthnError('malformed', 'client data is not an object')
  }
  return value
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
