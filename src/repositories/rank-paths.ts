import { setImmediate } from 'node:timers/promises'

/** A path that has each of the words somewhere, with how well: the less, the better. */
function rate(path: string, words: readonly string[]): number | undefined {
  const lower = path.toLowerCase()
  const name = lower.slice(lower.lastIndexOf('/') + 1)
  let rank = 0
  for (const word of words) {
    if (!lower.includes(word)) return undefined
    if (name === word) continue
    else if (name.startsWith(word)) rank += 1
    else if (name.includes(word)) rank += 2
    else rank += 3
  }
  return rank
}

/** Large or small letters do not matter, nor the order of words; a word may hold a slash. */
export const wordsOf = (q: string): string[] => [...new Set(q.toLowerCase().split(/\s+/).filter(Boolean))]

interface Rated {
  path: string
  rank: number
}

/** Some ten milliseconds of work; others come in between. */
const atOnce = 5_000

/** The paths that have every word: those whose file is called so before those that only lie there, then the shortest. */
export async function rankPaths(
  paths: readonly string[],
  q: string,
  most: number,
): Promise<{ items: string[]; total: number }> {
  const words = wordsOf(q)
  const best: Rated[] = []
  let total = 0
  for (let from = 0; from < paths.length; from += atOnce) {
    if (from > 0) await setImmediate()
    for (const path of paths.slice(from, from + atOnce)) {
      const rank = rate(path, words)
      if (rank === undefined) continue
      total++
      insert(best, { path, rank }, most)
    }
  }
  return { items: best.map(({ path }) => path), total }
}

const compare = (one: Rated, other: Rated): number => one.rank - other.rank || one.path.length - other.path.length

/** Behind those that are as good. */
function insert(best: Rated[], rated: Rated, most: number): void {
  const last = best.at(-1)
  if (best.length === most && last !== undefined && compare(rated, last) >= 0) return
  const place = best.findIndex((other) => compare(rated, other) < 0)
  best.splice(place === -1 ? best.length : place, 0, rated)
  if (best.length > most) best.pop()
}
