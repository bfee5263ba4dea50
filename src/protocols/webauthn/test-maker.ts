import { createHash, createPublicKey } from 'node:crypto'
import { type TestCertificate, extension, makeCertificate } from '../test-certificate.ts'
import { octets } from '../der-encode.ts'
import { ZERO_AAGUID } from './authenticator-data.ts'
import type { Attester } from './software-attestation.ts'
import { androidKeyAttester, appleAttester, fidoU2fAttester, packedAttester, tpmAttester } from './test-attesters.ts'

export type TestFormat = 'packed' | 'tpm' | 'apple' | 'android-key' | 'fido-u2f'

/** A maker of authenticators with a root of its own, for tests: what its keys attest, and what metadata says of them. */
export interface TestMaker {
  aaguid: string
  root: TestCertificate
  /** `new SoftwareAuthenticator({ attest: maker.attester })` makes a key of this model. */
  attester: Attester
  /** Its entry in a metadata blob; what is given stands in place of the usual. */
  entry(more?: { statusReports?: object[]; statement?: Record<string, unknown> }): Record<string, unknown>
}

export interface MakerWish {
  format?: TestFormat
  /** UUID text; U2F keys have none. */
  aaguid?: string
  name?: string
  /** Shared by several models of one maker. */
  root?: TestCertificate
  /** Leave the model out of the packed attestation certificate. */
  namesModel?: boolean
}

export const TEST_AAGUID = '0a1b2c3d-0000-4000-8000-00000000beef'
const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

export function makeMaker(wish: MakerWish = {}): TestMaker {
  const format = wish.format ?? 'packed'
  const aaguid = format === 'fido-u2f' ? ZERO_AAGUID : (wish.aaguid ?? TEST_AAGUID)
  const root = wish.root ?? makeCertificate({ subject: [['CN', 'Test Maker Root']], isCa: true })
  const batch = batchCertificate(root, aaguid, format === 'packed' && wish.namesModel !== false)
  const attester: Attester = {
    packed: packedAttester,
    tpm: tpmAttester,
    apple: appleAttester,
    'android-key': androidKeyAttester,
    'fido-u2f': fidoU2fAttester,
  }[format]({ aaguid, root, batch })
  const name = wish.name ?? `Test key (${format})`
  const identifier = keyIdentifier(batch)
  return {
    aaguid,
    root,
    attester,
    entry: ({ statusReports, statement } = {}) => ({
      ...(format === 'fido-u2f' ? { attestationCertificateKeyIdentifiers: [identifier] } : { aaguid }),
      metadataStatement: {
        description: name,
        authenticatorVersion: 1,
        protocolFamily: format === 'fido-u2f' ? 'u2f' : 'fido2',
        schema: 3,
        keyProtection: ['hardware', 'secure_element'],
        attachmentHint: ['external', 'wired'],
        userVerificationDetails: [[{ userVerificationMethod: 'passcode_external' }]],
        attestationTypes: ['basic_full'],
        attestationRootCertificates: [root.der.toString('base64')],
        icon: PNG,
        ...statement,
      },
      statusReports: statusReports ?? [{ status: 'FIDO_CERTIFIED_L1', effectiveDate: '2024-01-01' }],
      timeOfLastStatusChange: '2024-01-01',
    }),
  }
}

/** What signs the statements of a whole batch of keys, WebAuthn L3 §8.2.1. */
function batchCertificate(root: TestCertificate, aaguid: string, namesModel: boolean): TestCertificate {
  return makeCertificate({
    subject: [
      ['C', 'CH'],
      ['O', 'Test Maker'],
      ['OU', 'Authenticator Attestation'],
      ['CN', 'Test Batch'],
    ],
    issuer: root,
    extensions: namesModel
      ? [extension('1.3.6.1.4.1.45724.1.1.4', octets(Buffer.from(aaguid.replaceAll('-', ''), 'hex')))]
      : [],
  })
}

/** SHA-1 over the public key's bits, RFC 5280 §4.2.1.2 method 1, hex. */
function keyIdentifier({ privateKey }: TestCertificate): string {
  const { x = '', y = '' } = createPublicKey(privateKey).export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])
  return createHash('sha1').update(point).digest('hex')
}
