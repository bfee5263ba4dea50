import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { describe, test } from 'node:test'
import { type TestCertificate, extension, makeCertificate } from '../test-certificate.ts'
import { readAttestationEvidence } from './attestation-evidence.ts'
import { KEY_DESCRIPTION } from './android-key.ts'
import type { Attester, Made } from './software-attestation.ts'
import { keyDescription } from './test-attesters.ts'
import { registrationOf } from './test-ceremony.ts'
import { TEST_AAGUID } from './test-maker.ts'
import { verifyRegistration } from './verify-registration.ts'

const root = makeCertificate({ subject: [['CN', 'Android root of a test']], isCa: true })

type Bend = (made: Made) => Partial<{
  description: Parameters<typeof keyDescription>[0]
  leaf: (honest: TestCertificate) => Buffer[]
  alg: number
  signed: Buffer
}>

/** Android's attestation, bent away from honest. */
function attester(bend: Bend): Attester {
  return {
    aaguid: TEST_AAGUID,
    attest(made) {
      const bent = bend(made)
      const honest = makeCertificate({
        subject: [['CN', 'Android Keystore Key']],
        issuer: root,
        privateKey: made.credential.privateKey,
        extensions: [
          extension(KEY_DESCRIPTION, keyDescription(bent.description ?? { challenge: made.clientDataHash })),
        ],
      })
      const signed = bent.signed ?? Buffer.concat([made.authenticatorData, made.clientDataHash])
      const statement = new Map<string, number | Buffer | Buffer[]>([
        ['alg', bent.alg ?? made.credential.algorithm],
        ['sig', sign('sha256', signed, made.credential.privateKey)],
        ['x5c', bent.leaf?.(honest) ?? [honest.der]],
      ])
      return [
        ['fmt', 'android-key'],
        ['attStmt', statement],
      ]
    },
  }
}

const verdict = async (bend: Bend): Promise<string> => {
  try {
    return (await verifyRegistration(registrationOf({ attest: attester(bend) }))).attestationOutcome
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('android-key, WebAuthn L3 §8.4', () => {
  test('verifies where everything is as it says', async () => {
    assert.equal(await verdict(() => ({})), 'unverified-chain')
  })

  const attacks: [name: string, bend: Bend][] = [
    ['the challenge of another ceremony', () => ({ description: { challenge: Buffer.alloc(32, 7) } })],
    ['a key open to every app', (made) => ({ description: { challenge: made.clientDataHash, allApplications: true } })],
    ['a key brought in from outside', (made) => ({ description: { challenge: made.clientDataHash, origin: 2 } })],
    ['a key for decrypting', (made) => ({ description: { challenge: made.clientDataHash, purpose: 1 } })],
    ['a signature over something else', () => ({ signed: Buffer.from('else') })],
    ['another algorithm than the key', () => ({ alg: -257 })],
    ['a certificate over another key', () => ({ leaf: () => [makeCertificate({ subject: [], issuer: root }).der] })],
    [
      'a certificate that does not describe its key',
      (made) => ({ leaf: () => [makeCertificate({ subject: [], privateKey: made.credential.privateKey }).der] }),
    ],
    ['no certificate', () => ({ leaf: () => [] })],
    ['bytes that are no certificate', () => ({ leaf: () => [Buffer.from('no')] })],
    ['a certificate that is cut off', () => ({ leaf: (honest) => [honest.der.subarray(0, -9)] })],
  ]
  for (const [name, bend] of attacks)
    test(`is refused for ${name}`, async () => assert.equal(await verdict(bend), 'attestation-invalid'))

  test('a key that Android keeps in software is told apart', () => {
    for (const [securityLevel, expected] of [
      [0, false],
      [1, true],
      [2, true],
    ] as const) {
      const { response } = registrationOf({
        attest: attester((made) => ({ description: { challenge: made.clientDataHash, securityLevel } })),
      })
      const object = Buffer.from(response.response.attestationObject, 'base64url')
      assert.equal(readAttestationEvidence(object).mayBeHardware, expected)
    }
  })
})
