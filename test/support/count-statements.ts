import { StatementSync } from 'node:sqlite'

/** What SQLite does during `work`: statements run and rows read, by every server of this process. */
export async function countStatements(work: () => Promise<unknown>): Promise<{ statements: number; rows: number }> {
  const counts = { statements: 0, rows: 0 }
  const { all, run } = StatementSync.prototype
  StatementSync.prototype.all = function (this: StatementSync, ...parameters: Parameters<typeof all>) {
    const rows = all.apply(this, parameters)
    counts.statements += 1
    counts.rows += rows.length
    return rows
  } as typeof all
  StatementSync.prototype.run = function (this: StatementSync, ...parameters: Parameters<typeof run>) {
    counts.statements += 1
    return run.apply(this, parameters)
  } as typeof run
  try {
    await work()
  } finally {
    Object.assign(StatementSync.prototype, { all, run })
  }
  return counts
}
