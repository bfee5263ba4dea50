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

/** The paths that have every word: those whose file is called so before those that only lie there, then the shortest. */
export function rankPaths(paths: readonly string[], q: string, most: number): { items: string[]; total: number } {
  const words = wordsOf(q)
  const rated = paths.flatMap((path) => {
    const rank = rate(path, words)
    return rank === undefined ? [] : [{ path, rank }]
  })
  rated.sort((one, other) => one.rank - other.rank || one.path.length - other.path.length)
  return { items: rated.slice(0, most).map(({ path }) => path), total: rated.length }
}
