import { StrictJson, renderCanonical } from './strict-json.ts'
import { CREDENTIAL_ID, GIT_NAMESPACE, SEAL_NAMESPACE } from './statement.ts'

/** The scale on which a proof is judged, weakest first. */
export const STRENGTHS = ['password', 'mfa', 'passkey', 'device-bound', 'attested'] as const
export type SealStrength = (typeof STRENGTHS)[number]

/** One tap over one statement, as stored and as projected into the repository. */
export interface SealRecord {
  /** Verbatim. */
  statement: Buffer
  action: string
  namespace: typeof GIT_NAMESPACE | typeof SEAL_NAMESPACE
  /** WebAuthn credential id, base64url. */
  credentialId: string
  response: { authenticatorData: Buffer; clientDataJSON: Buffer; signature: Buffer }
  /** Null exactly where the credential's algorithm has no SSH form. */
  armored: string | null
  /** As the server judged it; only what the flags say of it can be checked later. */
  strength: SealStrength
}

/** A record as JSON holds it: bytes in base64, those of the response in base64url. */
export interface SealRecordJson {
  version: 1
  statement: string
  action: string
  namespace: string
  credentialId: string
  response: { authenticatorData: string; clientDataJSON: string; signature: string }
  armored: string | null
  strength: string
}

export function sealRecordToJson(record: SealRecord): SealRecordJson {
  const { authenticatorData, clientDataJSON, signature } = record.response
  return {
    version: 1,
    statement: record.statement.toString('base64'),
    action: record.action,
    namespace: record.namespace,
    credentialId: record.credentialId,
    response: {
      authenticatorData: authenticatorData.toString('base64url'),
      clientDataJSON: clientDataJSON.toString('base64url'),
      signature: signature.toString('base64url'),
    },
    armored: record.armored,
    strength: record.strength,
  }
}

export function renderSealRecord(record: SealRecord): Buffer {
  return renderCanonical(sealRecordToJson(record))
}

const json: StrictJson = new StrictJson('record-malformed')
const FIELDS = ['version', 'statement', 'action', 'namespace', 'credentialId', 'response', 'armored', 'strength']
const ARMORED = /^-----BEGIN SSH SIGNATURE-----\n[A-Za-z0-9+/=\n]{1,60000}-----END SSH SIGNATURE-----\n$/
const MAX_STATEMENT_BYTES = 64 * 1024

/** Throws SealError `record-malformed`. Judges nothing: see verifySeal. */
export function parseSealRecord(bytes: Uint8Array): SealRecord {
  return readSealRecord(json.parse(bytes))
}

/** The same from JSON already parsed, e.g. inside a signer's entry. */
export function readSealRecord(value: unknown): SealRecord {
  const from = json.fields(value, 'the seal', FIELDS)
  json.oneOf(from['version'], 'version', [1])
  const response = json.fields(from['response'], 'response', ['authenticatorData', 'clientDataJSON', 'signature'])
  return {
    statement: json.bytes(from['statement'], 'statement', 'base64', MAX_STATEMENT_BYTES),
    action: json.text(from['action'], 'action', /^[a-z.-]{1,64}$/),
    namespace: json.oneOf(from['namespace'], 'namespace', [GIT_NAMESPACE, SEAL_NAMESPACE]),
    credentialId: json.text(from['credentialId'], 'credentialId', CREDENTIAL_ID),
    response: {
      authenticatorData: json.bytes(response['authenticatorData'], 'authenticatorData', 'base64url', 8192),
      clientDataJSON: json.bytes(response['clientDataJSON'], 'clientDataJSON', 'base64url', 16384),
      signature: json.bytes(response['signature'], 'signature', 'base64url', 2048),
    },
    armored: json.nullable(from['armored'], (text) => json.text(text, 'armored', ARMORED)),
    strength: json.oneOf(from['strength'], 'strength', STRENGTHS),
  }
}
