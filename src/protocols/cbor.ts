// Reads the part of CBOR that CTAP2 allows (RFC 8949, CTAP 2.1 §8): definite and shortest lengths, no tags, no floats,
// keys that are integers or text. The order of keys is not enforced: authenticators in the field get it wrong.

import { isUtf8 } from 'node:buffer'

export type CborKey = number | string
export type CborValue = number | string | boolean | null | Buffer | CborValue[] | Map<CborKey, CborValue>

export class CborError extends Error {
  override readonly name = 'CborError'
  readonly code = 'malformed'
}

// Deep enough for an attestation object of statements with certificate lists; CTAP2 itself allows four.
const MAX_DEPTH = 8

/** The one item these bytes hold. Throws CborError, also for bytes that follow it. */
export function parseCbor(bytes: Buffer): CborValue {
  const { value, end } = readCbor(bytes, 0)
  if (end !== bytes.length) throw new CborError('bytes follow the item')
  return value
}

/** The item that starts at an offset, and where it ends. Byte strings share the memory of the input. */
export function readCbor(bytes: Buffer, offset: number): { value: CborValue; end: number } {
  const cursor = { bytes, offset }
  const value = readItem(cursor, MAX_DEPTH)
  return { value, end: cursor.offset }
}

interface Cursor {
  readonly bytes: Buffer
  offset: number
}

function readItem(cursor: Cursor, depth: number): CborValue {
  if (depth === 0) throw new CborError('nested too deeply')
  const initial = take(cursor, 1).readUInt8(0)
  const major = initial >> 5
  const additional = initial & 0x1f
  if (major === 7) return readSimple(additional)
  const argument = readArgument(cursor, additional)
  switch (major) {
    case 0:
      return argument
    case 1:
      return -1 - argument
    case 2:
      return take(cursor, argument)
    case 3:
      return readText(cursor, argument)
    case 4:
      return readArray(cursor, argument, depth)
    case 5:
      return readMap(cursor, argument, depth)
    default:
      throw new CborError('tags are not allowed')
  }
}

function readArgument(cursor: Cursor, additional: number): number {
  if (additional < 24) return additional
  const [value, least] = readWideArgument(cursor, additional)
  if (value < least) throw new CborError('a length or number is not in its shortest form')
  return value
}

function readWideArgument(cursor: Cursor, additional: number): [value: number, least: number] {
  switch (additional) {
    case 24:
      return [take(cursor, 1).readUInt8(0), 24]
    case 25:
      return [take(cursor, 2).readUInt16BE(0), 0x100]
    case 26:
      return [take(cursor, 4).readUInt32BE(0), 0x1_0000]
    case 27: {
      const wide = take(cursor, 8).readBigUInt64BE(0)
      if (wide > BigInt(Number.MAX_SAFE_INTEGER)) throw new CborError('the number is too large')
      return [Number(wide), 0x1_0000_0000]
    }
    default:
      throw new CborError('indefinite lengths are not allowed')
  }
}

function readSimple(additional: number): boolean | null {
  if (additional === 20) return false
  if (additional === 21) return true
  if (additional === 22) return null
  throw new CborError('floats and other simple values are not allowed')
}

function readText(cursor: Cursor, length: number): string {
  const bytes = take(cursor, length)
  if (!isUtf8(bytes)) throw new CborError('text is not UTF-8')
  return bytes.toString('utf8')
}

function readArray(cursor: Cursor, length: number, depth: number): CborValue[] {
  const items: CborValue[] = []
  for (let i = 0; i < length; i++) items.push(readItem(cursor, depth - 1))
  return items
}

function readMap(cursor: Cursor, length: number, depth: number): Map<CborKey, CborValue> {
  const entries = new Map<CborKey, CborValue>()
  for (let i = 0; i < length; i++) {
    const key = readItem(cursor, depth - 1)
    if (typeof key !== 'number' && typeof key !== 'string') throw new CborError('a key is not a number or text')
    if (entries.has(key)) throw new CborError('a key stands twice')
    entries.set(key, readItem(cursor, depth - 1))
  }
  return entries
}

function take(cursor: Cursor, length: number): Buffer {
  const end = cursor.offset + length
  if (end > cursor.bytes.length) throw new CborError('the item is cut off')
  const slice = cursor.bytes.subarray(cursor.offset, end)
  cursor.offset = end
  return slice
}
