import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { asHandle, type Database } from './handles.ts'
import { migrate } from './migrate.ts'
import { nameOfPrepared } from './prepared.ts'
import { createSignal } from './postgres-signal.ts'
import type { Schema } from './schema.ts'

const int8 = 20
const deadlockDetected = '40P01'
const mostTries = 4

/** The store for several nodes. Times and counters are 64-bit there and fit a JavaScript number. */
export async function openPostgres(url: string): Promise<Database> {
  const types = new pg.TypeOverrides()
  types.setTypeParser(int8, Number)
  const pool = new pg.Pool({ connectionString: url, max: 16, types })
  // A connection lost while idle is replaced at its next use; without a listener it would end the process.
  pool.on('error', () => {})
  pool.on('connect', keepPlans)
  const kysely = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) })
  await migrate(kysely, 'postgres')
  return {
    dialect: 'postgres',
    read: asHandle(kysely),
    volatile: asHandle(kysely),
    signal: createSignal(url),
    write: (work) => orAgain(() => kysely.transaction().execute((tx) => work(asHandle(tx)))),
    close: () => kysely.destroy(),
  }
}

type Query = (...given: unknown[]) => unknown

/** Planning a plain insert costs PostgreSQL more than running it: of what is prepared here it keeps the plan. */
function keepPlans(client: pg.PoolClient): void {
  const query = client.query.bind(client) as Query
  const named: Query = (text, values, ...rest) => {
    const name = typeof text === 'string' ? nameOfPrepared(text) : undefined
    return name === undefined ? query(text, values, ...rest) : query({ name, text, values }, ...rest)
  }
  client.query = named as typeof client.query
}

/** Of two transactions that wait for each other the engine undoes one, which then finds the other one done. */
async function orAgain<Result>(transaction: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries += 1)
    try {
      return await transaction()
    } catch (error) {
      const isVictim = error instanceof Error && 'code' in error && error.code === deadlockDetected
      if (!isVictim || tries === mostTries) throw error
    }
}
