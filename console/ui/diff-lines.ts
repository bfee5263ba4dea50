/** Which side of a change: what was there, or what would be. */
export type DiffSide = 'base' | 'head'

/** One line, or several that follow each other, of one side. */
export interface DiffRange {
  side: DiffSide
  startLine: number
  line: number
}

/** The lines that a patch shows, by number. */
export type PatchLines = Record<DiffSide, ReadonlyMap<number, string>>

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/

/** Reads one file's unified diff. Nothing for a change without lines. */
export function patchLines(patch: string | null): PatchLines {
  const base = new Map<number, string>()
  const head = new Map<number, string>()
  let [before, after, isInHunk] = [0, 0, false]
  for (const line of (patch ?? '').split('\n')) {
    const hunk = HUNK.exec(line)
    if (hunk) [before, after, isInHunk] = [Number(hunk[1]), Number(hunk[2]), true]
    else if (isInHunk) {
      const [mark, text] = [line.charAt(0), line.slice(1)]
      if (mark === '-' || mark === ' ') base.set(before++, text)
      if (mark === '+' || mark === ' ') head.set(after++, text)
    }
  }
  return { base, head }
}

/** The text of a range; null where the patch does not show all of it. */
export function rangeText(lines: PatchLines, { side, startLine, line }: DiffRange): string[] | null {
  const found: string[] = []
  for (let number = startLine; number <= line; number++) {
    const text = lines[side].get(number)
    if (text === undefined) return null
    found.push(text)
  }
  return found
}

/** "Line 4", "Lines 4–9", and of which side where that is not the new one. */
export const rangeWords = ({ side, startLine, line }: DiffRange): string =>
  `${startLine < line ? `Lines ${startLine}–${line}` : `Line ${line}`}${side === 'base' ? ' as before' : ''}`
