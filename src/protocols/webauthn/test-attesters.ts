import { createPublicKey, sign } from 'node:crypto'
import type { CborValue } from '../cbor.ts'
import { sha256 } from '../sha256.ts'
import { type TestCertificate, extension, makeCertificate } from '../test-certificate.ts'
import { enumerated, integer, octets, oid, sequence, setOf, tagged, utf8 } from '../der-encode.ts'
import type { Attester, Made } from './software-attestation.ts'

interface Maker {
  aaguid: string
  root: TestCertificate
  /** Certifies the key that a whole batch of authenticators signs statements with. */
  batch: TestCertificate
}

/** WebAuthn L3 §8.2. */
export const packedAttester = ({ aaguid, batch }: Maker): Attester => ({
  aaguid,
  attest: (made) =>
    statement('packed', { alg: -7, sig: sign('sha256', signedBytes(made), batch.privateKey), x5c: [batch.der] }),
})

/** WebAuthn L3 §8.6. */
export const fidoU2fAttester = ({ aaguid, batch }: Maker): Attester => ({
  aaguid,
  attest(made) {
    const { x, y } = pointOf(made)
    const id = Buffer.from(made.credential.id, 'base64url')
    const rpIdHash = made.authenticatorData.subarray(0, 32)
    const signed = Buffer.concat([Buffer.of(0), rpIdHash, made.clientDataHash, id, Buffer.of(4), x, y])
    return statement('fido-u2f', { sig: sign('sha256', signed, batch.privateKey), x5c: [batch.der] })
  },
})

/** WebAuthn L3 §8.8: the nonce stands in a certificate over the credential's own key. */
export const appleAttester = ({ aaguid, root }: Maker): Attester => {
  const issuer = makeCertificate({ subject: [['CN', 'Test Apple CA']], issuer: root, isCa: true })
  return {
    aaguid,
    attest(made) {
      const nonce = sequence(tagged(1, octets(sha256(signedBytes(made)))))
      const leaf = makeCertificate({
        subject: [['CN', 'anonymous']],
        issuer,
        privateKey: made.credential.privateKey,
        extensions: [extension('1.2.840.113635.100.8.2', nonce)],
      })
      return statement('apple', { x5c: [leaf.der, issuer.der] })
    },
  }
}

/** WebAuthn L3 §8.4: the key's description stands in a certificate over the credential's own key. */
export const androidKeyAttester = ({ aaguid, root }: Maker): Attester => {
  const issuer = makeCertificate({ subject: [['CN', 'Test Android CA']], issuer: root, isCa: true })
  return {
    aaguid,
    attest(made) {
      const leaf = makeCertificate({
        subject: [['CN', 'Android Keystore Key']],
        issuer,
        privateKey: made.credential.privateKey,
        extensions: [extension('1.3.6.1.4.1.11129.2.1.17', keyDescription({ challenge: made.clientDataHash }))],
      })
      const sig = sign('sha256', signedBytes(made), made.credential.privateKey)
      return statement('android-key', { alg: made.credential.algorithm, sig, x5c: [leaf.der, issuer.der, root.der] })
    },
  }
}

/** Android's KeyDescription: a key for signing, generated in the trusted environment. */
export function keyDescription(wish: {
  challenge: Buffer
  securityLevel?: number
  purpose?: number
  origin?: number
  allApplications?: boolean
}): Buffer {
  const { challenge, securityLevel = 1, purpose = 2, origin = 0, allApplications = false } = wish
  const everyone = allApplications ? [tagged(600, Buffer.of(5, 0))] : []
  const enforced = sequence(tagged(1, setOf(integer(purpose))), ...everyone, tagged(702, integer(origin)))
  const level = enumerated(securityLevel)
  const [software, hardware] = securityLevel > 0 ? [sequence(), enforced] : [enforced, sequence()]
  const version = integer(4)
  return sequence(version, level, version, level, octets(challenge), octets(Buffer.alloc(0)), software, hardware)
}

/** WebAuthn L3 §8.3: the TPM certifies the credential's public area with its attestation identity key. */
export const tpmAttester = ({ aaguid, root }: Maker): Attester => {
  const attribute = (id: string, value: string) => setOf(sequence(oid(id), utf8(value)))
  const tpm = sequence(
    attribute('2.23.133.2.1', 'id:FFFFF1D0'),
    attribute('2.23.133.2.2', 'Test TPM'),
    attribute('2.23.133.2.3', 'id:13'),
  )
  const identity = makeCertificate({
    subject: [],
    issuer: root,
    extensions: [
      extension('2.5.29.17', sequence(tagged(4, tpm)), true),
      extension('2.5.29.37', sequence(oid('2.23.133.8.3'))),
    ],
  })
  return {
    aaguid,
    attest(made) {
      const pubArea = publicArea(made)
      const certInfo = Buffer.concat([
        Buffer.from('ff5443478017', 'hex'),
        sized(Buffer.alloc(34)),
        sized(sha256(signedBytes(made))),
        Buffer.alloc(17 + 8),
        sized(Buffer.concat([SHA256, sha256(pubArea)])),
        sized(Buffer.alloc(34)),
      ])
      const sig = sign('sha256', certInfo, identity.privateKey)
      return statement('tpm', { ver: '2.0', alg: -7, x5c: [identity.der], sig, certInfo, pubArea })
    },
  }
}

const ECC = Buffer.from('0023', 'hex')
const SHA256 = Buffer.from('000b', 'hex')
const NONE = Buffer.from('0010', 'hex')
const P256 = Buffer.from('0003', 'hex')

/** TPMT_PUBLIC of a P-256 signing key. */
function publicArea(made: Made): Buffer {
  const { x, y } = pointOf(made)
  const attributes = Buffer.from('00060472', 'hex')
  return Buffer.concat([ECC, SHA256, attributes, sized(Buffer.alloc(0)), NONE, NONE, P256, NONE, sized(x), sized(y)])
}

const sized = (bytes: Buffer): Buffer => Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes])

const signedBytes = ({ authenticatorData, clientDataHash }: Made): Buffer =>
  Buffer.concat([authenticatorData, clientDataHash])

function pointOf({ credential }: Made): { x: Buffer; y: Buffer } {
  const { x = '', y = '' } = createPublicKey(credential.privateKey).export({ format: 'jwk' })
  return { x: Buffer.from(x, 'base64url'), y: Buffer.from(y, 'base64url') }
}

const statement = (format: string, members: Record<string, CborValue>): ReturnType<Attester['attest']> => [
  ['fmt', format],
  ['attStmt', new Map(Object.entries(members))],
]
