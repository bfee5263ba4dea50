import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ApiError, type Person } from '../src/walk/person.ts'
import { startPostern } from './support/start-postern.ts'

const refused =
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
  await assert.rejects(bo.act('PATCH', '/groups/crew', { organisationRole: 'admin' }), refused(403, 'not-allowed'))
  await ana.act('PUT', '/groups/crew/members/cy', {})
  await ana.act('PATCH', '/groups/crew', { organisationRole: 'admin' })
  assert.equal(await roleOf(ana, 'cy'), 'admin')

  for (const method of ['PUT', 'DELETE'] as const)
    await assert.rejects(
      bo.act(method, '/groups/crew/members/cy', method === 'PUT' ? {} : undefined),
      refused(403, 'not-allowed'),
    )
  await assert.rejects(bo.act('DELETE', '/groups/crew'), refused(403, 'not-allowed'))
  await assert.rejects(bo.act('PATCH', '/groups/crew', { organisationRole: null }), refused(403, 'not-allowed'))
  await assert.rejects(ana.act('PATCH', '/groups/crew', { organisationRole: 'owner' }), refused(422, 'invalid-input'))

  // The group that is shown to whoever taps is the one that changes.
  await ana.act('POST', '/groups', { name: 'shown', description: '' })
  await assert.rejects(
    ana.act('PATCH', '/groups/shown', { organisationRole: null, name: 'crew' }),
    refused(422, 'invalid-input'),
  )
  assert.equal(await roleOf(ana, 'cy'), 'admin')
  await assert.rejects(
    ana.act('POST', '/groups', { name: 'mine', description: '', id: 'grp_0000000000000000000000000' }),
    refused(422, 'invalid-input'),
  )

  await ana.act('DELETE', '/groups/crew/members/cy')
  assert.equal(await roleOf(ana, 'cy'), 'member')
  await ana.act('PUT', '/groups/crew/members/cy', {})
  await ana.act('DELETE', '/groups/crew')
  assert.equal(await roleOf(ana, 'cy'), 'member')
})
