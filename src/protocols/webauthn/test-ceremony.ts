import { randomBytes } from 'node:crypto'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import { COSE_ALGORITHMS } from './cose.ts'
import { parseAuthenticationResponse } from './response-json.ts'
import { SoftwareAuthenticator, type SoftwareAuthenticatorOptions } from './software-authenticator.ts'
import type { Tampering } from './software-client.ts'
import type { AuthenticationResponse, ExpectedAuthentication } from './verify-authentication.ts'
import { type ExpectedRegistration, type VerifiedRegistration, verifyRegistration } from './verify-registration.ts'

export const ORIGIN = 'http://localhost:7400'
export const RP_ID = 'localhost'

/** A person's authenticator and what a server keeps of it, for tests. */
export interface TestCredential {
  authenticator: SoftwareAuthenticator
  userHandle: Buffer
  registration: VerifiedRegistration
}

export function creationOptions(challenge: Buffer, userHandle: Buffer): PublicKeyCredentialCreationOptionsJSON {
  return {
    rp: { id: RP_ID, name: 'Postern' },
    user: { id: userHandle.toString('base64url'), name: 'ada', displayName: 'Ada' },
    challenge: challenge.toString('base64url'),
    pubKeyCredParams: COSE_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    attestation: 'direct',
  }
}

/** What a server expects of a registration. */
export function expectedRegistration(challenge: Buffer): ExpectedRegistration {
  return { challenge, origins: [ORIGIN], rpId: RP_ID, algorithms: COSE_ALGORITHMS, requireUserVerification: true }
}

/** A registration response, honest or not, and what the server expected. */
export function registrationOf(
  options: SoftwareAuthenticatorOptions = {},
  tampering: Tampering = {},
): { response: RegistrationResponseJSON; expected: ExpectedRegistration } {
  const challenge = randomBytes(32)
  const authenticator = new SoftwareAuthenticator(options)
  const response = authenticator.create(creationOptions(challenge, randomBytes(32)), ORIGIN, tampering)
  return { response, expected: expectedRegistration(challenge) }
}

export async function enrol(options: SoftwareAuthenticatorOptions = {}): Promise<TestCredential> {
  const authenticator = new SoftwareAuthenticator(options)
  const userHandle = randomBytes(32)
  const challenge = randomBytes(32)
  const response = authenticator.create(creationOptions(challenge, userHandle), ORIGIN)
  const registration = await verifyRegistration({ response, expected: expectedRegistration(challenge) })
  return { authenticator, userHandle, registration }
}

/** An authentication response, honest or not, and what the server expected. */
export function authenticationOf(
  { authenticator, userHandle, registration }: TestCredential,
  tampering: Tampering = {},
): { response: AuthenticationResponse; expected: ExpectedAuthentication } {
  const challenge = randomBytes(32)
  const options: PublicKeyCredentialRequestOptionsJSON = { challenge: challenge.toString('base64url'), rpId: RP_ID }
  return {
    response: parseAuthenticationResponse(authenticator.get(options, ORIGIN, tampering)),
    expected: {
      challenge,
      origins: [ORIGIN],
      rpId: RP_ID,
      requireUserVerification: true,
      userHandleRequired: true,
      credential: {
        id: registration.credentialId,
        publicKey: registration.publicKey,
        backupEligible: registration.backupEligible,
        counter: registration.counter,
        userHandle,
      },
    },
  }
}
