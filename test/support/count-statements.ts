import { StatementSync } from 'node:sqlite'

interface Counted {
  statements: number
  /** Rows that came out of them. */
  rows: number
  /** What was run, each once. */
  texts: Set<string>
}

/** What SQLite does during `work`, by every server of this process. */
export async function countStatements(work: () => Promise<unknown>): Promise<Counted> {
  const counts: Counted = { statements: 0, rows: 0, texts: new Set() }
  const { all, run } = StatementSync.prototype
  StatementSync.prototype.all = function (this: StatementSync, ...parameters: Parameters<typeof all>) {
    const rows = all.apply(this, parameters)
    counts.statements += 1
    counts.rows += rows.length
    counts.texts.add(this.sourceSQL)
    return rows
  } as typeof all
  StatementSync.prototype.run = function (this: StatementSync, ...parameters: Parameters<typeof run>) {
    counts.statements += 1
    counts.texts.add(this.sourceSQL)
    return run.apply(this, parameters)
  } as typeof run
  try {
    await work()
  } finally {
    Object.assign(StatementSync.prototype, { all, run })
  }
  return counts
}
