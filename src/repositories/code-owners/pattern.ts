/** How much comparing one question may cost, in characters looked at; shared by all patterns that it asks. */
export interface Budget {
  left: number
}

export class TooComplex extends Error {
  override readonly name = 'TooComplex'
}

export interface OwnerPattern {
  /** What stands between the slashes; `**` stands for any number of directories, also none. */
  segments: readonly Segment[]
  /** It begins at the root; else its one segment may stand at any depth. */
  isAnchored: boolean
  /** It ends in a slash: only what lies in such a directory. */
  isDirectory: boolean
  /** It ends in `/*`: the files right there, and nothing below. */
  isShallow: boolean
}

export type Segment = '**' | { literal: string } | { glob: readonly Part[] }
export type Part = { char: string } | 'any' | 'one'

const longest = 1000

/**
 * A line's pattern, by GitHub's rules for CODEOWNERS: those of gitignore, without negation and character ranges, and with
 * `docs/*` for the files of that directory alone. Compiled to segments, never to a regular expression. Returns the
 * sentence that says what is wrong with it where it cannot be read.
 */
export function compilePattern(text: string): OwnerPattern | string {
  if (text.length > longest) return 'is too long'
  if (text.startsWith('!')) return 'uses “!”: nothing can be excluded here'
  if (/(?<!\\)[[\]]/.test(text)) return 'uses “[ ]”: ranges of characters are not understood'
  if (text.startsWith('\\#')) return 'begins with “\\#”, which is not understood'
  const isDirectory = text.endsWith('/')
  const inner = text.replace(/^\//, '').replace(/\/$/, '')
  const names = inner.split('/')
  if (names.includes('')) return 'names nothing'
  if (names.includes('.') || names.includes('..')) return 'names “.” or “..”, which no path has'
  const segments = names.map(compileSegment)
  const isAnchored = names.length > 1 || text.startsWith('/')
  return { segments, isAnchored, isDirectory, isShallow: isAnchored && !isDirectory && names.at(-1) === '*' }
}

function compileSegment(name: string): Segment {
  if (name === '**') return '**'
  const parts: Part[] = []
  for (let at = 0; at < name.length; at++) {
    const char = name.charAt(at)
    if (char === '*') {
      if (parts.at(-1) !== 'any') parts.push('any')
    } else if (char === '?') parts.push('one')
    else if (char === '\\' && at + 1 < name.length) parts.push({ char: name.charAt(++at) })
    else parts.push({ char })
  }
  if (parts.some((part) => typeof part === 'string')) return { glob: parts }
  return { literal: parts.map((part) => (typeof part === 'string' ? '' : part.char)).join('') }
}

/** @throws TooComplex where the budget is used up */
export function matchesPattern(pattern: OwnerPattern, path: readonly string[], budget: Budget): boolean {
  const { segments, isAnchored, isDirectory, isShallow } = pattern
  const [first] = segments
  if (first === undefined) return false
  if (!isAnchored) {
    if (first === '**') return !isDirectory || path.length > 1
    return path.some((name, at) => (!isDirectory || at < path.length - 1) && matchesSegment(first, name, budget))
  }
  // Which numbers of leading directories the segments so far can stand for.
  let reached = new Set([0])
  for (const [index, segment] of segments.entries()) {
    const next = new Set<number>()
    const isLast = index === segments.length - 1
    for (const at of reached) {
      if (segment === '**') for (let to = isLast ? at + 1 : at; to <= path.length; to++) next.add(to)
      else if (at < path.length && matchesSegment(segment, path[at] ?? '', budget)) next.add(at + 1)
    }
    if (next.size === 0) return false
    reached = next
  }
  for (const at of reached) if (isShallow ? at === path.length : !isDirectory || at < path.length) return true
  return false
}

function matchesSegment(segment: Segment, name: string, budget: Budget): boolean {
  budget.left -= 1
  if (budget.left < 0) throw new TooComplex('the budget of comparing is used up')
  if (segment === '**') return true
  if ('literal' in segment) return segment.literal === name
  return matchesGlob(segment.glob, name, budget)
}

/** The classic two pointers: on a mismatch only the last `*` takes one more, so it costs at most length times length. */
function matchesGlob(parts: readonly Part[], name: string, budget: Budget): boolean {
  let [at, part, star, retry] = [0, 0, -1, 0]
  while (at < name.length) {
    budget.left -= 1
    if (budget.left < 0) throw new TooComplex('the budget of comparing is used up')
    const wanted = parts[part]
    if (wanted === 'any') {
      star = part++
      retry = at
    } else if (wanted === 'one') {
      at += (name.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
      part++
    } else if (wanted !== undefined && wanted.char === name.charAt(at)) {
      at++
      part++
    } else if (star >= 0) {
      at = ++retry
      part = star + 1
    } else return false
  }
  while (parts[part] === 'any') part++
  return part === parts.length
}
