import { CborError, type CborKey, type CborValue, parseCbor } from '../cbor.ts'
import { WebauthnError } from './webauthn-error.ts'

export interface AttestationObject {
  format: string
  statement: Map<CborKey, CborValue>
  authenticatorData: Buffer
}

/** An attestation object (WebAuthn L3 §6.5.4): exactly its three members. Throws WebauthnError `malformed`. */
export function parseAttestationObject(bytes: Buffer): AttestationObject {
  let value: CborValue
  try {
    value = parseCbor(bytes)
  } catch (cause) {
    if (cause instanceof CborError) throw malformed(cause.message, cause)
    throw cause
  }
  if (!(value instanceof Map) || value.size !== 3) throw malformed('not a map of three members')
  const format = value.get('fmt')
  const statement = value.get('attStmt')
  const authenticatorData = value.get('authData')
  if (typeof format !== 'string' || !(statement instanceof Map) || !Buffer.isBuffer(authenticatorData)) {
    throw malformed('members are not of their types')
  }
  return { format, statement, authenticatorData }
}

function malformed(message: string, cause?: unknown): WebauthnError {
  return new WebauthnError('malformed', `attestation object: ${message}`, { cause })
}
