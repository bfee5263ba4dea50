/** A longer text is what no pattern says: names of owners, projects and branches are shorter everywhere. */
export const mostCharacters = 500
/** Of one pattern; no honest one needs more. */
export const mostWildcards = 5

/**
 * Whether a text is what a pattern says: `*` stands for any characters but `/` and `:`, which part names of owners,
 * projects and branches from each other, `**` for any at all. No regular expression is made of what people write. Each
 * wildcard costs a walk along the text, so there are few of them, and the text is short: a pattern of more says nothing.
 */
export function matchesPattern(pattern: string, text: string): boolean {
  if (text.length > mostCharacters || countWildcards(pattern) > mostWildcards) return false
  let ends = new Set([0])
  for (const part of pattern.split(/(\*+)/)) {
    const next = new Set<number>()
    if (part.startsWith('*')) spread(ends, text, part.length > 1, next)
    else for (const at of ends) if (text.startsWith(part, at)) next.add(at + part.length)
    ends = next
  }
  return ends.has(text.length)
}

/** Every place to which a wildcard reaches from one of these. */
function spread(from: ReadonlySet<number>, text: string, isAny: boolean, to: Set<number>): void {
  let isReached = false
  for (let at = 0; at <= text.length; at += 1) {
    const before = text[at - 1]
    if (!isAny && (before === '/' || before === ':')) isReached = false
    isReached ||= from.has(at)
    if (isReached) to.add(at)
  }
}

export const countWildcards = (pattern: string): number => pattern.match(/\*+/g)?.length ?? 0

export const isExact = (pattern: string): boolean => !pattern.includes('*')
