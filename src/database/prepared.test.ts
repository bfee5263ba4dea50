import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Db, Tx } from './handles.ts'
import { openDatabase } from './open.ts'
import { prepared } from './prepared.ts'
import type { UserGroupTable } from './schema.ts'

let built = 0
const insertGroup = prepared((tx: Tx<'userGroup'>, row: UserGroupTable) => {
  built += 1
  return tx.insertInto('userGroup').values(row)
})
const findGroup = prepared((db: Db<'userGroup'>, wanted: { name: string; isDemo: 0 | 1 }) =>
  db
    .selectFrom('userGroup')
    .select('id')
    .where('name', '=', wanted.name)
    .where('isDemo', '=', wanted.isDemo)
    .where('createdAt', '>', 4),
)
const group = (name: string): UserGroupTable => ({
  id: `grp_${name}`,
  name,
  description: '',
  isDemo: 0,
  createdAt: 5,
  managedBy: null,
  organisationRole: null,
})

test('a prepared query is built once for each open database, and runs with the values of each call', async () => {
  for (let opened = 1; opened <= 2; opened += 1) {
    const database = await openDatabase('sqlite::memory:')
    await database.write(async (tx) => {
      for (const name of ['a', 'b', 'c']) await insertGroup(tx, group(name))
    })
    assert.equal(built, opened)
    const found = async (name: string, isDemo: 0 | 1 = 0) =>
      (await findGroup(database.read, { isDemo, name })).map(({ id }) => id)
    assert.deepEqual(await found('b'), ['grp_b'])
    assert.deepEqual(await found('c'), ['grp_c'])
    assert.deepEqual(await found('b', 1), [])
    await database.close()
  }
})

test('in a transaction that fails it leaves nothing behind', async () => {
  const database = await openDatabase('sqlite::memory:')
  await assert.rejects(
    database.write(async (tx) => {
      await insertGroup(tx, group('a'))
      throw new Error('cut off')
    }),
    /cut off/,
  )
  assert.deepEqual(await findGroup(database.read, { name: 'a', isDemo: 0 }), [])
  await database.close()
})

test('a value that is left out is an error, not a null', async () => {
  const database = await openDatabase('sqlite::memory:')
  await database.write((tx) => insertGroup(tx, group('a')))
  const { name: _, ...nameless } = group('b')
  await assert.rejects(
    database.write((tx) => insertGroup(tx, nameless as UserGroupTable)),
    { message: 'a prepared query was given no name' },
  )
  await database.close()
})
