// protocols/sshsig owns OpenSSH's file signature format (PROTOCOL.sshsig), the WebAuthn form of it
// (PROTOCOL.u2f) and where git keeps it in a commit. It never asks who a key belongs to and does no I/O.

import { digest } from '../digest.ts'
import { WireError, WireReader, string, u32 } from '../ssh/wire.ts'

export type SshsigErrorCode =
  | 'malformed'
  | 'not-canonical'
  | 'namespace-mismatch'
  | 'hash-unsupported'
  | 'key-unsupported'
  | 'signature-unsupported'
  | 'client-data-mismatch'
  | 'cross-origin'
  | 'flags-invalid'
  | 'signature-invalid'
  | 'several-signatures'
  | 'foreign-signature'
  | 'commit-malformed'

export class SshsigError extends Error {
  override readonly name = 'SshsigError'
  readonly code: SshsigErrorCode

  constructor(code: SshsigErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

const MAGIC = Buffer.from('SSHSIG')
const VERSION = 1
const BEGIN = '-----BEGIN SSH SIGNATURE-----\n'
const END = '-----END SSH SIGNATURE-----\n'
const COLUMNS = 70
const MAX_ARMOR_CHARS = 64 * 1024
// That the text is base64 is checked by encoding it again: padding may stand alone on the last line.
const ARMOR = /^-----BEGIN SSH SIGNATURE-----\n((?:[A-Za-z0-9+/=]{1,76}\n)+)-----END SSH SIGNATURE-----\n?$/

/** The bytes that are signed for a message (PROTOCOL.sshsig §3), with SHA-512; for a tap they are the challenge. */
export const sshsigBlob = (namespace: string, message: Uint8Array): Buffer =>
  sshsigMessage({ namespace, hash: 'sha512' }, message)

/** The same with the digest that a signature names. */
export const sshsigMessage = ({ namespace, hash }: Pick<Sshsig, 'namespace' | 'hash'>, message: Uint8Array): Buffer =>
  Buffer.concat([MAGIC, string(namespace), string(''), string(hash), string(digest(hash, message))])

/** The armored file over a SHA-512 digest, in 70 columns as ssh-keygen writes it, with its last newline. */
export function armorSshsig(parts: { publicKey: Uint8Array; namespace: string; signature: Uint8Array }): string {
  return armorBlob(
    Buffer.concat([
      MAGIC,
      u32(VERSION),
      string(parts.publicKey),
      string(parts.namespace),
      string(''),
      string('sha512'),
      string(parts.signature),
    ]),
  )
}

function armorBlob(blob: Buffer): string {
  const base64 = blob.toString('base64')
  let lines = ''
  for (let at = 0; at < base64.length; at += COLUMNS) lines += `${base64.slice(at, at + COLUMNS)}\n`
  return BEGIN + lines + END
}

export interface Sshsig {
  publicKey: Buffer
  namespace: string
  hash: 'sha256' | 'sha512'
  signature: Buffer
}

/** Takes an armored signature apart without judging key or signature. Throws SshsigError. */
export function parseSshsig(armored: string): Sshsig {
  const base64 = armored.length <= MAX_ARMOR_CHARS ? ARMOR.exec(armored)?.[1]?.replaceAll('\n', '') : undefined
  if (base64 === undefined) throw new SshsigError('malformed', 'not an armored SSH signature')
  const blob = Buffer.from(base64, 'base64')
  if (blob.toString('base64') !== base64) throw new SshsigError('malformed', 'the armor is not exact base64')
  return asSshsigError(() => parseBlob(blob))
}

function parseBlob(blob: Buffer): Sshsig {
  const reader = new WireReader(blob)
  if (!reader.bytes(MAGIC.length).equals(MAGIC)) throw new SshsigError('malformed', 'no SSHSIG preamble')
  if (reader.u32() !== VERSION) throw new SshsigError('malformed', 'unknown SSHSIG version')
  const publicKey = reader.string()
  const namespace = reader.text()
  // PROTOCOL.sshsig lets readers ignore this field; bytes that nobody looks at have no place in a proof.
  if (reader.string().length > 0) throw new SshsigError('malformed', 'the reserved field is not empty')
  const hash = reader.text()
  if (hash !== 'sha512' && hash !== 'sha256') throw new SshsigError('hash-unsupported', 'hash is not SHA-2')
  const signature = reader.string()
  reader.done()
  if (namespace === '') throw new SshsigError('malformed', 'the namespace is empty')
  return { publicKey, namespace, hash, signature }
}

/** Runs a parse step and turns what the wire reader throws into this format's own error. */
export function asSshsigError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    if (error instanceof WireError) throw new SshsigError('malformed', error.message, { cause: error })
    throw error
  }
}
