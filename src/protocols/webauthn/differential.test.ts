// Our verifier beside @simplewebauthn/server's: both accept or both refuse, except where a difference has a name.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AuthenticationResponseJSON, verifyAuthenticationResponse } from '@simplewebauthn/server'
import fc from 'fast-check'
import { COSE_ALGORITHMS } from './cose.ts'
import { parseAuthenticationResponse } from './response-json.ts'
import type { Tampering } from './software-client.ts'
import { ORIGIN, RP_ID, enrol } from './test-ceremony.ts'
import { verifyAuthentication } from './verify-authentication.ts'
import { WebauthnError, type WebauthnErrorCode } from './webauthn-error.ts'
import { splitEcdsaDer } from '../sshsig/ecdsa-der.ts'

type Verdict = 'accepts' | WebauthnErrorCode

/** Codes with which we refuse what the library accepts. */
const ONLY_OURS: Partial<Record<WebauthnErrorCode, string>> = {
  'cross-origin': 'the library lets crossOrigin through while no topOrigin comes with it',
  'backup-eligibility-changed': 'the library does not know what was registered',
  'user-handle-mismatch': 'the library leaves the user handle to its caller',
  'user-handle-missing': 'the library leaves the user handle to its caller',
  'credential-mismatch': 'the library does not compare the id with the record',
  malformed: 'the library allows attested data in a sign-in and skips stray base64url characters',
}
const COUNTER = 'the library throws on a counter that did not grow; we verify, then report it'

const STORED_COUNTER = 3
const credentials = await Promise.all(
  COSE_ALGORITHMS.flatMap((algorithm) => [
    enrol({ algorithms: [algorithm] }),
    enrol({ algorithms: [algorithm], backupEligible: true }),
  ]),
)

function ours(response: AuthenticationResponseJSON, credential: (typeof credentials)[number], challenge: Buffer) {
  try {
    const { registration, userHandle } = credential
    const verified = verifyAuthentication({
      response: parseAuthenticationResponse(response),
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
          counter: STORED_COUNTER,
          userHandle,
        },
      },
    })
    return { verdict: 'accepts' as Verdict, counterRegressed: verified.counterRegressed }
  } catch (error) {
    assert.ok(error instanceof WebauthnError, `not a WebauthnError: ${String(error)}`)
    return { verdict: error.code as Verdict, counterRegressed: false }
  }
}

async function theirs(
  response: AuthenticationResponseJSON,
  credential: (typeof credentials)[number],
  challenge: Buffer,
) {
  try {
    const { verified } = await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.toString('base64url'),
      expectedOrigin: [ORIGIN],
      expectedRPID: RP_ID,
      requireUserVerification: true,
      credential: {
        id: credential.registration.credentialId,
        publicKey: new Uint8Array(credential.registration.publicKey),
        counter: STORED_COUNTER,
      },
    })
    return verified
  } catch {
    return false
  }
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((raw) => Buffer.from(raw))
/** Mostly honest, so that each bend meets otherwise good responses. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 14, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })

const tampering = fc
  .record({
    flags: seldom(fc.constantFrom(0x00, 0x01, 0x01, 0x04, 0x04, 0x05, 0x0d, 0x15, 0x1d, 0x25, 0x45, 0x85)),
    counter: fc.oneof({ weight: 9, arbitrary: fc.constant(9) }, { weight: 1, arbitrary: fc.nat(5) }),
    origin: seldom(fc.constantFrom('http://localhost:7401', 'https://localhost:7400', 'http://evil.example', '')),
    challenge: seldom(fc.constantFrom('', 'AAAA', 'not base64url!')),
    type: seldom(fc.constantFrom('webauthn.create', 'payment.get', '')),
    rpId: seldom(fc.constantFrom('evil.example', '')),
    crossOrigin: seldom(fc.boolean()),
    topOrigin: seldom(fc.constantFrom('http://evil.example', ORIGIN)),
    userHandle: seldom(bytes(32)),
    credentialId: seldom(fc.constantFrom('AAAA', 'A+A/', '=')),
    extensions: seldom(
      fc.constantFrom('a0', 'a16b6372656450726f7465637402', 'a0a0', '01', 'a1').map((hex) => Buffer.from(hex, 'hex')),
    ),
  })
  .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)) as Tampering)

const mutation = seldom(
  fc.record({
    field: fc.constantFrom('signature' as const, 'authenticatorData' as const, 'clientDataJSON' as const),
    position: fc.nat(),
    flip: fc.integer({ min: 1, max: 255 }),
  }),
)

function isStrictDer(signature: string): boolean {
  try {
    splitEcdsaDer(Buffer.from(signature, 'base64url'))
    return true
  } catch {
    return false
  }
}

test('one generated response, two verifiers, one verdict', async (t) => {
  const seen = new Map<string, number>()
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...credentials),
      bytes(32),
      tampering,
      mutation,
      async (credential, challenge, bent, mutated) => {
        const options = { challenge: challenge.toString('base64url'), rpId: RP_ID }
        const response = credential.authenticator.get(options, ORIGIN, bent)
        if (mutated) {
          const changed = Buffer.from(response.response[mutated.field], 'base64url')
          const at = mutated.position % changed.length
          changed.writeUInt8(changed.readUInt8(at) ^ mutated.flip, at)
          response.response[mutated.field] = changed.toString('base64url')
        }
        const we = ours(response, credential, challenge)
        const they = await theirs(response, credential, challenge)
        seen.set(we.verdict, (seen.get(we.verdict) ?? 0) + 1)
        // Its parser reads sloppy DER that OpenSSL, and so we, refuse.
        const isSloppy = mutated?.field === 'signature' && !isStrictDer(response.response.signature)
        if (they && we.verdict !== 'accepts' && !(isSloppy && we.verdict === 'signature-invalid'))
          assert.ok(ONLY_OURS[we.verdict], `we alone refuse: ${we.verdict}`)
        if (!they && we.verdict === 'accepts')
          assert.ok(we.counterRegressed, `we alone accept, and not for this: ${COUNTER}`)
      },
    ),
    { numRuns: 1200 },
  )
  t.diagnostic(JSON.stringify(Object.fromEntries(seen)))
  // The comparison is worth something only if it met acceptance and refusals of many kinds.
  for (const verdict of ['accepts', 'challenge-mismatch', 'origin-mismatch', 'rp-id-mismatch', 'type-mismatch']) {
    assert.ok((seen.get(verdict) ?? 0) > 0, `never met: ${verdict}`)
  }
})

const named: [name: string, tampering: Tampering, code: WebauthnErrorCode][] = [
  ['crossOrigin without topOrigin', { crossOrigin: true, counter: 9 }, 'cross-origin'],
  ['backup eligibility that changed', { flags: 0x0d, counter: 9 }, 'backup-eligibility-changed'],
  ['a foreign user handle', { userHandle: Buffer.alloc(32), counter: 9 }, 'user-handle-mismatch'],
  ['no user handle', { userHandle: null, counter: 9 }, 'user-handle-missing'],
  ['another credential id', { credentialId: 'AAAA', counter: 9 }, 'credential-mismatch'],
]
for (const [name, bent, code] of named) {
  test(`we alone refuse ${name}`, async () => {
    const [credential = assert.fail()] = credentials
    const challenge = Buffer.alloc(32, 5)
    const options = { challenge: challenge.toString('base64url'), rpId: RP_ID }
    const response = credential.authenticator.get(options, ORIGIN, bent)
    assert.equal(await theirs(response, credential, challenge), true)
    assert.equal(ours(response, credential, challenge).verdict, code)
  })
}

for (const [name, bent, code] of [
  ['nobody present', { flags: 0x04, counter: 9 }, 'user-not-present'],
  ['nobody verified', { flags: 0x01, counter: 9 }, 'user-not-verified'],
  ['backed up without being eligible', { flags: 0x15, counter: 9 }, 'backup-flags-invalid'],
  ['bytes after the extensions', { extensions: Buffer.from('a0a0', 'hex'), counter: 9 }, 'malformed'],
] satisfies [string, Tampering, WebauthnErrorCode][]) {
  test(`both refuse ${name}`, async () => {
    const [credential = assert.fail()] = credentials
    const challenge = Buffer.alloc(32, 6)
    const options = { challenge: challenge.toString('base64url'), rpId: RP_ID }
    const response = credential.authenticator.get(options, ORIGIN, bent)
    assert.equal(await theirs(response, credential, challenge), false)
    assert.equal(ours(response, credential, challenge).verdict, code)
  })
}
