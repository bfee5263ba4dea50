import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../database/handles.ts'
import { openDatabase } from '../database/open.ts'
import { createBus } from './bus.ts'

test('a node that hears nothing any more cuts what is open there, and one that is only busy does not', async (context) => {
  const store = await openDatabase('sqlite::memory:')
  let isAway = false
  const read: Database['read'] = {
    selectFrom(table) {
      if (isAway) throw new Error('the database is away')
      return store.read.selectFrom(table)
    },
  }
  let cuts = 0
  const now = (): number => 0
  const database: Database = { ...store, dialect: 'postgres', read }
  context.mock.timers.enable({ apis: ['setInterval'] })
  const bus = createBus({ database, now, onDeaf: () => (cuts += 1), onError: () => {} })
  await bus.start()
  const look = async (times: number): Promise<void> => {
    for (let time = 0; time < times; time++) {
      context.mock.timers.tick(1_000)
      await bus.nudge()
    }
  }
  await look(20)
  assert.equal(cuts, 0)
  isAway = true
  await look(5)
  assert.equal(cuts, 0)
  await look(2)
  assert.equal(cuts, 2)
  isAway = false
  await look(3)
  assert.equal(cuts, 3, 'once more, before it has looked')
  await bus.close()
  await store.close()
})
