import { type KeyObject, X509Certificate, createPublicKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { bits, integer, octets, oid, printable, sequence, setOf, tagged, utcTime, utf8, yes } from './der-encode.ts'

/** A certificate of a test's own, with the key it certifies. */
export interface TestCertificate {
  der: Buffer
  privateKey: KeyObject
  subject: Buffer
  x509: X509Certificate
}

export interface CertificateWish {
  /** `[['CN', 'Root']]`; empty for none. */
  subject: [name: keyof typeof attributes, value: string][]
  /** Signs it; left out where it signs itself. */
  issuer?: TestCertificate
  /** The key it certifies; a new P-256 key where left out. */
  privateKey?: KeyObject
  isCa?: boolean
  /** In place of the basic constraints that follow from `isCa`. */
  constraints?: Buffer
  validFrom?: number
  validUntil?: number
  extensions?: Buffer[]
}

const dayMs = 86_400_000
const attributes = { C: '2.5.4.6', O: '2.5.4.10', OU: '2.5.4.11', CN: '2.5.4.3' } as const
const ecdsaSha256 = sequence(oid('1.2.840.10045.4.3.2'))
const rsaSha256 = sequence(oid('1.2.840.113549.1.1.11'), Buffer.of(5, 0))

/** X.509 version 3, RFC 5280 §4.1. */
export function makeCertificate(wish: CertificateWish): TestCertificate {
  const privateKey = wish.privateKey ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const subject = nameOf(wish.subject)
  const signer = wish.issuer ?? { privateKey, subject }
  const algorithm = signer.privateKey.asymmetricKeyType === 'rsa' ? rsaSha256 : ecdsaSha256
  const now = Date.now()
  const isCa = wish.isCa === true ? [yes] : []
  const constraints = wish.constraints ?? extension('2.5.29.19', sequence(...isCa), true)
  const body = sequence(
    tagged(0, integer(2)),
    integer(Buffer.concat([Buffer.of(0x11), randomBytes(8)])),
    algorithm,
    signer.subject,
    sequence(utcTime(wish.validFrom ?? now - dayMs), utcTime(wish.validUntil ?? now + 3650 * dayMs)),
    subject,
    createPublicKey(privateKey).export({ format: 'der', type: 'spki' }),
    tagged(3, sequence(constraints, ...(wish.extensions ?? []))),
  )
  const der = sequence(body, algorithm, bits(sign('sha256', body, signer.privateKey)))
  return { der, privateKey, subject, x509: new X509Certificate(der) }
}

export const extension = (id: string, value: Buffer, isCritical = false): Buffer =>
  sequence(oid(id), ...(isCritical ? [yes] : []), octets(value))

/** subjectAltName of one host. */
export const hostExtension = (host: string): Buffer =>
  extension('2.5.29.17', sequence(Buffer.concat([Buffer.of(0x82, host.length), Buffer.from(host)])))

const nameOf = (parts: CertificateWish['subject']): Buffer =>
  sequence(
    ...parts.map(([name, value]) =>
      setOf(sequence(oid(attributes[name]), name === 'C' ? printable(value) : utf8(value))),
    ),
  )
