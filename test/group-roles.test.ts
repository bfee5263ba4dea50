import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tx } from '../src/database/handles.ts'
import type { TableName } from '../src/database/schema.ts'
import { getGroup } from '../src/identity/groups.ts'
import { addGroupMembers, removeGroupMembers } from '../src/identity/managed-groups.ts'
import { findUserByUsername } from '../src/identity/users.ts'
import { inFront } from './support/in-front.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import type { InvitationMade } from '../src/identity/invitations/shapes.ts'
import type { GuestReview, Person as Listed } from '../src/identity/shapes.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { registerWith } from './support/ceremony.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'

const isRefused =
  (status: number, code: string) =>
  (error: unknown): boolean =>
    error instanceof ApiError && error.status === status && error.problem.code === code

const roleOf = async (by: Person, username: string): Promise<string | undefined> =>
  (await by.call<{ items: { username: string; role: string }[] }>('GET', '/people')).items.find(
    (one) => one.username === username,
  )?.role

test('a group gives a role; only an owner lets one make administrators, or changes who is in it', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const bo = await postern.join(ana, 'bo', 'admin')
  await postern.join(ana, 'cy')
  await ana.act('POST', '/groups', { name: 'crew', description: '' })
  await assert.rejects(bo.act('PATCH', '/groups/crew', { organisationRole: 'admin' }), isRefused(403, 'not-allowed'))
  await ana.act('PUT', '/groups/crew/members/cy', {})
  await ana.act('PATCH', '/groups/crew', { organisationRole: 'admin' })
  assert.equal(await roleOf(ana, 'cy'), 'admin')

  for (const method of ['PUT', 'DELETE'] as const)
    await assert.rejects(
      bo.act(method, '/groups/crew/members/cy', method === 'PUT' ? {} : undefined),
      isRefused(403, 'not-allowed'),
    )
  await assert.rejects(bo.act('DELETE', '/groups/crew'), isRefused(403, 'not-allowed'))
  await assert.rejects(bo.act('PATCH', '/groups/crew', { organisationRole: null }), isRefused(403, 'not-allowed'))
  await assert.rejects(ana.act('PATCH', '/groups/crew', { organisationRole: 'owner' }), isRefused(422, 'invalid-input'))

  // The group that is shown to whoever taps is the one that changes.
  await ana.act('POST', '/groups', { name: 'shown', description: '' })
  await assert.rejects(
    ana.act('PATCH', '/groups/shown', { organisationRole: null, name: 'crew' }),
    isRefused(422, 'invalid-input'),
  )
  assert.equal(await roleOf(ana, 'cy'), 'admin')
  await assert.rejects(
    ana.act('POST', '/groups', { name: 'mine', description: '', id: 'grp_0000000000000000000000000' }),
    isRefused(422, 'invalid-input'),
  )

  await ana.act('DELETE', '/groups/crew/members/cy')
  assert.equal(await roleOf(ana, 'cy'), 'member')
  await ana.act('PUT', '/groups/crew/members/cy', {})
  await ana.act('DELETE', '/groups/crew')
  assert.equal(await roleOf(ana, 'cy'), 'member')
})

test('what a group gives, and who is in it, are changed one after the other', async () => {
  await using postern = await startPostern({ flags: postgresFlags(await postgresDatabase()) })
  const { database, now } = postern.postern.ceremonies
  const ana = await postern.owner()
  await ana.act('POST', '/groups', { name: 'crew', description: '' })
  const { id } = await getGroup(database.read, 'crew')
  const give = (organisationRole: 'admin' | null) => () => ana.act('PATCH', '/groups/crew', { organisationRole })
  for (const [username, former, next] of [
    ['cy', null, 'admin'],
    ['dee', 'admin', null],
  ] as const) {
    await postern.join(ana, username)
    const user = (await findUserByUsername(database.read, username)) ?? assert.fail()
    const put = (tx: Tx<TableName>) => addGroupMembers(tx, { id }, [user.id], now())
    const given = await inFront({ database, write: put }, give(next))
    assert.equal(given.status, 'fulfilled')
    assert.equal(await roleOf(ana, username), next ?? 'member', 'who came in at that moment')

    const take = (tx: Tx<TableName>) => removeGroupMembers(tx, { id }, [user.id])
    const taken = await inFront({ database, write: take }, give(former))
    assert.equal(taken.status, 'fulfilled')
    assert.equal(await roleOf(ana, username), 'member', 'who left at that moment')
    await give(next)()
  }
})

test('a guest whom a group makes a member still has an end date: it is prolonged, and goes when they stay', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const bo = await postern.join(ana, 'bo')
  const { items } = await ana.act<{ items: InvitationMade[] }>('POST', '/invitations', {
    emails: ['gus@elsewhere.example'],
    role: 'guest',
    sponsor: 'bo',
    endsAt: Date.now() + 3 * 24 * 3_600_000,
  })
  await registerWith(postern.stranger(), items[0]?.link ?? '', 'gus')
  await ana.act('POST', '/groups', { name: 'crew', description: '' })
  await ana.act('PATCH', '/groups/crew', { organisationRole: 'member' })
  await ana.act('PUT', '/groups/crew/members/gus', {})
  assert.equal(await roleOf(ana, 'gus'), 'member')
  const { items: own } = await bo.call<{ items: GuestReview[] }>('GET', '/guests?filter=guests-ending')
  assert.deepEqual(
    own.map(({ person }) => [person.username, person.role]),
    [['gus', 'member']],
  )
  const later = await bo.act<Listed>('POST', '/people/gus/extend', {})
  assert.ok((later.endsAt ?? 0) > Date.now() + 80 * 24 * 3_600_000)
  const stays = await ana.act<Listed>('PATCH', '/people/gus', { role: 'member' })
  assert.deepEqual([stays.role, stays.endsAt, stays.sponsor], ['member', null, null])
  await refused(bo.act('POST', '/people/gus/extend', {}), 409, 'not-a-guest')
})
