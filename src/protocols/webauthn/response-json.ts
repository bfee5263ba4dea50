import type { AuthenticationResponse } from './verify-authentication.ts'
import { MAX_CREDENTIAL_ID_BYTES } from './authenticator-data.ts'
import { WebauthnError } from './webauthn-error.ts'

const MAX_CLIENT_DATA_BYTES = 8 * 1024
const MAX_AUTHENTICATOR_DATA_BYTES = 8 * 1024
const MAX_SIGNATURE_BYTES = 1024
const MAX_USER_HANDLE_BYTES = 64
const MAX_ATTESTATION_BYTES = 32 * 1024
const MAX_TRANSPORTS = 16

/** Decodes a browser's AuthenticationResponseJSON (WebAuthn L3 §5.1.8). Throws WebauthnError `malformed`. */
export function parseAuthenticationResponse(json: unknown): AuthenticationResponse {
  const credential = credentialOf(json)
  const response = memberObject(credential.value, 'response')
  // Clients say "no user handle" in three ways: not at all, null, and (older Firefox) as an empty string.
  const named = response['userHandle'] !== undefined && response['userHandle'] !== null && response['userHandle'] !== ''
  return {
    id: credential.id,
    rawId: credential.rawId,
    authenticatorData: bytesOf(response, 'authenticatorData', MAX_AUTHENTICATOR_DATA_BYTES),
    clientDataJSON: bytesOf(response, 'clientDataJSON', MAX_CLIENT_DATA_BYTES),
    signature: bytesOf(response, 'signature', MAX_SIGNATURE_BYTES),
    ...(named && { userHandle: bytesOf(response, 'userHandle', MAX_USER_HANDLE_BYTES) }),
  }
}

export interface RegistrationResponse {
  /** base64url. */
  id: string
  rawId: Buffer
  attestationObject: Buffer
  clientDataJSON: Buffer
  /** As the client claims them. */
  transports: string[]
}

/** Decodes a browser's RegistrationResponseJSON (WebAuthn L3 §5.1.8). Throws WebauthnError. */
export function parseRegistrationResponse(json: unknown): RegistrationResponse {
  const credential = credentialOf(json)
  const response = memberObject(credential.value, 'response')
  return {
    id: credential.id,
    rawId: credential.rawId,
    attestationObject: bytesOf(response, 'attestationObject', MAX_ATTESTATION_BYTES),
    clientDataJSON: bytesOf(response, 'clientDataJSON', MAX_CLIENT_DATA_BYTES),
    transports: transportsOf(response['transports']),
  }
}

type Members = Record<string, unknown>

function credentialOf(json: unknown): { value: Members; id: string; rawId: Buffer } {
  if (!isObject(json)) throw malformed('the response is not an object')
  if (json['type'] !== 'public-key') throw malformed('the credential is not of type public-key')
  const { id } = json
  if (typeof id !== 'string' || id !== json['rawId']) throw malformed('id and rawId are not the same text')
  if (id.length > Math.ceil((MAX_CREDENTIAL_ID_BYTES * 4) / 3)) {
    throw new WebauthnError('credential-id-too-long', 'the credential id has more than 1023 bytes')
  }
  return { value: json, id, rawId: bytesOf(json, 'rawId', MAX_CREDENTIAL_ID_BYTES) }
}

function transportsOf(value: unknown): string[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value) || value.length > MAX_TRANSPORTS) throw malformed('transports are not a short list')
  return value.filter((transport) => typeof transport === 'string')
}

function memberObject(members: Members, name: string): Members {
  const value = members[name]
  if (!isObject(value)) throw malformed(`${name} is not an object`)
  return value
}

function bytesOf(members: Members, name: string, maxBytes: number): Buffer {
  const text = members[name]
  if (typeof text !== 'string' || text === '' || text.length > Math.ceil((maxBytes * 4) / 3)) {
    throw malformed(`${name} is not base64url text of at most ${maxBytes} bytes`)
  }
  const bytes = Buffer.from(text, 'base64url')
  // Node skips what it cannot read and takes "+/" and padding too; only the one exact spelling survives this.
  if (bytes.toString('base64url') !== text) throw malformed(`${name} is not exact base64url`)
  return bytes
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): WebauthnError {
  return new WebauthnError('malformed', message)
}
