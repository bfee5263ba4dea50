import { SshsigError } from './sshsig.ts'

// A P-256 signature never needs the long form of a length: two integers of at most 33 bytes each.
const MAX_INTEGER_BYTES = 33

/** Splits an ECDSA-Sig-Value (RFC 3279 §2.2.3) into r and s as they stand: positive and in shortest form. */
export function splitEcdsaDer(der: Buffer): { r: Buffer; s: Buffer } {
  if (der[0] !== 0x30 || der[1] !== der.length - 2) throw malformed()
  const r = integerAt(der, 2)
  const s = integerAt(der, 4 + r.length)
  if (r.length + s.length + 6 !== der.length) throw malformed()
  return { r, s }
}

/** The inverse: r and s are positive, in shortest form, with the zero byte before a set high bit. */
export function joinEcdsaDer(r: Buffer, s: Buffer): Buffer {
  if (r.length > MAX_INTEGER_BYTES || s.length > MAX_INTEGER_BYTES) throw malformed()
  return Buffer.concat([Buffer.of(0x30, r.length + s.length + 4, 2, r.length), r, Buffer.of(2, s.length), s])
}

function integerAt(der: Buffer, offset: number): Buffer {
  const length = der[offset + 1] ?? 0
  const value = der.subarray(offset + 2, offset + 2 + length)
  const first = value[0] ?? 0x80
  const padded = first === 0 && ((value[1] ?? 0) & 0x80) === 0
  if (der[offset] !== 2 || value.length !== length || length > MAX_INTEGER_BYTES || first & 0x80 || padded) {
    throw malformed()
  }
  return value
}

function malformed(): SshsigError {
  return new SshsigError('malformed', 'not a P-256 signature in DER')
}
