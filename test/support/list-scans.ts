import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite'
import pg from 'pg'

interface Asked {
  text: string
  values: readonly unknown[]
}

/** What is asked of SQLite during `work`, with its values: some indexes are chosen by them. */
async function watchSqlite(work: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = []
  const { all, run } = StatementSync.prototype
  StatementSync.prototype.all = function (this: StatementSync, ...values: Parameters<typeof all>) {
    asked.push({ text: this.sourceSQL, values })
    return all.apply(this, values)
  } as typeof all
  StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
    asked.push({ text: this.sourceSQL, values })
    return run.apply(this, values)
  } as typeof run
  try {
    await work()
  } finally {
    Object.assign(StatementSync.prototype, { all, run })
  }
  return asked
}

type Query = (this: pg.Client, ...given: unknown[]) => unknown

async function watchPostgres(work: () => Promise<unknown>): Promise<Asked[]> {
  const asked: Asked[] = []
  const prototype = pg.Client.prototype as unknown as { query: Query }
  const { query } = prototype
  prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first, second] = given as [string | { text: string; values?: unknown[] }, unknown]
    const text = typeof first === 'string' ? first : first.text
    asked.push({ text, values: (typeof first === 'string' ? (second as unknown[]) : first.values) ?? [] })
    return query.apply(this, given)
  }
  try {
    await work()
  } finally {
    prototype.query = query
  }
  return asked
}

const isAQuestion = ({ text }: Asked): boolean => /^(select|update|delete|insert into "\w+" .*select)/i.test(text)

/**
 * The tables that the store reads from end to end for what `work` asks, however few rows there are: `url` is where it
 * lies. On PostgreSQL only what it could not avoid is told.
 */
export async function listScans(url: string, work: () => Promise<unknown>): Promise<string[]> {
  if (url.startsWith('sqlite:')) {
    const asked = await watchSqlite(work)
    using database = new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true })
    return namesIn(
      asked.filter(isAQuestion).map(({ text, values }) => ({
        text,
        plan: (
          database.prepare(`explain query plan ${text}`).all(...(values as SQLInputValue[])) as { detail: string }[]
        ).map(({ detail }) => detail),
      })),
      /^SCAN (\w+)(?! USING)/,
    )
  }
  const asked = await watchPostgres(work)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const plans: Planned[] = []
  try {
    await client.query('set enable_seqscan = off')
    for (const { text, values } of asked.filter(isAQuestion)) {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values])
      plans.push({ text, plan: rows.map((row) => row['QUERY PLAN']) })
    }
  } finally {
    await client.end()
  }
  return namesIn(plans, /Seq Scan on "?(\w+)"?/)
}

interface Planned {
  text: string
  plan: string[]
}

/** By the names of tables, where a statement calls one otherwise. */
function namesIn(plans: readonly Planned[], pattern: RegExp): string[] {
  const found = plans.flatMap(({ text, plan }) => {
    const aliases = new Map([...text.matchAll(/"(\w+)" as "(\w+)"/g)].map(([, table, alias]) => [alias, table]))
    return plan.flatMap((line) => {
      const name = pattern.exec(line)?.[1]
      return name === undefined ? [] : [aliases.get(name) ?? name]
    })
  })
  return [...new Set(found)].sort()
}
