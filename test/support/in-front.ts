import { sql } from 'kysely'
import type { Database, Tx } from '../../src/database/handles.ts'
import type { TableName } from '../../src/database/schema.ts'
import { until } from './git-remote.ts'

/**
 * A transaction that stays open in front of `meanwhile` until that is over, or waits for a lock of PostgreSQL; SQLite
 * lets one write at a time. Returns what becomes of it.
 */
export async function inFront<Result>(
  { database, write }: { database: Database; write: (tx: Tx<TableName>) => Promise<unknown> },
  meanwhile: () => Promise<Result>,
): Promise<PromiseSettledResult<Result>> {
  const [written, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const front = database.write(async (tx) => {
    await write(tx)
    written.resolve()
    await over.promise
  })
  await Promise.race([written.promise, front])
  let isOver = false
  const settled = Promise.allSettled([meanwhile()]).finally(() => (isOver = true))
  const waiting = sql<{
    pid: number
  }>`select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
  const isKept = async (): Promise<boolean> => (await waiting.execute(database.read as never)).rows.length > 0
  if (database.dialect === 'postgres') await until(async () => isOver || (await isKept()), Boolean)
  over.resolve()
  await front
  const [result] = await settled
  return result
}
