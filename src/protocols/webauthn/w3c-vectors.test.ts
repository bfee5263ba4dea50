// The test vectors of WebAuthn Level 3, each with what we expect of it and why.

import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parseAttestationObject } from './attestation-object.ts'
import type { AttestationOutcome } from './attestation-statement.ts'
import { parseAuthenticatorData } from './authenticator-data.ts'
import { COSE_ALGORITHMS } from './cose.ts'
import { verifyAuthentication } from './verify-authentication.ts'
import { verifyRegistration } from './verify-registration.ts'
import { WebauthnError, type WebauthnErrorCode } from './webauthn-error.ts'

interface Expectation {
  registration: AttestationOutcome | WebauthnErrorCode
  authentication: 'accepted' | WebauthnErrorCode
  why: string
}

const plain = (registration: AttestationOutcome): Expectation => ({
  registration,
  authentication: 'accepted',
  why: 'valid',
})
const notOffered: Expectation = {
  registration: 'algorithm-not-allowed',
  authentication: 'algorithm-not-allowed',
  why: 'only ES256, Ed25519 and RS256 are ever offered',
}
const framed: Expectation = {
  registration: 'cross-origin',
  authentication: 'cross-origin',
  why: 'no page of another origin may hold a ceremony in a frame',
}
const EXPECTED: Record<string, Expectation> = {
  'none-es256': plain('none'),
  'packed-self-es256': plain('self'),
  'none-es256-crossOrigin': framed,
  'none-es256-topOrigin': framed,
  'none-es256-long-credential-id': plain('none'),
  'packed-es256': plain('unverified-chain'),
  'packed-es384': notOffered,
  'packed-es512': notOffered,
  'packed-rs256': plain('unverified-chain'),
  'packed-eddsa': plain('unverified-chain'),
  'packed-ed448': notOffered,
  'tpm-es256': {
    registration: 'attestation-invalid',
    authentication: 'accepted',
    why: 'its TPM names the manufacturer 00000000, which does not exist',
  },
  'android-key-es256': {
    registration: 'attestation-invalid',
    authentication: 'accepted',
    why: 'its certificate says neither that the key was generated where it lies nor that it is for signing (§8.4)',
  },
  'apple-es256': plain('unverified-chain'),
  'fido-u2f-es256': {
    registration: 'attestation-invalid',
    authentication: 'accepted',
    why: 'a U2F key has no AAGUID, this one claims one',
  },
}

interface Vector {
  anchor: string
  registration: Record<'challenge' | 'clientDataJSON' | 'attestationObject', string>
  authentication: Record<'challenge' | 'clientDataJSON' | 'authenticatorData' | 'signature', string>
}

const ORIGINS = ['https://example.org']
const RP_ID = 'example.org'

const folder = process.env['POSTERN_VECTORS'] ?? join(import.meta.dirname, '../../../../shared/vectors')
const file = join(folder, 'webauthn-l3.json')
const skip = !existsSync(file) && `no vectors at ${file} (set POSTERN_VECTORS)`
const vectors = skip ? [] : (JSON.parse(readFileSync(file, 'utf8')) as (Vector | { anchor: string; values: object })[])
const pairs = vectors.filter((vector) => 'registration' in vector)
const nameOf = ({ anchor }: { anchor: string }) => anchor.replace('sctn-test-vectors-', '')

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const text = (hex: string) => bytes(hex).toString('base64url')
const attestedOf = (vector: Vector) => {
  const { authenticatorData } = parseAttestationObject(bytes(vector.registration.attestationObject))
  const data = parseAuthenticatorData(authenticatorData)
  return { flags: data.flags, ...(data.attested ?? assert.fail('no credential')) }
}

async function register({ registration, ...vector }: Vector): Promise<string> {
  const id = attestedOf({ registration, ...vector }).credentialId.toString('base64url')
  const { clientDataJSON, attestationObject } = registration
  const response = { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject) }
  const verified = await verifyRegistration({
    response: { id, rawId: id, type: 'public-key', response },
    expected: {
      challenge: bytes(registration.challenge),
      origins: ORIGINS,
      rpId: RP_ID,
      algorithms: COSE_ALGORITHMS,
      requireUserVerification: false,
    },
  })
  return verified.attestationOutcome
}

function authenticate({ authentication, ...vector }: Vector): string {
  const { credentialId, coseKey, flags } = attestedOf({ authentication, ...vector })
  const id = credentialId.toString('base64url')
  verifyAuthentication({
    response: {
      id,
      authenticatorData: bytes(authentication.authenticatorData),
      clientDataJSON: bytes(authentication.clientDataJSON),
      signature: bytes(authentication.signature),
    },
    expected: {
      challenge: bytes(authentication.challenge),
      origins: ORIGINS,
      rpId: RP_ID,
      requireUserVerification: false,
      userHandleRequired: false,
      credential: { id, publicKey: coseKey, backupEligible: flags.be, counter: 0, userHandle: Buffer.alloc(0) },
    },
  })
  return 'accepted'
}

async function outcomeOf(verdict: () => Promise<string> | string): Promise<string> {
  try {
    return await verdict()
  } catch (error) {
    if (error instanceof WebauthnError) return error.code
    throw error
  }
}

describe('vectors of WebAuthn Level 3', { skip }, () => {
  test('every vector has an expectation, every expectation a vector', () => {
    assert.deepEqual(pairs.map(nameOf).toSorted(), Object.keys(EXPECTED).toSorted())
  })

  for (const vector of pairs) {
    const expected = EXPECTED[nameOf(vector)]
    test(`${nameOf(vector)}: ${expected?.why ?? 'unknown'}`, async (t) => {
      const fetched = t.mock.method(globalThis, 'fetch', () => Promise.reject(new Error('no network')))
      assert.equal(await outcomeOf(() => register(vector)), expected?.registration)
      assert.equal(await outcomeOf(() => authenticate(vector)), expected?.authentication)
      assert.equal(fetched.mock.callCount(), 0)
    })
  }
})
