// protocols/webauthn owns the WebAuthn Level 3 ceremonies as procedures over bytes: parse, check, verify. It never
// stores anything, never issues a challenge and never decides what a verified fact is good for.

import { verify } from 'node:crypto'
import { sha256 } from '../sha256.ts'
import { type AuthenticatorData, parseAuthenticatorData } from './authenticator-data.ts'
import { checkClientData } from './client-data.ts'
import { EDDSA } from './cose.ts'
import { credentialKey } from './key-cache.ts'
import { rpIdHash } from './rp-id-hash.ts'
import { WebauthnError } from './webauthn-error.ts'

/** An authentication response whose JSON is already decoded; ids are base64url text, the rest raw bytes. */
export interface AuthenticationResponse {
  id: string
  rawId?: Buffer
  authenticatorData: Buffer
  clientDataJSON: Buffer
  signature: Buffer
  userHandle?: Buffer
}

export interface StoredCredential {
  id: string
  /** COSE bytes, as registered. */
  publicKey: Buffer
  backupEligible: boolean
  counter: number
  userHandle: Buffer
}

export interface ExpectedAuthentication {
  challenge: Buffer
  origins: readonly string[]
  rpId: string
  requireUserVerification: boolean
  credential: StoredCredential
  /** Set where nobody was identified before: the response must then name the user itself. */
  userHandleRequired: boolean
}

export interface VerifiedAuthentication {
  counter: number
  userVerified: boolean
  backupState: boolean
  origin: string
  /** The counter did not grow although one is kept: a copy may exist. Reported, for policy to judge. */
  counterRegressed: boolean
}

/** Verifies an authentication response, WebAuthn L3 §7.2; the numbers are its steps. Throws WebauthnError. */
export function verifyAuthentication(ceremony: {
  response: AuthenticationResponse
  expected: ExpectedAuthentication
}): VerifiedAuthentication {
  const { response, expected } = ceremony
  checkCredential(response, expected) // 5
  checkUserHandle(response, expected) // 6
  const { origin } = checkClientData(response.clientDataJSON, {
    type: 'webauthn.get',
    challenge: expected.challenge,
    origins: expected.origins,
  }) // 8–14
  const data = parseAuthenticatorData(response.authenticatorData) // 7, 18
  if (data.flags.at) throw new WebauthnError('malformed', 'attested credential data belongs to registration')
  checkRpId(data, expected.rpId) // 15
  checkUser(data, expected.requireUserVerification) // 16, 17
  checkBackupEligibility(data, expected.credential) // 19
  checkSignature(response, expected.credential) // 20, 21
  return {
    counter: data.counter,
    userVerified: data.flags.uv,
    backupState: data.flags.bs,
    origin,
    counterRegressed: hasRegressed(data.counter, expected.credential.counter), // 22
  }
}

function checkCredential(response: AuthenticationResponse, { credential }: ExpectedAuthentication): void {
  const sameRawId = response.rawId === undefined || response.rawId.toString('base64url') === response.id
  if (response.id !== credential.id || !sameRawId) {
    throw new WebauthnError('credential-mismatch', 'made by another credential')
  }
}

function checkUserHandle({ userHandle }: AuthenticationResponse, expected: ExpectedAuthentication): void {
  if (userHandle === undefined) {
    if (expected.userHandleRequired) throw new WebauthnError('user-handle-missing', 'the response names no user')
  } else if (!userHandle.equals(expected.credential.userHandle)) {
    throw new WebauthnError('user-handle-mismatch', 'the credential belongs to another user')
  }
}

function checkRpId(data: AuthenticatorData, rpId: string): void {
  if (!data.rpIdHash.equals(rpIdHash(rpId))) throw new WebauthnError('rp-id-mismatch', 'made for another RP ID')
}

function checkUser({ flags }: AuthenticatorData, requireUserVerification: boolean): void {
  if (!flags.up) throw new WebauthnError('user-not-present', 'nobody touched the authenticator')
  if (requireUserVerification && !flags.uv) throw new WebauthnError('user-not-verified', 'the user was not verified')
}

function checkBackupEligibility({ flags }: AuthenticatorData, credential: StoredCredential): void {
  if (flags.be !== credential.backupEligible) {
    throw new WebauthnError('backup-eligibility-changed', 'backup eligibility differs from registration')
  }
}

function checkSignature(response: AuthenticationResponse, credential: StoredCredential): void {
  const { algorithm, keyObject } = credentialKey(credential)
  const signed = Buffer.concat([response.authenticatorData, sha256(response.clientDataJSON)])
  if (!verify(algorithm === EDDSA ? null : 'sha256', signed, keyObject, response.signature)) {
    throw new WebauthnError('signature-invalid', 'the credential did not make this signature')
  }
}

/** Step 22: authenticators without a counter send 0 for ever. */
function hasRegressed(counter: number, stored: number): boolean {
  return (counter !== 0 || stored !== 0) && counter <= stored
}
