import { randomBytes } from 'node:crypto'

/** Crockford's base 32, as identifiers are written: no character that is read as another. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const codeLength = 16
const pattern = new RegExp(`^[${alphabet}]{${codeLength}}$`)
const shortPattern = new RegExp(`^[${alphabet}]{6}$`)

/** 80 random bits: what the link of a seal request ends in. */
export const newCode = (): string => Array.from(randomBytes(codeLength), (byte) => alphabet[byte & 31]).join('')

/** As people read and type it: `K7QM-2F9X-…`. */
export const renderCode = (code: string): string => (code.match(/.{1,4}/g) ?? []).join('-').toUpperCase()

/** The first six characters of a code, as a terminal shows them to be typed; undefined for what is something else. */
export function parseShortCode(typed: string): string | undefined {
  const code = plain(typed)
  return shortPattern.test(code) ? code : undefined
}

/** What somebody typed, with or without its dashes and capitals; undefined for what is no code. */
export function parseCode(typed: string): string | undefined {
  const code = plain(typed)
  return pattern.test(code) ? code : undefined
}

const plain = (typed: string): string =>
  typed.toLowerCase().replaceAll(/[-\s]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
