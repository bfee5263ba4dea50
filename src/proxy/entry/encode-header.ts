/**
 * A value as a header carries it everywhere: printable ASCII stays as it is, everything else and `%` itself, and what
 * `also` names, is percent-encoded as UTF-8. Two different values never become the same.
 */
export function encodeHeader(value: string, also = ''): string {
  let text = ''
  for (const char of value.toWellFormed())
    text += /[\x20-\x24\x26-\x7e]/.test(char) && !also.includes(char) ? char : percent(char)
  // Blanks at the ends are no part of a field's value (RFC 9110 §5.5).
  return text.replace(/^ +| +$/g, (blanks) => '%20'.repeat(blanks.length))
}

const percent = (char: string): string =>
  [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
