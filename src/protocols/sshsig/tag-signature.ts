// As git's gpg-interface.c: of a line only what it begins with counts, and only a line feed ends one.
const BEGIN = /(?<![^\n])-----BEGIN (?:PGP SIGNATURE|PGP MESSAGE|SIGNED MESSAGE|SSH SIGNATURE)-----/g

/**
 * Splits an annotated tag into what was signed and the signature at its end, as git's parse_signature does; undefined if
 * unsigned. git takes the last such line for the beginning.
 */
export function splitTagSignature(tag: Buffer): { payload: Buffer; armored: string } | undefined {
  // Latin-1, so that places in the text are places in the bytes.
  const text = tag.toString('latin1')
  const last = [...text.matchAll(BEGIN)].at(-1)
  return last && { payload: tag.subarray(0, last.index), armored: text.slice(last.index) }
}
