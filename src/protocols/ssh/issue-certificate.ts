import { randomBytes } from 'node:crypto'
import { string, u32, u64, WireReader } from './wire.ts'

/** OpenSSH PROTOCOL.certkeys: what a user certificate says before its authority signs it. */
export interface CertificateToIssue {
  /** Of the subject, in wire form. */
  publicKey: Buffer
  serial: bigint
  /** For people who read logs; no one line of it is ever parsed by a server. */
  keyId: string
  principals: readonly string[]
  /** Seconds since the epoch; the first of them counts, the last does not. */
  validAfter: bigint
  validBefore: bigint
}

export interface CertificateSigner {
  /** In wire form. */
  publicKey: Buffer
  /** A signature in wire form: its algorithm and its bytes. */
  sign(bytes: Buffer): Buffer
}

const USER = 1

/**
 * A user certificate without extensions and critical options: no terminal, no forwarding, nothing but coming in. What a
 * login must prove beside is asked by whoever lets it in.
 */
export function issueCertificate(wanted: CertificateToIssue, authority: CertificateSigner): Buffer {
  const subject = new WireReader(wanted.publicKey)
  const type = subject.text()
  const fields = wanted.publicKey.subarray(4 + Buffer.byteLength(type))
  const body = Buffer.concat([
    string(certificateType(type)),
    string(randomBytes(32)),
    fields,
    u64(wanted.serial),
    u32(USER),
    string(wanted.keyId),
    string(Buffer.concat(wanted.principals.map((principal) => string(principal)))),
    u64(wanted.validAfter),
    u64(wanted.validBefore),
    string(''),
    string(''),
    string(''),
    string(authority.publicKey),
  ])
  return Buffer.concat([body, string(authority.sign(body))])
}

/** As `…-cert.pub` holds it, in one line. */
export const renderCertificate = (certificate: Buffer, comment: string): string =>
  `${new WireReader(certificate).text()} ${certificate.toString('base64')} ${comment}\n`

/** `ssh-ed25519` becomes `ssh-ed25519-cert-v01@openssh.com`; what OpenSSH named itself keeps its domain once. */
const certificateType = (type: string): string => `${type.replace(/@openssh\.com$/, '')}-cert-v01@openssh.com`
