import { type Kysely, sql } from 'kysely'
import pg from 'pg'
import type { Listening, Signal, Tx } from './handles.ts'
import type { Schema } from './schema.ts'

const channel = 'postern'
const againAfterMs = 1_000

/** LISTEN and NOTIFY on a connection of their own, which is made again whenever it is lost. */
export const createSignal = (url: string): Signal => ({
  async send(tx) {
    await sql`select pg_notify(${channel}, '')`.execute(kyselyOf(tx))
  },
  listen: (heard) => listen(url, heard),
})

/** Every handle is one of Kysely's, see `asHandle`. */
const kyselyOf = (tx: Tx<never>): Kysely<Schema> => tx as unknown as Kysely<Schema>

function listen(url: string, heard: () => void): Listening {
  let isClosed = false
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined

  async function connect(): Promise<void> {
    const own = new pg.Client({ connectionString: url, keepAlive: true })
    client = own
    // Without a listener a lost connection would end the process; `end` follows it.
    own.on('error', () => {})
    own.on('end', () => {
      if (!isClosed && client === own) timer = setTimeout(begin, againAfterMs).unref()
    })
    own.on('notification', heard)
    try {
      await own.connect()
      await own.query(`listen "${channel}"`)
      // What was said while nobody listened.
      heard()
    } catch {
      await own.end().catch(() => {})
    }
  }

  let connecting = Promise.resolve()
  const begin = (): void => void (connecting = connect())
  begin()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await connecting
      await client?.end().catch(() => {})
    },
  }
}
