import type { BlameChange, BlameCommit, BlameView } from '../../api/shapes.ts'

export interface BlameRow {
  /** The first of these lines, counted from 1, and how many they are. */
  from: number
  lines: number
  /** Null where it took too long to find out. */
  commit: BlameCommit | null
  change: BlameChange | null
}

/** Every line of the file, those among them that nobody is known to have written. */
export function blameRows({ ranges, commits, changes }: BlameView, lineCount: number): BlameRow[] {
  const commitOf = new Map(commits.map((commit) => [commit.oid, commit]))
  const changeOf = new Map(changes.map((change) => [change.oid, change]))
  const rows: BlameRow[] = []
  let next = 1
  const fillTo = (line: number): void => {
    if (line > next) rows.push({ from: next, lines: line - next, commit: null, change: null })
  }
  for (const { from, lines, oid } of ranges) {
    fillTo(from)
    const commit = commitOf.get(oid) ?? null
    rows.push({ from, lines, commit, change: changeOf.get(commit?.changeOid ?? '') ?? null })
    next = from + lines
  }
  fillTo(lineCount + 1)
  return rows
}
