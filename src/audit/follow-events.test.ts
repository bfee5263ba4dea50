import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../database/open.ts'
import type { AuditEntry } from './entry.ts'
import { afterEvents, followEvents } from './follow-events.ts'
import { recordEvent } from './record.ts'

const event: AuditEntry = { action: 'group.created', actor: null, target: { kind: 'group', id: 'grp_x' }, at: 7 }

test('a follower is told of each event in its transaction, and can make it fail', async () => {
  const store = await openDatabase('sqlite::memory:')
  const told: string[] = []
  const followed = followEvents(store, async (tx, { action }) => {
    const events = await tx.selectFrom('auditEvent').select('id').execute()
    told.push(`${action} ${events.length}`)
    if (events.length === 3) throw new Error('no more')
  })
  await followed.write(async (tx) => {
    await recordEvent(tx, event)
    await recordEvent(tx, event)
  })
  await assert.rejects(
    followed.write((tx) => recordEvent(tx, event)),
    /no more/,
  )
  assert.deepEqual(told, ['group.created 1', 'group.created 2', 'group.created 3'])
  assert.equal((await store.read.selectFrom('auditEvent').select('id').execute()).length, 2)

  await store.write((tx) => recordEvent(tx, event))
  assert.equal(told.length, 3, 'the database itself has no follower')
  await store.close()
})

test('two followers of one database are both told, in order', async () => {
  const store = await openDatabase('sqlite::memory:')
  const told: string[] = []
  const follower = (name: string) => () => Promise.resolve(void told.push(name))
  const followed = followEvents(followEvents(store, follower('inner')), follower('outer'))
  await followed.write((tx) => recordEvent(tx, event))
  assert.deepEqual(told, ['inner', 'outer'])
  await store.close()
})

test('whoever wrote goes on when what follows from it is in force', async () => {
  const store = await openDatabase('sqlite::memory:')
  let inForce = 0
  const followed = afterEvents(store, async (events) => {
    await new Promise(setImmediate)
    inForce += events.length
  })
  await followed.write((tx) => recordEvent(tx, event))
  assert.equal(inForce, 1)
  await store.close()
})
