/**
 * Characters that change how source reads without being seen: bidirectional controls (CVE-2021-42574), zero-width and
 * filler characters, tags, variation selectors, control characters.
 */
const HIDDEN =
  // eslint-disable-next-line no-control-regex, no-misleading-character-class -- the very characters looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e01ef}]|\r(?!\n|$)/gu

/** An alternation on purpose: V8 14 misses astral characters in one class of two properties. */
const PICTOGRAPH = /(?:\p{Extended_Pictographic}|\p{Emoji_Modifier})$/u

export interface TextPart {
  text: string
  /** Set for a hidden character: what to show in its place, `U+202E`. */
  hidden?: string
}

export const codePointName = (character: string) =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** A joiner or the emoji selector right after a pictograph, or in a keycap, is how an emoji is written, not a disguise. */
function isPartOfEmoji(character: string, before: string, after: string): boolean {
  if (character === '\u200d') return PICTOGRAPH.test(before.replace('\ufe0f', ''))
  return character === '\ufe0f' && (PICTOGRAPH.test(before) || after.startsWith('\u20e3'))
}

/** Cuts a text into what is seen as it is and each character that would not be. */
export function splitHidden(text: string): TextPart[] {
  const parts: TextPart[] = []
  let from = 0
  for (const match of text.matchAll(HIDDEN)) {
    const after = match.index + match[0].length
    if (isPartOfEmoji(match[0], text.slice(Math.max(0, match.index - 3), match.index), text.slice(after, after + 1)))
      continue
    if (match.index > from) parts.push({ text: text.slice(from, match.index) })
    parts.push({ text: match[0], hidden: codePointName(match[0]) })
    from = after
  }
  if (from < text.length) parts.push({ text: text.slice(from) })
  return parts
}

export const hasHidden = (text: string) => splitHidden(text).some((part) => part.hidden !== undefined)

/** The same text with each hidden character written out as `⟦U+202E⟧`, where only plain text can be shown. */
export const revealHidden = (text: string) =>
  splitHidden(text)
    .map((part) => (part.hidden === undefined ? part.text : `⟦${part.hidden}⟧`))
    .join('')
