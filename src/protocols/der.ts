// Reads DER (X.690) as far as certificates need it: definite lengths in shortest form, tags of any number.

export class DerError extends Error {
  override readonly name = 'DerError'
  readonly code = 'malformed'
}

export interface DerItem {
  /** 0 universal, 2 context-specific. */
  tagClass: number
  tag: number
  /** Shares the memory of the input. */
  contents: Buffer
}

export const BOOLEAN = 1
export const INTEGER = 2
export const OCTET_STRING = 4
export const OBJECT_IDENTIFIER = 6
export const ENUMERATED = 10
export const SEQUENCE = 16
export const SET = 17

/** The one item these bytes hold. Throws DerError, also for bytes that follow it. */
export function parseDer(bytes: Buffer): DerItem {
  const [item, ...rest] = readItems(bytes)
  if (item === undefined || rest.length > 0) throw new DerError('not exactly one item')
  return item
}

/** The items that these bytes, or the contents of a constructed item, are made of. */
export function readItems(bytes: Buffer): DerItem[] {
  const items: DerItem[] = []
  for (let offset = 0; offset < bytes.length;) {
    const read = readItem(bytes, offset)
    items.push(read.item)
    offset = read.end
  }
  return items
}

/** The items inside a universal item of this tag. */
export function contentsOf(item: DerItem | undefined, tag: number): DerItem[] {
  return readItems(bytesOf(item, tag))
}

export function bytesOf(item: DerItem | undefined, tag: number): Buffer {
  if (item === undefined || item.tagClass !== 0 || item.tag !== tag) throw new DerError(`not of the type ${tag}`)
  return item.contents
}

/** A small number, as INTEGER or ENUMERATED. */
export function numberOf(item: DerItem | undefined): number {
  const bytes = bytesOf(item, item?.tag === ENUMERATED ? ENUMERATED : INTEGER)
  if (bytes.length === 0 || bytes.length > 6) throw new DerError('not a small number')
  return bytes.readIntBE(0, bytes.length)
}

/** An object identifier in dotted form. */
export function oidOf(item: DerItem | undefined): string {
  const bytes = bytesOf(item, OBJECT_IDENTIFIER)
  const parts: number[] = []
  for (let offset = 0; offset < bytes.length;) {
    const read = readBase128(bytes, offset)
    parts.push(read.value)
    offset = read.end
  }
  const [first = 0, ...rest] = parts
  const root = Math.min(Math.floor(first / 40), 2)
  return [root, first - root * 40, ...rest].join('.')
}

function readItem(bytes: Buffer, start: number): { item: DerItem; end: number } {
  const initial = byteAt(bytes, start)
  const long = (initial & 0x1f) === 0x1f ? readBase128(bytes, start + 1) : undefined
  const { length, from } = readLength(bytes, long?.end ?? start + 1)
  const end = from + length
  if (end > bytes.length) throw new DerError('the item is cut off')
  const item = { tagClass: initial >> 6, tag: long?.value ?? initial & 0x1f, contents: bytes.subarray(from, end) }
  return { item, end }
}

function readLength(bytes: Buffer, offset: number): { length: number; from: number } {
  const first = byteAt(bytes, offset)
  if (first < 0x80) return { length: first, from: offset + 1 }
  const count = first & 0x7f
  if (count === 0 || count > 4 || offset + 1 + count > bytes.length) throw new DerError('a length that cannot be read')
  const length = bytes.readUIntBE(offset + 1, count)
  if (length < 0x80 || length < 256 ** (count - 1)) throw new DerError('a length is not in its shortest form')
  return { length, from: offset + 1 + count }
}

function readBase128(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0
  for (let offset = start; offset < start + 5; offset++) {
    const byte = byteAt(bytes, offset)
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) return { value, end: offset + 1 }
  }
  throw new DerError('a number is too large')
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new DerError('the item is cut off')
  return byte
}
