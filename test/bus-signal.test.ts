import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import pg from 'pg'
import { createBus } from '../src/bus/bus.ts'
import type { Database } from '../src/database/handles.ts'
import { openDatabase } from '../src/database/open.ts'
import { postgresDatabase } from './support/postgres.ts'

/** What comes to a listener, waited for. */
function inbox() {
  const come: string[] = []
  let tell = (): void => {}
  return {
    listener: (about: string): number => {
      come.push(about)
      tell()
      return 1
    },
    async has(about: string): Promise<void> {
      while (!come.includes(about)) await new Promise<void>((resolve) => (tell = resolve))
    },
  }
}

describe('one node tells another on PostgreSQL', { timeout: 280_000 }, () => {
  let url: string
  let one: Database
  let two: Database
  before(async () => {
    url = await postgresDatabase()
    one = await openDatabase(url)
    two = await openDatabase(url)
  })
  after(async () => {
    await one.close()
    await two.close()
  })

  const node = (database: Database) =>
    createBus({ database, now: Date.now, onDeaf: () => {}, onError: (error) => assert.fail(String(error)) })
  const end = (bus: ReturnType<typeof node>, about: string) =>
    one.write((tx) => bus.publish(tx, 'ended', about, Date.now()))

  test('at once, with no look of its own, and again when its connection was lost', async (context) => {
    // No node looks by itself: what arrives, arrives by the engine's word.
    context.mock.timers.enable({ apis: ['setInterval'] })
    const [from, to] = [node(one), node(two)]
    const { listener, has } = inbox()
    to.on('ended', listener)
    await from.start()
    await to.start()
    try {
      await end(from, 'first')
      await has('first')
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where query like 'listen%' and datname = current_database()`)
      await client.end()
      await end(from, 'second')
      await has('second')
      await end(from, 'third')
      await has('third')
    } finally {
      await from.close()
      await to.close()
    }
  })

  test('where the word is lost, as behind a pooler that shares connections, the look finds it', async (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] })
    const lost = { send: () => Promise.resolve(), listen: () => ({ close: () => Promise.resolve() }) }
    const [from, to] = [node({ ...one, signal: lost }), node({ ...two, signal: lost })]
    const { listener, has } = inbox()
    to.on('ended', listener)
    await from.start()
    await to.start()
    try {
      await end(from, 'alone')
      context.mock.timers.tick(1_000)
      await has('alone')
    } finally {
      await from.close()
      await to.close()
    }
  })

  test('a node that does not answer is named, with when it had cut everything by itself', async () => {
    const [from, to] = [node(one), node(two)]
    await from.start()
    await to.start()
    try {
      const frozenAt = Date.now() - 60_000
      const seq = await one.write(async (tx) => {
        await tx
          .insertInto('node')
          .values({ id: 'frozen', startedAt: frozenAt, seenAt: frozenAt, ackedSeq: 0, ackedAt: frozenAt })
          .execute()
        return from.publish(tx, 'ended', 'somebody', Date.now())
      })
      await from.nudge()
      await to.nudge()
      const nodes = await from.listNodes(seq, Date.now())
      assert.deepEqual(
        nodes.map(({ isSilent, cutsBy, confirmedAt }) => [isSilent, cutsBy, confirmedAt !== null]),
        [
          [true, frozenAt + 7_000, false],
          [false, null, true],
          [false, null, true],
        ],
      )
    } finally {
      await from.close()
      await to.close()
    }
  })
})
