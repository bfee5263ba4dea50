import type { CborValue } from './cbor.ts'

/** Encodes a value in shortest form; map entries keep the order they are given in. */
export function encodeCbor(value: CborValue): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (typeof value === 'boolean') return Buffer.of(value ? 0xf5 : 0xf4)
  if (value === null) return Buffer.of(0xf6)
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(encodeCbor)])
  const entries = [...value].flatMap(([key, item]) => [encodeCbor(key), encodeCbor(item)])
  return Buffer.concat([head(5, value.size), ...entries])
}

function head(major: number, argument: number): Buffer {
  const type = major << 5
  if (argument < 24) return Buffer.of(type | argument)
  if (argument < 0x100) return Buffer.of(type | 24, argument)
  if (argument < 0x1_0000) return Buffer.of(type | 25, argument >> 8, argument & 0xff)
  if (argument >= 0x1_0000_0000) {
    const wide = Buffer.alloc(9, type | 27)
    wide.writeBigUInt64BE(BigInt(argument), 1)
    return wide
  }
  const bytes = Buffer.alloc(5, type | 26)
  bytes.writeUInt32BE(argument, 1)
  return bytes
}
