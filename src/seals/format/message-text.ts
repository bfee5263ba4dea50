// Text that people wrote, made safe to stand in a commit message that ends in trailers of ours.

export const MAX_SUBJECT_CHARS = 500
const MAX_BODY_CHARS = 100_000
const CUT = '\n\n(The rest of this message was too long and is left out.)'
/** A squash of a thousand commits would otherwise cost a second; what is this long is cut below anyway. */
const MAX_READ_CHARS = 2 * MAX_BODY_CHARS

/** One line for the subject; `fallback` where nothing is left of it. */
export function cleanSubject(text: string, fallback: string): string {
  const joined = withoutTrailers(cleanLines(text)).join(' ').replace(/\s+/g, ' ').trim()
  const line = cutAt(joined, MAX_SUBJECT_CHARS)
  return line === '' || looksLikeTrailer(line) ? fallback : line
}

/** Paragraphs for the body, possibly none. */
export function cleanBody(text: string): string {
  const body = withoutTrailers(cleanLines(text))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+/, '')
    .trimEnd()
  return body.length > MAX_BODY_CHARS ? cutAt(body, MAX_BODY_CHARS).trimEnd() + CUT : body
}

/**
 * Whether a reader, human or program, could take this line for one of our trailers: whatever the case, the spaces, the
 * invisible characters or the look-alike letters.
 */
export function looksLikeTrailer(line: string): boolean {
  return skeleton(line).startsWith('postern-')
}

function cleanLines(text: string): string[] {
  return text
    .slice(0, MAX_READ_CHARS)
    .toWellFormed()
    .replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .split('\n')
    .map((line) => line.trimEnd())
}

/** Lines without our trailers and without the lines that continue them. */
function withoutTrailers(lines: string[]): string[] {
  let dropping = false
  return lines.filter((line) => {
    dropping = looksLikeTrailer(line) || (dropping && /^\s/.test(line))
    return !dropping
  })
}

// Letters of other scripts that print like those of `postern`; NFKD has already folded styled and full-width forms.
const LOOKALIKES: Record<string, string> = {
  р: 'p',
  ρ: 'p',
  þ: 'p',
  ƿ: 'p',
  о: 'o',
  ο: 'o',
  օ: 'o',
  '0': 'o',
  ѕ: 's',
  ꜱ: 's',
  '5': 's',
  т: 't',
  τ: 't',
  ᴛ: 't',
  е: 'e',
  ε: 'e',
  ҽ: 'e',
  '3': 'e',
  г: 'r',
  ᴦ: 'r',
  ʀ: 'r',
  п: 'n',
  ո: 'n',
  η: 'n',
  ɴ: 'n',
  ᴘ: 'p',
  ᴏ: 'o',
  ᴇ: 'e',
  н: 'n',
}

function skeleton(line: string): string {
  // 40 characters would hold `postern-` several times over; invisible ones are gone before the count.
  const visible = line.normalize('NFKD').replace(/[\p{M}\p{Cf}\p{Z}\s\p{Cn}\u115f\u1160\u3164\uffa0]/gu, '')
  return Array.from(visible.slice(0, 40).toLowerCase(), (char) => LOOKALIKES[char] ?? char)
    .join('')
    .replace(/[\p{Pd}\u2212\u02d7\u2043\u30fc_]/gu, '-')
}

/** Never between the halves of a surrogate pair. */
function cutAt(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
