import type { OwnerLine } from './parse.ts'
import { type Budget, matchesPattern, type OwnerPattern, type Part, type Segment } from './pattern.ts'

/** Comparing may look at this many characters for one change: about a tenth of a second. */
const budgetOfChange = 20_000_000

type Numbered = readonly [number: number, line: OwnerLine & { pattern: OwnerPattern }]

/**
 * Finds the last line that means a path. Lines are sorted by what can be looked up – the directories they begin with, a
 * plain name, an ending – so that thousands of files against thousands of lines stay cheap.
 */
export function indexOwners(lines: readonly OwnerLine[]): (path: string) => OwnerLine | undefined {
  const byPrefix = new Map<string, Numbered[]>()
  const byName = new Map<string, Numbered[]>()
  const byEnding = new Map<string, Numbered[]>()
  const others: Numbered[] = []
  // Later lines win: the last one is looked at first.
  for (const [number, line] of [...lines.entries()].toReversed()) {
    const { pattern } = line
    if (pattern === null) continue
    const one: Numbered = [number, { ...line, pattern }]
    const [first] = pattern.segments
    if (!pattern.isAnchored && typeof first === 'object') {
      const ending = 'literal' in first ? undefined : endingOf(first.glob)
      if ('literal' in first) put(byName, first.literal, one)
      else if (ending !== undefined) put(byEnding, ending, one)
      else others.push(one)
      continue
    }
    const prefix = pattern.isAnchored ? literalPrefix(pattern.segments) : ''
    if (prefix === '') others.push(one)
    else put(byPrefix, prefix, one)
  }
  const budget: Budget = { left: budgetOfChange }

  return (path) => {
    const names = path.split('/')
    let best: Numbered | undefined
    const look = (candidates: readonly Numbered[] | undefined): void => {
      for (const candidate of candidates ?? []) {
        if (best !== undefined && candidate[0] <= best[0]) return
        if (matchesPattern(candidate[1].pattern, names, budget)) best = candidate
      }
    }
    for (let depth = 1; depth <= names.length; depth++) look(byPrefix.get(names.slice(0, depth).join('/')))
    for (const name of new Set(names)) {
      look(byName.get(name))
      look(byEnding.get(name.slice(name.lastIndexOf('.') + 1)))
    }
    look(others)
    return best?.[1]
  }
}

function put(map: Map<string, Numbered[]>, key: string, one: Numbered): void {
  const there = map.get(key)
  if (there === undefined) map.set(key, [one])
  else there.push(one)
}

function literalPrefix(segments: readonly Segment[]): string {
  const names: string[] = []
  for (const segment of segments) {
    if (segment === '**' || !('literal' in segment)) break
    names.push(segment.literal)
  }
  return names.join('/')
}

/** Of `*.txt` the `txt`: what stands behind the last dot, where no wildcard stands behind that. */
function endingOf(parts: readonly Part[]): string | undefined {
  let ending = ''
  for (const part of parts.toReversed()) {
    if (typeof part === 'string') return undefined
    if (part.char === '.') return ending
    ending = part.char + ending
  }
  return undefined
}
