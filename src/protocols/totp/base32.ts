const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 §6, without padding, as authenticator apps show it. */
export function toBase32(bytes: Buffer): string {
  let text = ''
  let bits = 0
  let value = 0
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff
    bits += 8
    while (bits >= 5) {
      text += alphabet[(value >> (bits - 5)) & 31]
      bits -= 5
    }
  }
  return bits === 0 ? text : text + alphabet[(value << (5 - bits)) & 31]
}

/** @throws TypeError where a letter is none of the alphabet */
export function fromBase32(text: string): Buffer {
  const bytes: number[] = []
  let bits = 0
  let value = 0
  for (const letter of text) {
    const five = alphabet.indexOf(letter)
    if (five < 0) throw new TypeError('this is not base32')
    value = ((value << 5) | five) & 0xfff
    bits += 5
    if (bits >= 8) {
      bytes.push((value >> (bits - 8)) & 255)
      bits -= 8
    }
  }
  return Buffer.from(bytes)
}
