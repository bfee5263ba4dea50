import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { COSE_ALGORITHMS } from './cose.ts'
import type { Tampering } from './software-client.ts'
import { authenticationOf, enrol } from './test-ceremony.ts'
import { type ExpectedAuthentication, type StoredCredential, verifyAuthentication } from './verify-authentication.ts'
import { WebauthnError, type WebauthnErrorCode } from './webauthn-error.ts'

const ada = await enrol()
const synced = await enrol({ backupEligible: true, backupState: true })

test('accepts each algorithm and returns the facts', async () => {
  for (const algorithm of COSE_ALGORITHMS) {
    const credential = await enrol({ algorithms: [algorithm], counter: 'increasing' })
    assert.deepEqual(verifyAuthentication(authenticationOf(credential)), {
      counter: 1,
      userVerified: true,
      backupState: false,
      origin: 'http://localhost:7400',
      counterRegressed: false,
    })
  }
})

describe('refuses a response that a hostile client or site bent:', () => {
  const attacks: [name: string, code: WebauthnErrorCode, tampering: Tampering][] = [
    ['a replayed challenge', 'challenge-mismatch', { challenge: randomBytes(32).toString('base64url') }],
    ['a padded challenge', 'challenge-mismatch', { challenge: `${randomBytes(32).toString('base64url')}=` }],
    ['a registration presented as a sign-in', 'type-mismatch', { type: 'webauthn.create' }],
    ['a foreign origin', 'origin-mismatch', { origin: 'http://localhost.evil.example' }],
    ['another port of the same host', 'origin-mismatch', { origin: 'http://localhost:7401' }],
    ['another scheme', 'origin-mismatch', { origin: 'https://localhost:7400' }],
    ['an origin with a trailing slash', 'origin-mismatch', { origin: 'http://localhost:7400/' }],
    ['a framed page', 'cross-origin', { crossOrigin: true }],
    ['a top origin', 'cross-origin', { topOrigin: 'http://localhost:7400' }],
    ['another RP ID', 'rp-id-mismatch', { rpId: 'evil.example' }],
    ['nobody present', 'user-not-present', { flags: 0x04 }],
    ['nobody verified', 'user-not-verified', { flags: 0x01 }],
    ['backed up without being eligible', 'backup-flags-invalid', { flags: 0x15 }],
    ['a device-bound credential that became syncable', 'backup-eligibility-changed', { flags: 0x0d }],
    ['attested credential data', 'malformed', { flags: 0x45 }],
    ['an extension flag without extensions', 'malformed', { flags: 0x85 }],
    ['bytes after the extensions', 'malformed', { extensions: Buffer.from('a0ff', 'hex') }],
    ['another credential id', 'credential-mismatch', { credentialId: 'AAAA' }],
    ['the user handle of somebody else', 'user-handle-mismatch', { userHandle: randomBytes(32) }],
    ['no user handle where it names the user', 'user-handle-missing', { userHandle: null }],
  ]
  for (const [name, code, tampering] of attacks) {
    test(name, () => {
      assert.throws(() => verifyAuthentication(authenticationOf(ada, tampering)), { name: 'WebauthnError', code })
    })
  }
})

test('a syncable credential cannot become device-bound either', () => {
  assert.throws(() => verifyAuthentication(authenticationOf(synced, { flags: 0x05 })), {
    code: 'backup-eligibility-changed',
  })
})

test('backup state may flip', () => {
  assert.equal(verifyAuthentication(authenticationOf(synced, { flags: 0x0d })).backupState, false)
  assert.equal(verifyAuthentication(authenticationOf(synced, { flags: 0x1d })).backupState, true)
})

describe('the owner', () => {
  test('need not be named where the user is known already, but must fit when named', () => {
    const known = (tampering: Tampering) => {
      const { response, expected } = authenticationOf(ada, tampering)
      return () => verifyAuthentication({ response, expected: { ...expected, userHandleRequired: false } })
    }
    assert.doesNotThrow(known({ userHandle: null }))
    assert.throws(known({ userHandle: randomBytes(32) }), { code: 'user-handle-mismatch' })
  })

  test("somebody else's credential record does not verify the response", async () => {
    const { response, expected } = authenticationOf(ada)
    const other = await enrol()
    const credential = { ...expected.credential, publicKey: other.registration.publicKey }
    assert.throws(() => verifyAuthentication({ response, expected: { ...expected, credential } }), {
      code: 'signature-invalid',
    })
  })

  test('a cached key never outlives the public key it was made from', async () => {
    const { response, expected } = authenticationOf(ada)
    verifyAuthentication({ response, expected })
    const other = await enrol()
    const credential = { ...expected.credential, publicKey: other.registration.publicKey }
    assert.throws(() => verifyAuthentication({ response, expected: { ...expected, credential } }), {
      code: 'signature-invalid',
    })
    assert.doesNotThrow(() => verifyAuthentication({ response, expected }))
  })

  test('rawId says the same as id', () => {
    const { response, expected } = authenticationOf(ada)
    assert.throws(() => verifyAuthentication({ response: { ...response, rawId: randomBytes(32) }, expected }), {
      code: 'credential-mismatch',
    })
  })
})

test('user verification is asked of each ceremony, not of the credential', () => {
  const { response, expected } = authenticationOf(ada, { flags: 0x01 })
  const lenient: ExpectedAuthentication = { ...expected, requireUserVerification: false }
  assert.equal(verifyAuthentication({ response, expected: lenient }).userVerified, false)
})

describe('the counter', () => {
  const verified = (sent: number, stored: number) => {
    const { response, expected } = authenticationOf(ada, { counter: sent })
    const credential: StoredCredential = { ...expected.credential, counter: stored }
    return verifyAuthentication({ response, expected: { ...expected, credential } }).counterRegressed
  }
  const cases: [sent: number, stored: number, regressed: boolean][] = [
    [0, 0, false],
    [1, 0, false],
    [8, 7, false],
    [7, 7, true],
    [6, 7, true],
    [0, 7, true],
    [0xffffffff, 7, false],
  ]
  for (const [sent, stored, regressed] of cases) {
    test(`${sent} after ${stored} ${regressed ? 'is reported as a regression' : 'is fine'}`, () => {
      assert.equal(verified(sent, stored), regressed)
    })
  }

  test('a regression with a bad signature is a bad signature: nobody can raise the alarm from outside', () => {
    const { response, expected } = authenticationOf(ada, { counter: 1 })
    const forged = { ...response, signature: authenticationOf(ada).response.signature }
    const credential = { ...expected.credential, counter: 9 }
    assert.throws(() => verifyAuthentication({ response: forged, expected: { ...expected, credential } }), {
      code: 'signature-invalid',
    })
  })
})

test('no changed byte verifies, and every refusal is a WebauthnError', () => {
  const { response, expected } = authenticationOf(ada, {
    extensions: Buffer.from('a16b6372656450726f7465637402', 'hex'),
  })
  const field = fc.constantFrom('authenticatorData' as const, 'clientDataJSON' as const, 'signature' as const)
  fc.assert(
    fc.property(field, fc.nat(), fc.integer({ min: 1, max: 255 }), (name, position, flip) => {
      const changed = Buffer.from(response[name])
      const at = position % changed.length
      changed.writeUInt8(changed.readUInt8(at) ^ flip, at)
      assert.throws(() => verifyAuthentication({ response: { ...response, [name]: changed }, expected }), WebauthnError)
    }),
    { numRuns: 500 },
  )
})
