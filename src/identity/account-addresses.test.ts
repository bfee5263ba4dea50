import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Kysely, sql } from 'kysely'
import { hasEnded, listHolders, recordAddress } from './account-addresses.ts'
import { createUser } from './users.ts'
import { openDatabase } from '../database/open.ts'
import { accountAddresses } from '../database/migrations/0029-account-addresses.ts'

test('accounts of before have their addresses kept as they were come by, and guests get an end', async () => {
  const database = await openDatabase('sqlite::memory:')
  const raw = database.read as unknown as Kysely<unknown>
  const make = (username: string, more: object = {}) =>
    database.write((tx) =>
      createUser(tx, {
        username,
        displayName: username,
        email: `${username}@Bücher.example`,
        role: 'member',
        createdBy: null,
        at: 5,
        ...more,
      }),
    )
  const { id: owner } = await make('owner')
  await make('invited', { createdBy: owner })
  await make('brought', { managedBy: 'dir_1' })
  await make('guest', { role: 'guest', createdBy: owner })
  await make('dated', { role: 'guest', createdBy: owner, endsAt: 7 })
  await sql`drop table "accountAddress"`.execute(raw)
  await accountAddresses('sqlite').up(raw)

  for (const [name, isProven] of Object.entries({ owner: false, invited: true, brought: true })) {
    const [holder] = await listHolders(database.read, `${name.toUpperCase()}@xn--bcher-kva.example`)
    assert.deepEqual([holder?.user.username, holder?.isCurrent, holder?.isProven], [name, true, isProven])
  }
  const users = await database.read.selectFrom('user').select(['username', 'endsAt', 'sponsorId']).execute()
  const of = (name: string) => users.find(({ username }) => username === name)
  assert.equal(of('invited')?.endsAt, null)
  assert.equal(of('dated')?.endsAt, 7)
  assert.equal(of('guest')?.sponsorId, owner)
  const days = ((of('guest')?.endsAt ?? 0) - Date.now()) / 86_400_000
  assert.ok(days > 89.9 && days <= 90, String(days))
  await database.close()
})

test('an address stays proven when its person writes it away and back, or in capitals', async () => {
  const database = await openDatabase('sqlite::memory:')
  const { id } = await database.write((tx) =>
    createUser(tx, {
      username: 'ana',
      displayName: 'Ana',
      email: 'ana@mail.example',
      role: 'member',
      createdBy: 'usr_1',
      at: 1,
    }),
  )
  for (const email of ['ANA@mail.example', 'other@mail.example', 'ana@mail.example', 'other@mail.example'])
    await database.write(async (tx) => {
      await tx.updateTable('user').set({ email, state: 'ended' }).where('id', '=', id).execute()
      await recordAddress(tx, { id, email }, { provenAt: null, at: 2 })
    })
  const ended = async (email: string) => (await listHolders(database.read, email)).map(hasEnded)
  assert.deepEqual(await ended('ana@mail.example'), [true])
  assert.deepEqual(await ended('other@mail.example'), [false])
  await database.close()
})

test('the address of whoever sets the instance up is theirs', async () => {
  const database = await openDatabase('sqlite::memory:')
  const email = 'ana@mail.example'
  await database.write((tx) =>
    createUser(tx, { username: 'ana', displayName: 'Ana', email, role: 'owner', createdBy: null, at: 1 }),
  )
  assert.deepEqual(
    (await listHolders(database.read, email)).map(({ isProven }) => isProven),
    [true],
  )
  await database.close()
})
