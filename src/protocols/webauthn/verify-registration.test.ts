import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type CborValue, parseCbor } from '../cbor.ts'
import { encodeCbor } from '../cbor-encode.ts'
import { parseAttestationObject } from './attestation-object.ts'
import { COSE_ALGORITHMS, EDDSA, ES256, RS256 } from './cose.ts'
import { parseAuthenticationResponse } from './response-json.ts'
import type { Made } from './software-attestation.ts'
import type { Tampering } from './software-client.ts'
import { ORIGIN, RP_ID, authenticationOf, enrol, registrationOf } from './test-ceremony.ts'
import { TEST_AAGUID, makeMaker } from './test-maker.ts'
import { type ExpectedRegistration, verifyRegistration } from './verify-registration.ts'
import { verifyAuthentication } from './verify-authentication.ts'
import type { WebauthnErrorCode } from './webauthn-error.ts'

const YUBIKEY = 'ee882879-721c-4913-9775-3dfcce97072a'

describe('keeps the facts', () => {
  test('of a device-bound key that attests itself', async () => {
    const { registration } = await enrol({ attestation: 'packed-self', aaguid: YUBIKEY, counter: 'increasing' })
    const { publicKey, attestationObject, clientDataJSON, credentialId, ...facts } = registration
    assert.deepEqual(facts, {
      algorithm: ES256,
      counter: 0,
      aaguid: YUBIKEY,
      backupEligible: false,
      backupState: false,
      userVerified: true,
      uvInitialized: true,
      transports: ['usb'],
      attestationFormat: 'packed',
      attestationOutcome: 'self',
      origin: ORIGIN,
    })
    assert.equal(Buffer.from(credentialId, 'base64url').length, 32)
    assert.ok(parseAttestationObject(attestationObject).authenticatorData.includes(publicKey))
    assert.equal(JSON.parse(clientDataJSON.toString()).type, 'webauthn.create')
  })

  test('of a synced passkey that does not', async () => {
    const { registration } = await enrol({ backupEligible: true, backupState: true })
    assert.equal(registration.backupEligible, true)
    assert.equal(registration.backupState, true)
    assert.equal(registration.attestationOutcome, 'none')
    assert.equal(registration.aaguid, undefined)
    assert.deepEqual(registration.transports, ['hybrid', 'internal'])
  })

  test('for every algorithm, with and without attestation, and the credential signs in', async () => {
    for (const algorithm of COSE_ALGORITHMS) {
      for (const attestation of ['none', 'packed-self'] as const) {
        const credential = await enrol({ algorithms: [algorithm], attestation })
        assert.equal(credential.registration.algorithm, algorithm)
        assert.equal(verifyAuthentication(authenticationOf(credential)).userVerified, true)
      }
    }
  })

  test('only the transports it knows, each once', async () => {
    const { response, expected } = registrationOf()
    response.response.transports = ['usb', 'usb', 'cable', '__proto__', 'internal']
    assert.deepEqual((await verifyRegistration({ response, expected })).transports, ['usb', 'internal'])
  })

  test('and ignores what the browser says beside the attestation object', async () => {
    const { response, expected } = registrationOf()
    const other = registrationOf().response
    response.response.authenticatorData = other.response.attestationObject
    response.response.publicKey = 'AAAA'
    response.response.publicKeyAlgorithm = -65535
    const { publicKey, algorithm } = await verifyRegistration({ response, expected })
    assert.equal(algorithm, ES256)
    assert.ok(!publicKey.equals(Buffer.from('AAAA', 'base64url')))
  })
})

describe('refuses', () => {
  const attacks: [name: string, code: WebauthnErrorCode, tampering: Tampering][] = [
    ['a replayed challenge', 'challenge-mismatch', { challenge: 'cmVwbGF5' }],
    ['a sign-in presented as a registration', 'type-mismatch', { type: 'webauthn.get' }],
    ['a foreign origin', 'origin-mismatch', { origin: 'https://evil.example' }],
    ['a framed page', 'cross-origin', { crossOrigin: true }],
    ['a top origin', 'cross-origin', { topOrigin: ORIGIN }],
    ['another RP ID', 'rp-id-mismatch', { rpId: 'evil.example' }],
    ['nobody present', 'user-not-present', { flags: 0x04 }],
    ['nobody verified', 'user-not-verified', { flags: 0x01 }],
    ['backed up without being eligible', 'backup-flags-invalid', { flags: 0x15 }],
    ['another id beside the one in the authenticator data', 'credential-mismatch', { credentialId: 'AAAA' }],
    ['bytes after the extensions', 'malformed', { extensions: Buffer.from('a000', 'hex') }],
  ]
  for (const [name, code, tampering] of attacks) {
    test(name, async () => {
      await assert.rejects(verifyRegistration(registrationOf({}, tampering)), { name: 'WebauthnError', code })
    })
  }

  test('an algorithm that was not offered', async () => {
    const { response, expected } = registrationOf({ algorithms: [RS256] })
    await assert.rejects(verifyRegistration({ response, expected: { ...expected, algorithms: [ES256, EDDSA] } }), {
      code: 'algorithm-not-allowed',
    })
  })

  test('a response without a user verified passes where verification is not asked for, and says so', async () => {
    const { response, expected } = registrationOf({}, { flags: 0x01 })
    const verified = await verifyRegistration({ response, expected: { ...expected, requireUserVerification: false } })
    assert.equal(verified.uvInitialized, false)
  })
})

/** A registration whose attestation object is rebuilt; the id and client data stay. */
function rebuilt(change: (object: Map<string, CborValue>) => void, attestation: 'none' | 'packed-self' = 'none') {
  const { response, expected } = registrationOf({ attestation, aaguid: YUBIKEY })
  const object = parseCbor(Buffer.from(response.response.attestationObject, 'base64url'))
  assert.ok(object instanceof Map)
  change(object as Map<string, CborValue>)
  response.response.attestationObject = encodeCbor(object).toString('base64url')
  return { response, expected }
}

describe('refuses an attestation object with', () => {
  const longId = (object: Map<string, CborValue>) => {
    const data = object.get('authData') as Buffer
    const id = Buffer.alloc(1024, 1)
    const parts = [data.subarray(0, 53), Buffer.of(id.length >> 8, id.length & 0xff), id, data.subarray(55 + 32)]
    object.set('authData', Buffer.concat(parts))
  }
  const cases: [
    name: string,
    code: WebauthnErrorCode,
    attestation: 'none' | 'packed-self',
    change: (object: Map<string, CborValue>) => void,
  ][] = [
    ['a credential id of 1024 bytes', 'credential-id-too-long', 'none', longId],
    ['a fourth member', 'malformed', 'none', (object) => object.set('x', 1)],
    ['a format that is no text', 'malformed', 'none', (object) => object.set('fmt', 1)],
    ['an unknown format', 'attestation-unsupported', 'none', (object) => object.set('fmt', 'home-made')],
    [
      'a format that has been shut down',
      'attestation-unsupported',
      'none',
      (object) => object.set('fmt', 'android-safetynet'),
    ],
    [
      'a statement where there is none',
      'attestation-invalid',
      'none',
      (object) => object.set('attStmt', new Map([['x', 1]])),
    ],
    ['an empty packed statement', 'attestation-invalid', 'none', (object) => object.set('fmt', 'packed')],
    [
      'a self attestation made by somebody else',
      'attestation-invalid',
      'packed-self',
      (object) => {
        const statement = object.get('attStmt') as Map<string, CborValue>
        const signature = Buffer.from(statement.get('sig') as Buffer)
        signature.writeUInt8(signature.readUInt8(20) ^ 1, 20)
        statement.set('sig', signature)
      },
    ],
    [
      'a model swapped after the self attestation',
      'attestation-invalid',
      'packed-self',
      (object) => {
        const data = Buffer.from(object.get('authData') as Buffer)
        data.fill(0xaa, 37, 53)
        object.set('authData', data)
      },
    ],
  ]
  for (const [name, code, attestation, change] of cases) {
    test(name, async () => {
      await assert.rejects(verifyRegistration(rebuilt(change, attestation)), { name: 'WebauthnError', code })
    })
  }
})

test('a model claimed without any attestation stays a claim: the outcome says none', async () => {
  const { registration } = await enrol({ attestation: 'none', aaguid: YUBIKEY })
  assert.equal(registration.aaguid, YUBIKEY)
  assert.equal(registration.attestationOutcome, 'none')
})

describe('attested by a maker', () => {
  for (const format of ['packed', 'tpm', 'apple', 'android-key', 'fido-u2f'] as const) {
    test(`${format} verifies, asks no network, and proves no model by itself`, async (t) => {
      const fetched = t.mock.method(globalThis, 'fetch', () => Promise.reject(new Error('no network')))
      const { registration } = await enrol({ attest: makeMaker({ format }).attester })
      assert.equal(registration.attestationOutcome, 'unverified-chain')
      assert.equal(registration.attestationFormat, format)
      assert.equal(registration.aaguid, format === 'fido-u2f' ? undefined : TEST_AAGUID)
      assert.equal(fetched.mock.callCount(), 0)
    })

    test(`${format} made for another registration is refused`, async () => {
      const { attester } = makeMaker({ format })
      let first: ReturnType<typeof attester.attest> | undefined
      const authenticator = { aaguid: attester.aaguid, attest: (made: Made) => (first ??= attester.attest(made)) }
      const registration = registrationOf({ attest: authenticator })
      await verifyRegistration(registration)
      await assert.rejects(verifyRegistration(registrationOf({ attest: authenticator })), {
        code: 'attestation-invalid',
      })
    })
  }
})

test('a registration response is no authentication response', () => {
  const { response } = registrationOf()
  assert.throws(() => parseAuthenticationResponse(response), { code: 'malformed' })
})

test('what the server expects is its own: a response cannot widen it', async () => {
  const { response, expected } = registrationOf()
  const elsewhere: ExpectedRegistration = { ...expected, rpId: 'git.example.com', origins: ['https://git.example.com'] }
  await assert.rejects(verifyRegistration({ response, expected: elsewhere }), { code: 'origin-mismatch' })
  await assert.rejects(verifyRegistration({ response, expected: { ...elsewhere, origins: [ORIGIN] } }), {
    code: 'rp-id-mismatch',
  })
  assert.equal(expected.rpId, RP_ID)
})
