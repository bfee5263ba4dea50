import assert from 'node:assert/strict'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Db, orUniqueViolation, type Tx, UniqueViolation } from './handles.ts'
import { openDatabase } from './open.ts'
import { nameOfPrepared, prepared } from './prepared.ts'
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

test('what a transaction prepared is out of reach for others until it is committed, in a file as in memory', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'postern-prepared-'))
  for (const file of [':memory:', join(folder.path, 'data.sqlite')]) {
    const database = await openDatabase(`sqlite:${file}`)
    const written = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const writing = database.write(async (tx) => {
      await insertGroup(tx, group('a'))
      assert.equal((await findGroup(tx, { name: 'a', isDemo: 0 })).length, 1)
      written.resolve()
      await goOn.promise
      throw new Error('cut off')
    })
    await written.promise
    const reading = findGroup(database.read, { name: 'a', isDemo: 0 })
    goOn.resolve()
    await assert.rejects(writing, /cut off/)
    assert.deepEqual(await reading, [])
    await database.close()
  }
})

test('one transaction after the other: a prepared write never lands in that of somebody else', async () => {
  const database = await openDatabase('sqlite::memory:')
  const writes = ['a', 'b', 'c'].map((name) =>
    database.write(async (tx) => {
      await insertGroup(tx, group(name))
      await Promise.resolve()
      if (name === 'b') throw new Error('cut off')
    }),
  )
  assert.deepEqual(
    (await Promise.allSettled(writes)).map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  const names = await database.read.selectFrom('userGroup').select('name').orderBy('name').limit(5).execute()
  assert.deepEqual(
    names.map(({ name }) => name),
    ['a', 'c'],
  )
  await database.close()
})

test('a broken unique index is known as such', async () => {
  const database = await openDatabase('sqlite::memory:')
  await database.write((tx) => insertGroup(tx, group('a')))
  await assert.rejects(
    database.write((tx) => orUniqueViolation(insertGroup(tx, group('a')))),
    UniqueViolation,
  )
  await database.close()
})

test('a reading that is still being taken in holds no other back in an older state', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'postern-prepared-'))
  const database = await openDatabase(`sqlite:${join(folder.path, 'data.sqlite')}`)
  await database.write(async (tx) => {
    for (const name of ['a', 'b']) await insertGroup(tx, group(name))
  })
  const seen: number[] = []
  for await (const { name } of database.read.selectFrom('userGroup').select('name').stream()) {
    await database.write((tx) => insertGroup(tx, group(`${name}-again`)))
    seen.push((await findGroup(database.read, { name: `${name}-again`, isDemo: 0 })).length)
  }
  assert.deepEqual(seen, [1, 1])
  await database.close()
})

test('a limit is no reason to plan a statement anew', async () => {
  const database = await openDatabase('sqlite::memory:')
  await database.write(async (tx) => {
    for (const name of ['a', 'b', 'c']) await insertGroup(tx, group(name))
  })
  const some = database.read.selectFrom('userGroup').select('name').orderBy('name').limit(2).offset(1)
  assert.match(some.compile().sql, / limit 2 offset \?$/)
  assert.deepEqual(
    (await some.execute()).map(({ name }) => name),
    ['b', 'c'],
  )
  await database.close()
})

test('a store may keep the plan of what names its columns, and of nothing else', async () => {
  const everything = prepared((db: Db<'userGroup'>, { name }: { name: string }) =>
    db.selectFrom('userGroup').selectAll().where('name', '=', name),
  )
  const database = await openDatabase('sqlite::memory:')
  await everything(database.read, { name: 'a' })
  await findGroup(database.read, { name: 'a', isDemo: 0 })
  const sqlOf = (select: '*' | '"id"', rest: string): string => `select ${select} from "userGroup" where ${rest}`
  assert.equal(nameOfPrepared(sqlOf('*', '"name" = ?')), undefined)
  assert.match(
    nameOfPrepared(sqlOf('"id"', '"name" = ? and "isDemo" = ? and "createdAt" > ?')) ?? 'none',
    /^prepared_\d+$/,
  )
  await database.close()
})
