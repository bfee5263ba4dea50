import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGroup } from '../../identity/groups.ts'
import { createUser } from '../../identity/users.ts'
import { countWriters } from '../count-writers.ts'
import { grantRole } from '../members.ts'
import { openRepositories } from '../repository-testing.ts'
import { findOwners } from './find-owners.ts'

test('owners are people and groups that are here, each named in one way only', async () => {
  await using fixture = await openRepositories()
  const { database, act } = fixture
  const { id: ada } = await fixture.addPerson('ada')
  await fixture.addPerson('bob')
  const gone = await fixture.addPerson('gone')
  const robot = await fixture.addPerson('robot')
  await database.write(async (tx) => {
    await tx.updateTable('user').set({ state: 'ended' }).where('id', '=', gone.id).execute()
    await tx.updateTable('user').set({ kind: 'agent' }).where('id', '=', robot.id).execute()
    await createUser(tx, {
      username: 'twin',
      displayName: 'Twin',
      email: 'Bob@Example.com',
      role: 'member',
      createdBy: null,
      at: 1,
    })
  })
  const good = ['@ada', '@ADA', '@platform', 'ada@example.com']
  const lines = [{ line: 3, owners: ['ada@example.com'] }]
  // Anybody can write an address into their account.
  assert.equal((await findOwners(database.read, lines)).owners.size, 0)
  await database.write((tx) =>
    tx.updateTable('user').set({ emailVerifiedAt: 1 }).where('username', 'in', ['ada', 'bob', 'twin']).execute(),
  )
  await createGroup(database, act, { name: 'Platform', description: '' })
  await createGroup(database, act, { name: 'bob', description: '' })
  const group = await database.read
    .selectFrom('userGroup')
    .select('id')
    .where('name', '=', 'Platform')
    .executeTakeFirstOrThrow()

  const bad = ['@bob', '@ghost', '@gone', '@robot', '@org/platform', 'bob@example.com', 'x@example.com', 'somebody']
  const { owners, problems } = await findOwners(database.read, [
    { line: 3, owners: good },
    { line: 7, owners: bad },
  ])
  assert.deepEqual(Object.fromEntries(owners), {
    '@ada': { kind: 'user', id: ada, name: 'ada' },
    '@ADA': { kind: 'user', id: ada, name: 'ada' },
    '@platform': { kind: 'group', id: group.id, name: 'Platform' },
    'ada@example.com': { kind: 'user', id: ada, name: 'ada' },
  })
  assert.deepEqual(
    problems.map(({ line }) => line),
    bad.map(() => 7),
  )
  assert.match(problems[0]?.sentence ?? '', /“@bob” is both a person and a group, so it means neither/)
})

test('who could approve: people who may write, by role, by themselves, or by a group', async () => {
  await using fixture = await openRepositories()
  const { database, act } = fixture
  const { repository } = await fixture.addRepository('api', 'internal')
  assert.equal(await countWriters(database.read, repository), 1)
  await fixture.addPerson('max')
  await fixture.addPerson('adam', 'admin')
  assert.equal(await countWriters(database.read, repository), 2)
  const scope = { kind: 'repository', id: repository.id, projectId: repository.projectId, path: 'pay/api' } as const
  await grantRole(database, act, scope, { kind: 'user', name: 'max', role: 'read' })
  assert.equal(await countWriters(database.read, repository), 2)
  await grantRole(database, act, scope, { kind: 'user', name: 'max', role: 'write' })
  assert.equal(await countWriters(database.read, repository), 3)
})
