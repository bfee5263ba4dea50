import { fingerprint } from '../sshsig/fingerprint.ts'
import { importKey, isSshKeyType, type KeyFields, readKeyFields, type SshKeyType } from './key-fields.ts'
import { readWire } from './read-wire.ts'
import { SshError } from './ssh-error.ts'

export interface SshPublicKey {
  type: SshKeyType
  /** In wire form, RFC 4253 §6.6. */
  blob: Buffer
  /** `SHA256:…`, as `ssh-keygen -l` prints it. */
  fingerprint: string
  /** What follows the key on its line; empty where nothing does, and for a blob. */
  comment: string
  bits: number
  /** Of a security key: `ssh:…`, or the RP ID of a passkey. Null for a key that lies in a file. */
  application: string | null
}

const MAX_LINE_CHARS = 16 * 1024

/**
 * A public key from the one line of a `.pub` file, or from its bytes in wire form. Throws SshError for what is no key,
 * for the private one, for types and sizes that are not taken, and for anything that could be spelled in another way.
 */
export function parseSshPublicKey(input: string | Uint8Array): SshPublicKey {
  return typeof input === 'string' ? parseLine(input) : parseBlob(input, '')
}

/** The line of a `.pub` file, without a comment and without a newline. */
export const sshPublicKeyLine = ({ type, blob }: { type: string; blob: Buffer }): string =>
  `${type} ${blob.toString('base64')}`

/** The fields of a key in wire form, which no caller has to trust. Throws SshError. */
export const readPublicKey = (blob: Uint8Array): KeyFields =>
  readWire(blob, (reader) => {
    const type = reader.text()
    if (!isSshKeyType(type)) throw unsupported(type)
    return readKeyFields(type, reader)
  })

function parseBlob(bytes: Uint8Array, comment: string): SshPublicKey {
  const fields = readPublicKey(bytes)
  const { type, blob, bits, application } = fields
  importKey(fields)
  return { type, blob, fingerprint: fingerprint(blob), comment, bits, application }
}

function parseLine(text: string): SshPublicKey {
  const line = text.trim()
  if (/PRIVATE KEY/.test(line))
    throw new SshError(
      'private-key',
      'this is the private key, which nobody else may have: the line in the .pub file is meant',
    )
  if (line.length > MAX_LINE_CHARS || /[\r\n]/.test(line))
    throw new SshError('malformed', 'a public key is one line, as in a .pub file')
  const [, type = '', base64 = '', comment = ''] = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/.exec(line) ?? []
  if (!isSshKeyType(type)) throw unsupported(type)
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) throw new SshError('malformed', 'the key is cut off, or not exact base64')
  const key = parseBlob(bytes, comment.trim())
  if (key.type !== type) throw new SshError('malformed', `the line says ${type}, and the key says ${key.type}`)
  return key
}

function unsupported(type: string): SshError {
  if (type.includes('-cert-v01@openssh.com'))
    return new SshError('key-unsupported', 'this is a certificate: the public key that it is about is meant')
  if (type === 'ssh-dss') return new SshError('key-weak', 'DSA keys are too weak to be taken')
  if (/^[a-z0-9@.-]{1,60}$/.test(type)) return new SshError('key-unsupported', `keys of the type ${type} are not taken`)
  return new SshError('malformed', 'this is not a public key as it stands in a .pub file')
}
