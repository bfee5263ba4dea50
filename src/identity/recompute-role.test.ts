import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database } from '../database/handles.ts'
import { openDatabase } from '../database/open.ts'
import type { OrganisationRole } from '../database/schema.ts'
import { addGroupMembers, createManagedGroup, removeGroupMembers } from './managed-groups.ts'
import { recomputeRole } from './recompute-role.ts'
import { createUser } from './users.ts'

let database: Database
let count = 0
before(async () => {
  database = await openDatabase('sqlite::memory:')
})
after(() => database.close())

const person = (role: OrganisationRole, more: { kind?: 'agent'; managedBy?: string } = {}) =>
  database.write((tx) =>
    createUser(tx, {
      username: `user${(count += 1)}`,
      displayName: 'x',
      email: '',
      role,
      createdBy: null,
      at: 1,
      ...more,
    }),
  )

const group = (organisationRole: 'admin' | 'member' | 'guest') =>
  database.write(async (tx) => {
    const made = await createManagedGroup(tx, { displayName: `Group ${(count += 1)}`, managedBy: 'dir_1', at: 1 })
    await tx.updateTable('userGroup').set({ organisationRole }).where('id', '=', made.id).execute()
    return { ...made, organisationRole }
  })

const roleOf = async ({ id }: { id: `usr_${string}` }): Promise<unknown[]> => {
  const row = await database.read.selectFrom('user').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
  return [row.role, row.baseRole]
}

test('groups make somebody more, and what they were comes back when they leave', async () => {
  const ana = await person('guest')
  const [admins, members] = [await group('admin'), await group('member')]
  const put = (of: typeof admins) => database.write((tx) => addGroupMembers(tx, of, [ana.id], 1))
  const take = (of: typeof admins) => database.write((tx) => removeGroupMembers(tx, of, [ana.id]))
  await put(members)
  assert.deepEqual(await roleOf(ana), ['member', 'guest'])
  await put(admins)
  assert.deepEqual(await roleOf(ana), ['admin', 'guest'])
  await take(members)
  assert.deepEqual(await roleOf(ana), ['admin', 'guest'])
  await take(admins)
  assert.deepEqual(await roleOf(ana), ['guest', null])
})

test('whoever is more by themselves stays that; owners stay owners, and no group makes an agent anything', async () => {
  const [members, admins] = [await group('member'), await group('admin')]
  const [admin, owner, agent] = [await person('admin'), await person('owner'), await person('guest', { kind: 'agent' })]
  const everybody = [admin.id, owner.id, agent.id]
  await database.write(async (tx) => {
    await addGroupMembers(tx, members, everybody, 1)
    await removeGroupMembers(tx, members, everybody)
    await addGroupMembers(tx, admins, [owner.id, agent.id], 1)
  })
  assert.deepEqual(await roleOf(admin), ['admin', null])
  assert.deepEqual(await roleOf(owner), ['owner', null])
  assert.deepEqual(await roleOf(agent), ['guest', null])
})

test('whom a directory brought is a member at least', async () => {
  const bo = await person('guest', { managedBy: 'dir_1' })
  assert.deepEqual(await database.write((tx) => recomputeRole(tx, bo.id)), { former: 'guest', role: 'member' })
  assert.equal(await database.write((tx) => recomputeRole(tx, bo.id)), undefined)
})
