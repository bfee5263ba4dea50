import assert from 'node:assert/strict'
import { sign } from 'node:crypto'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import type { CborValue } from '../cbor.ts'
import { readAttestationEvidence } from '../webauthn/attestation-evidence.ts'
import type { Attester } from '../webauthn/software-attestation.ts'
import { makeMaker, TEST_AAGUID } from '../webauthn/test-maker.ts'
import { verifySkAttestation } from './sk-attestation.ts'
import { SshError } from './ssh-error.ts'
import { TestSshKey } from './test-ssh-key.ts'
import { string } from './wire.ts'

const challenge = Buffer.from('this SSH key belongs to ana at http://localhost:7400\n')
const maker = makeMaker()
const made = (key: TestSshKey) => ({ key: { blob: key.publicKey, application: key.application }, challenge })
const refuses = (attempt: () => unknown): void =>
  assert.throws(attempt, { name: 'SshError', code: 'attestation-invalid' })

for (const type of ['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'] as const)
  test(`what a maker says of a new key of ${type} is verified, and can be traced to its root`, () => {
    const key = new TestSshKey(type)
    const verified = verifySkAttestation(key.attest(challenge, maker.attester), made(key))
    assert.equal(verified.aaguid, TEST_AAGUID)
    const evidence = readAttestationEvidence(verified.attestationObject)
    assert.equal(evidence.format, 'packed')
    assert.equal(evidence.certifiedAaguid, TEST_AAGUID)
    assert.equal(evidence.trustPath.length, 1)
  })

describe('refuses', () => {
  const key = new TestSshKey('sk-ssh-ed25519@openssh.com')
  const blob = key.attest(challenge, maker.attester)

  test('another challenge', () =>
    refuses(() => verifySkAttestation(blob, { ...made(key), challenge: Buffer.from('another') })))
  test('what was said of another key', () =>
    refuses(() => verifySkAttestation(blob, made(new TestSshKey('sk-ssh-ed25519@openssh.com')))))
  test('a key for another purpose', () =>
    refuses(() => verifySkAttestation(blob, { ...made(key), key: { blob: key.publicKey, application: 'ssh:work' } })))
  test('a key in a file', () => refuses(() => verifySkAttestation(blob, made(new TestSshKey('ssh-ed25519')))))
  test('what an authority signed itself', () => {
    const authority = makeMaker()
    const forged: Attester = {
      aaguid: TEST_AAGUID,
      attest: ({ authenticatorData, clientDataHash }) => {
        const signed = Buffer.concat([authenticatorData, clientDataHash])
        const statement = new Map<string, CborValue>([
          ['sig', sign('sha256', signed, authority.root.privateKey)],
          ['x5c', [authority.root.der]],
        ])
        return [['attStmt', statement]]
      },
    }
    refuses(() => verifySkAttestation(key.attest(challenge, forged), made(key)))
  })
  test('no certificate', () => {
    const [magic, rest] = [blob.subarray(0, 21), blob.subarray(21)]
    const length = rest.readUInt32BE()
    refuses(() => verifySkAttestation(Buffer.concat([magic, string(''), rest.subarray(4 + length)]), made(key)))
  })
  test('another file', () => refuses(() => verifySkAttestation(string('ssh-sk-attest-v00'), made(key))))
  test('bytes after it', () =>
    assert.throws(() => verifySkAttestation(Buffer.concat([blob, Buffer.of(0)]), made(key)), { code: 'malformed' }))

  test('anything else only with an SshError', () => {
    fc.assert(
      fc.property(fc.nat(blob.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = Buffer.from(blob)
        changed[at] = (changed[at] ?? 0) ^ by
        try {
          // Two fields at the end are reserved, and an issuer's own words in the certificate are for whoever traces it.
          verifySkAttestation(changed, made(key))
        } catch (error) {
          assert.ok(error instanceof SshError, String(error))
        }
      }),
      { numRuns: 300 },
    )
  })
})
