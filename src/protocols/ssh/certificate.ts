import { isSshKeyType, readKeyFields } from './key-fields.ts'
import { parseSshPublicKey, type SshPublicKey } from './public-key.ts'
import { readWire } from './read-wire.ts'
import { SshError } from './ssh-error.ts'

export interface SshCertificate {
  /** `ssh-ed25519-cert-v01@openssh.com` and so on. */
  type: string
  /** The key that the certificate is about. */
  subject: SshPublicKey
  serial: bigint
  kind: 'user' | 'host'
  keyId: string
  principals: readonly string[]
  /** Seconds since the epoch; valid from the first of them and before the second. */
  validAfter: bigint
  validBefore: bigint
  criticalOptions: ReadonlyMap<string, string>
  extensions: ReadonlyMap<string, string>
  /** The key of whoever signed it, in wire form. */
  authority: Buffer
  signedBytes: Buffer
  signature: Buffer
}

const suffix = '-cert-v01@openssh.com'

export const isCertificateType = (type: string): boolean => type.endsWith(suffix)

/** The type or algorithm that a certificate's is made from: `sk-ssh-ed25519@openssh.com`, `rsa-sha2-512`. */
export function plainType(type: string): string {
  if (!isCertificateType(type)) return type
  const base = type.slice(0, -suffix.length)
  return /^(webauthn-)?sk-/.test(base) ? `${base}@openssh.com` : base
}

/**
 * Takes an OpenSSH certificate (PROTOCOL.certkeys) over any type of key that is taken apart, without judging it. Throws
 * SshError.
 */
export function parseSshCertificate(bytes: Buffer): SshCertificate {
  return readWire(bytes, (reader) => {
    const type = reader.text()
    const keyType = plainType(type)
    if (!isCertificateType(type) || !isSshKeyType(keyType))
      throw new SshError('key-unsupported', 'certificates of this type are not taken')
    reader.string() // nonce
    const subject = parseSshPublicKey(readKeyFields(keyType, reader).blob)
    const serial = reader.u64()
    const kind = kindOf(reader.u32())
    const keyId = reader.text()
    const principals = listOf(reader.string())
    const validAfter = reader.u64()
    const validBefore = reader.u64()
    const criticalOptions = optionsOf(reader.string())
    const extensions = optionsOf(reader.string())
    reader.string() // reserved
    const authority = reader.string()
    const signedBytes = bytes.subarray(0, bytes.length - reader.remaining)
    const signature = reader.string()
    const names = { type, subject, serial, kind, keyId, principals, validAfter, validBefore }
    return { ...names, criticalOptions, extensions, authority, signedBytes, signature }
  })
}

function kindOf(number: number): SshCertificate['kind'] {
  if (number === 1) return 'user'
  if (number === 2) return 'host'
  throw new SshError('malformed', 'the certificate is neither of a user nor of a host')
}

const listOf = (bytes: Buffer): string[] =>
  readWire(bytes, (reader) => {
    const items: string[] = []
    while (reader.remaining > 0) items.push(reader.text())
    return items
  })

/** Names in ascending order, each once; what an option says is a string inside of a string, or nothing. */
const optionsOf = (bytes: Buffer): Map<string, string> =>
  readWire(bytes, (reader) => {
    const options = new Map<string, string>()
    let last = ''
    while (reader.remaining > 0) {
      const name = reader.text()
      const content = reader.string()
      if (name <= last) throw new SshError('malformed', 'the options of the certificate are not in order')
      options.set(name, content.length === 0 ? '' : readWire(content, (inner) => inner.text()))
      last = name
    }
    return options
  })
