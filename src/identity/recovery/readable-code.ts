import { randomBytes } from 'node:crypto'

/** Crockford's base 32: no character that is read as another. */
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const pattern = new RegExp(`^[${alphabet}]+$`)

/** Five random bits for each character. */
export const newReadableCode = (characters: number): string =>
  Array.from(randomBytes(characters), (byte) => alphabet[byte & 31]).join('')

/** As people read, print and type it: `K7QM-2F9X-…`. */
export const renderReadableCode = (code: string): string => (code.match(/.{1,4}/g) ?? []).join('-').toUpperCase()

/** What somebody typed, however they group it, with O for 0 and I or L for 1; undefined for what is no such code. */
export function parseReadableCode(typed: string, characters: number): string | undefined {
  const code = typed.toLowerCase().replaceAll(/[-\s]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
  return code.length === characters && pattern.test(code) ? code : undefined
}
