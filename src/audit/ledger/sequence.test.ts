import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../../database/open.ts'
import { recordEvent } from '../record.ts'
import { createLedger } from './ledger.ts'

test('what waited since before the ledger began is folded in with others let in between, and ends when the server does', async () => {
  const database = await openDatabase('sqlite::memory:')
  await database.write(async (tx) => {
    for (let n = 0; n < 1500; n += 1)
      await recordEvent(tx, { action: 'group.created', actor: null, target: { kind: 'group', id: 'g' }, at: n })
  })
  const secrets = { getOrCreate: async (_name: string, create: () => string | Promise<string>) => create() }
  const begin = () => createLedger({ database, secrets, origin: 'https://git.example.com', now: () => 0 })
  const stopped = begin()
  setImmediate(stopped.stop)
  await stopped.sequence()
  const { size } = await stopped.read()
  assert.ok(size > 0 && size < 1500, String(size))
  let turns = 0
  const counting = setInterval(() => (turns += 1), 1)
  const ledger = begin()
  await ledger.sequence()
  clearInterval(counting)
  assert.equal((await ledger.read()).size, 1500)
  assert.ok(turns > 3, `${turns} turns`)
  assert.equal((await ledger.readKey()).split('+')[0], 'git.example.com/ledger')
  await database.close()
})
