// protocols/ssh owns the data types of RFC 4251 §5, keys, signatures and certificates of SSH. It never opens a
// connection, and never asks whose a key is.

import { isUtf8 } from 'node:buffer'

export type WireErrorCode = 'truncated' | 'trailing-bytes' | 'not-canonical'

export class WireError extends Error {
  override readonly name = 'WireError'
  readonly code: WireErrorCode

  constructor(code: WireErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/** uint32, big-endian. */
export function u32(n: number): Buffer {
  const bytes = Buffer.allocUnsafe(4)
  bytes.writeUInt32BE(n)
  return bytes
}

/** uint64, big-endian. */
export function u64(n: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(8)
  bytes.writeBigUInt64BE(n)
  return bytes
}

/** string: uint32 length, then the bytes; text is UTF-8. */
export function string(content: Uint8Array | string): Buffer {
  const length = typeof content === 'string' ? Buffer.byteLength(content) : content.length
  const bytes = Buffer.allocUnsafe(4 + length)
  bytes.writeUInt32BE(length)
  if (typeof content === 'string') bytes.write(content, 4)
  else bytes.set(content, 4)
  return bytes
}

/** mpint of an unsigned big-endian integer: shortest form, a zero byte before a set high bit, zero is empty. */
export function mpint(unsigned: Uint8Array): Buffer {
  let start = 0
  while (start < unsigned.length && unsigned[start] === 0) start++
  const shortest = unsigned.subarray(start)
  const negative = ((shortest[0] ?? 0) & 0x80) !== 0
  return string(negative ? Buffer.concat([Buffer.of(0), shortest]) : shortest)
}

/** Reads SSH data types off the front of a buffer; returned buffers share its memory. Throws WireError. */
export class WireReader {
  readonly #bytes: Buffer
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  bytes(length: number): Buffer {
    const end = this.#offset + length
    if (end > this.#bytes.length) throw new WireError('truncated', `${length} bytes announced, fewer are left`)
    const slice = this.#bytes.subarray(this.#offset, end)
    this.#offset = end
    return slice
  }

  u8(): number {
    return this.bytes(1).readUInt8(0)
  }

  u32(): number {
    return this.bytes(4).readUInt32BE(0)
  }

  u64(): bigint {
    return this.bytes(8).readBigUInt64BE(0)
  }

  string(): Buffer {
    return this.bytes(this.u32())
  }

  /** A string that must be valid UTF-8. */
  text(): string {
    const bytes = this.string()
    if (!isUtf8(bytes)) throw new WireError('not-canonical', 'text is not UTF-8')
    return bytes.toString('utf8')
  }

  /** The content of a positive mpint in its one shortest form: no second encoding of the same number passes. */
  mpint(): Buffer {
    const bytes = this.string()
    const first = bytes[0]
    if (first === undefined || first & 0x80) throw new WireError('not-canonical', 'mpint is not positive')
    if (first === 0 && ((bytes[1] ?? 0) & 0x80) === 0) throw new WireError('not-canonical', 'mpint is not shortest')
    return bytes
  }

  /** How many bytes are left. */
  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  /** All that is left. */
  rest(): Buffer {
    return this.bytes(this.remaining)
  }

  done(): void {
    if (this.#offset !== this.#bytes.length) throw new WireError('trailing-bytes', 'bytes follow the last field')
  }
}
