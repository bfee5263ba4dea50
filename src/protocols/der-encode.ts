// Writes DER (X.690, ASN.1): what certificates and attestations are made of.

export function der(tag: number | Buffer, ...contents: Buffer[]): Buffer {
  const body = Buffer.concat(contents)
  return Buffer.concat([typeof tag === 'number' ? Buffer.of(tag) : tag, lengthOf(body), body])
}

export const sequence = (...items: Buffer[]): Buffer => der(0x30, ...items)
export const setOf = (...items: Buffer[]): Buffer => der(0x31, ...items)
export const octets = (bytes: Buffer): Buffer => der(0x04, bytes)
export const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.of(0), bytes)
export const utf8 = (text: string): Buffer => der(0x0c, Buffer.from(text))
export const printable = (text: string): Buffer => der(0x13, Buffer.from(text))
export const yes: Buffer = der(0x01, Buffer.of(0xff))
export const enumerated = (value: number): Buffer => der(0x0a, Buffer.of(value))

export function integer(value: number | Buffer): Buffer {
  const bytes = typeof value === 'number' ? Buffer.of(value) : value
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

/** `[n] EXPLICIT`, also for numbers that need the long form. */
export function tagged(number: number, ...contents: Buffer[]): Buffer {
  return der(number < 31 ? 0xa0 | number : Buffer.of(0xbf, ...base128(number)), ...contents)
}

export function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(base128)))
}

export function utcTime(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return Number(text.slice(0, 4)) < 2050 ? der(0x17, Buffer.from(text.slice(2))) : der(0x18, Buffer.from(text))
}

function base128(value: number): number[] {
  const rest = [value & 0x7f]
  for (let left = Math.floor(value / 128); left > 0; left = Math.floor(left / 128)) rest.unshift((left & 0x7f) | 0x80)
  return rest
}

function lengthOf({ length }: Buffer): Buffer {
  if (length < 0x80) return Buffer.of(length)
  if (length < 0x100) return Buffer.of(0x81, length)
  if (length < 0x1_0000) return Buffer.of(0x82, length >> 8, length & 0xff)
  return Buffer.of(0x83, length >> 16, (length >> 8) & 0xff, length & 0xff)
}
