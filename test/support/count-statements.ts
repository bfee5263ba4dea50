import { StatementSync } from 'node:sqlite'

interface Counted {
  statements: number
  /** Rows that came out of them. */
  rows: number
  /** What was run, each once. */
  texts: Set<string>
}

/** What SQLite does during `work`, by every server of this process; `onRun` hears of each statement in its turn. */
export async function countStatements(
  work: () => Promise<unknown>,
  onRun: (text: string) => void = () => {},
): Promise<Counted> {
  const counts: Counted = { statements: 0, rows: 0, texts: new Set() }
  const { all, run } = StatementSync.prototype
  StatementSync.prototype.all = function (this: StatementSync, ...parameters: Parameters<typeof all>) {
    const rows = all.apply(this, parameters)
    counts.statements += 1
    counts.rows += rows.length
    counts.texts.add(this.sourceSQL)
    onRun(this.sourceSQL)
    return rows
  } as typeof all
  StatementSync.prototype.run = function (this: StatementSync, ...parameters: Parameters<typeof run>) {
    counts.statements += 1
    counts.texts.add(this.sourceSQL)
    onRun(this.sourceSQL)
    return run.apply(this, parameters)
  } as typeof run
  try {
    await work()
  } finally {
    Object.assign(StatementSync.prototype, { all, run })
  }
  return counts
}

/** The tables that each committed transaction has written during `work`, those together that one has. */
export async function listTransactions(work: () => Promise<unknown>): Promise<string[][]> {
  const transactions: string[][] = []
  let written = new Set<string>()
  await countStatements(work, (text) => {
    const [, table] = /^(?:insert into|update|delete from) "(\w+)"/i.exec(text) ?? []
    if (table !== undefined) written.add(table)
    else if (/^begin\b/i.test(text)) written = new Set()
    else if (/^commit\b/i.test(text) && written.size > 0) transactions.push([...written].sort())
  })
  return transactions
}
