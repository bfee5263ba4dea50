import { isUtf8 } from 'node:buffer'
import canonicalize from 'canonicalize'
import { SealError, type SealErrorCode } from './seal-error.ts'

export type JsonObject = Record<string, unknown>

/** RFC 8785 bytes. Only values made of objects, arrays, text, whole numbers, booleans and null are handed in. */
export function renderCanonical(value: object): Buffer {
  const text = canonicalize(value)
  if (text === undefined) throw new TypeError('not a JSON value')
  return Buffer.from(text)
}

/** Reads untrusted JSON field by field; whatever is not exactly as expected throws SealError with one code. */
export class StrictJson {
  readonly #code: SealErrorCode

  constructor(code: SealErrorCode) {
    this.#code = code
  }

  fail(message: string, cause?: unknown): never {
    throw new SealError(this.#code, message, { cause })
  }

  /**
   * The object that these bytes hold. They must be RFC 8785 already: so a name cannot stand twice, and no two
   * spellings of one content exist. The bytes themselves stay what is hashed and signed.
   */
  parse(bytes: Uint8Array): JsonObject {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (!isUtf8(buffer)) this.fail('not UTF-8')
    const text = buffer.toString('utf8')
    let value: unknown
    let canonical: boolean
    try {
      value = JSON.parse(text)
      canonical = isCanonical(text, value)
    } catch (cause) {
      this.fail('not JSON', cause)
    }
    if (!canonical) this.fail('not canonical JSON')
    return this.#object(value, 'the document')
  }

  /** An object with exactly these fields; `optional` ones may be absent, anything else is refused. */
  fields(value: unknown, where: string, required: readonly string[], optional: readonly string[] = []): JsonObject {
    const object = this.#object(value, where)
    for (const name of required) if (!Object.hasOwn(object, name)) this.fail(`${where} lacks ${name}`)
    const names = Object.keys(object)
    // With all that is required and as many names as that, there is nothing else.
    if (names.length === required.length) return object
    for (const name of names) {
      if (!required.includes(name) && !optional.includes(name)) this.fail(`${where} has an unknown field`)
    }
    return object
  }

  text(value: unknown, where: string, pattern: RegExp): string {
    if (typeof value !== 'string' || !pattern.test(value)) this.fail(`${where} is not of its form`)
    return value
  }

  oneOf<T extends string | number>(value: unknown, where: string, allowed: readonly T[]): T {
    const found = allowed.find((item) => item === value)
    if (found === undefined) this.fail(`${where} is none of the allowed values`)
    return found
  }

  list<T>(value: unknown, where: string, length: { min: number; max: number }, read: (item: unknown) => T): T[] {
    if (!Array.isArray(value) || value.length < length.min || value.length > length.max) {
      this.fail(`${where} is not a list of its length`)
    }
    return value.map(read)
  }

  nullable<T>(value: unknown, read: (value: unknown) => T): T | null {
    return value === null ? null : read(value)
  }

  /** Free names with text values; names that an object inherits are refused. */
  textMap(value: unknown, where: string, name: RegExp, pattern: RegExp): Record<string, string> {
    const entries = Object.entries(this.#object(value, where)).map(([key, item]): [string, string] => {
      if (!name.test(key) || key in Object.prototype) this.fail(`${where} has a name that is not allowed`)
      return [key, this.text(item, `${where}.${key}`, pattern)]
    })
    return Object.fromEntries(entries)
  }

  /** Bytes in base64 or base64url, in the one spelling that encoding them gives. */
  bytes(value: unknown, where: string, encoding: 'base64' | 'base64url', max: number): Buffer {
    if (typeof value !== 'string' || value.length > Math.ceil(max / 3) * 4) this.fail(`${where} is not ${encoding}`)
    const bytes = Buffer.from(value, encoding)
    if (bytes.toString(encoding) !== value) this.fail(`${where} is not exact ${encoding}`)
    return bytes
  }

  #object(value: unknown, where: string): JsonObject {
    if (!isObject(value)) this.fail(`${where} is not an object`)
    return value
  }
}

/**
 * Whether a text is RFC 8785 already; `value` is what it parses to. The engine's own writer differs from RFC 8785 only in
 * the order of names and in escaping lone surrogates, which have no canonical form: where it gives back the same text
 * and neither is at play, the slow way would as well.
 */
export function isCanonical(text: string, value: unknown): boolean {
  const isPlain = JSON.stringify(value) === text && !text.includes('\\ud') && hasSortedNames(value)
  return isPlain || canonicalize(value) === text
}

/** In every object of the value, by UTF-16 code units. */
function hasSortedNames(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(hasSortedNames)
  const object = value as JsonObject
  let last: string | undefined
  for (const name of Object.keys(object)) {
    if (last !== undefined && last >= name) return false
    last = name
    const member = object[name]
    if (typeof member === 'object' && !hasSortedNames(member)) return false
  }
  return true
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
