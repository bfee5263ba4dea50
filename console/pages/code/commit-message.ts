const trailer = /^[A-Za-z][A-Za-z0-9-]*: \S/

/** What a person wrote below the subject, and the lines for programs that git calls trailers, at its end. */
export function splitTrailers(body: string): { words: string; trailers: string } {
  const whole = body.trimEnd()
  const start = whole.lastIndexOf('\n\n') + 1
  const last = whole.slice(start).trim()
  return last.split('\n').every((line) => trailer.test(line) || line.startsWith(' '))
    ? { words: whole.slice(0, start).trim(), trailers: last }
    : { words: whole.trim(), trailers: '' }
}
