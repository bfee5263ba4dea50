import { parseAttestationObject } from './attestation-object.ts'
import { type AttestationOutcome, verifyAttestationStatement } from './attestation-statement.ts'
import {
  type AttestedCredentialData,
  type AuthenticatorData,
  ZERO_AAGUID,
  parseAuthenticatorData,
} from './authenticator-data.ts'
import { checkClientData } from './client-data.ts'
import { type CoseAlgorithm, parseCoseKey } from './cose.ts'
import { parseRegistrationResponse } from './response-json.ts'
import { rpIdHash } from './rp-id-hash.ts'
import { WebauthnError } from './webauthn-error.ts'

export interface ExpectedRegistration {
  challenge: Buffer
  origins: readonly string[]
  rpId: string
  /** The COSE algorithms that were offered. */
  algorithms: readonly number[]
  requireUserVerification: boolean
  /** The options were issued for `mediation: 'conditional'`, where nobody is asked: neither flag is (steps 15, 16). */
  isConditional?: boolean
}

/** The facts of a new credential, all of which its record keeps. */
export interface VerifiedRegistration {
  /** base64url. */
  credentialId: string
  /** COSE bytes. */
  publicKey: Buffer
  algorithm: CoseAlgorithm
  counter: number
  /** The claimed model as UUID text; undefined where the authenticator or browser withheld it (all zero). */
  aaguid: string | undefined
  backupEligible: boolean
  backupState: boolean
  userVerified: boolean
  uvInitialized: boolean
  transports: Transport[]
  attestationFormat: string
  attestationOutcome: AttestationOutcome
  attestationObject: Buffer
  clientDataJSON: Buffer
  origin: string
}

const TRANSPORTS = ['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal'] as const
export type Transport = (typeof TRANSPORTS)[number]

/**
 * Verifies a registration response, WebAuthn L3 §7.1; the numbers are its steps. That the credential id is new to every
 * user (step 26) is for the table's unique index. Throws WebauthnError.
 */
export async function verifyRegistration(ceremony: {
  /** The browser's RegistrationResponseJSON, untrusted. */
  response: unknown
  expected: ExpectedRegistration
}): Promise<VerifiedRegistration> {
  const { expected } = ceremony
  const response = parseRegistrationResponse(ceremony.response)
  const { origin } = checkClientData(response.clientDataJSON, {
    type: 'webauthn.create',
    challenge: expected.challenge,
    origins: expected.origins,
  }) // 5–11
  const object = parseAttestationObject(response.attestationObject) // 13
  const data = parseAuthenticatorData(object.authenticatorData) // 13, 17, 25
  checkRpId(data, expected.rpId) // 14
  if (expected.isConditional !== true) checkUser(data, expected.requireUserVerification) // 15, 16
  const attested = attestedOf(data, response.rawId)
  const algorithm = checkAlgorithm(attested, expected.algorithms) // 20
  const attestationOutcome = await verifyAttestationStatement({
    response,
    object,
    coseKey: attested.coseKey,
    algorithm,
    challenge: expected.challenge,
    origin,
    rpId: expected.rpId,
  }) // 21, 22
  return {
    credentialId: response.id,
    publicKey: attested.coseKey,
    algorithm,
    counter: data.counter,
    aaguid: attested.aaguid === ZERO_AAGUID ? undefined : attested.aaguid,
    backupEligible: data.flags.be,
    backupState: data.flags.bs,
    userVerified: data.flags.uv,
    uvInitialized: data.flags.uv,
    transports: TRANSPORTS.filter((transport) => response.transports.includes(transport)),
    attestationFormat: object.format,
    attestationOutcome,
    attestationObject: response.attestationObject,
    clientDataJSON: response.clientDataJSON,
    origin,
  }
}

function checkRpId(data: AuthenticatorData, rpId: string): void {
  if (!data.rpIdHash.equals(rpIdHash(rpId))) throw new WebauthnError('rp-id-mismatch', 'made for another RP ID')
}

function checkUser({ flags }: AuthenticatorData, requireUserVerification: boolean): void {
  if (!flags.up) throw new WebauthnError('user-not-present', 'nobody touched the authenticator')
  if (requireUserVerification && !flags.uv) throw new WebauthnError('user-not-verified', 'the user was not verified')
}

function attestedOf({ attested }: AuthenticatorData, rawId: Buffer): AttestedCredentialData {
  if (!attested) throw new WebauthnError('malformed', 'the authenticator data names no credential')
  // The browser's own id is outside the signature: only the one in the authenticator data counts.
  if (!attested.credentialId.equals(rawId))
    throw new WebauthnError('credential-mismatch', 'two different credential ids')
  return attested
}

function checkAlgorithm({ coseKey }: AttestedCredentialData, offered: readonly number[]): CoseAlgorithm {
  const { algorithm } = parseCoseKey(coseKey)
  if (!offered.includes(algorithm))
    throw new WebauthnError('algorithm-not-allowed', 'an algorithm that was not offered')
  return algorithm
}
