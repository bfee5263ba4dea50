/** A place where two versions of a file differ, lines counted from 1 as git does: with a count of 0, the line before. */
export interface Hunk {
  oldStart: number
  oldCount: number
  newStart: number
  newCount: number
}

export interface LineRange {
  start: number
  end: number
}

/**
 * Where these lines of the old version stand in the new one; undefined where one of them was changed or taken away, or
 * something was put between them. `hunks` in order.
 */
export function mapLines(hunks: readonly Hunk[], { start, end }: LineRange): LineRange | undefined {
  let shift = 0
  for (const { oldStart, oldCount, newCount } of hunks) {
    const first = oldCount === 0 ? oldStart + 1 : oldStart
    if (first > end) break
    if (first + oldCount > start) return undefined
    shift += newCount - oldCount
  }
  return { start: start + shift, end: end + shift }
}

const blobs = /^index ([0-9a-f]{40})\.\.([0-9a-f]{40})/
const header = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/

/**
 * The hunks in the output of `git diff -U0 --full-index`, by `<old blob> <new blob>`; null for what is not compared line
 * by line. Lines of files begin with `+`, `-` or `\`, so none of them can look like a header.
 */
export function parseHunks(patch: string): Map<string, Hunk[] | null> {
  const found = new Map<string, Hunk[] | null>()
  let current = ''
  for (let at = 0; at < patch.length;) {
    const newline = patch.indexOf('\n', at)
    const end = newline === -1 ? patch.length : newline
    const letter = patch[at]
    if (letter === 'i' || letter === '@') {
      const line = patch.slice(at, Math.min(end, at + 200))
      const [, oldBlob, newBlob] = blobs.exec(line) ?? []
      if (oldBlob !== undefined) {
        current = `${oldBlob} ${newBlob}`
        found.set(current, null)
      }
      const [whole, oldStart, oldCount = '1', newStart, newCount = '1'] = header.exec(line) ?? []
      if (whole !== undefined) {
        const hunks = found.get(current) ?? []
        hunks.push({
          oldStart: Number(oldStart),
          oldCount: Number(oldCount),
          newStart: Number(newStart),
          newCount: Number(newCount),
        })
        found.set(current, hunks)
      }
    }
    at = end + 1
  }
  return found
}
