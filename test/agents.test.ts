import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const token = { name: 'robot', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 30 }

for (const store of eitherStore)
  describe(`agents, on ${store.name}`, () => {
    test('reach what they are given, never tap, and end with the person who answers for them', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben', 'admin')
      const carl = await postern.join(ana, 'carl')
      await ben.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      await refused(carl.call('POST', '/agents', { username: 'mine', displayName: 'Mine' }), 403, 'not-allowed')
      await refused(carl.act('POST', '/agents/robot/tokens', token), 403, 'not-allowed')
      await refused(ben.act('POST', '/agents/ana/tokens', token), 409, 'not-an-agent')
      await refused(ben.act('POST', '/agents/nobody/tokens', token), 404, 'not-found')
      const { secret } = await ben.act<{ secret: string }>('POST', '/agents/robot/tokens', token)

      await ana.call('POST', '/projects', { name: 'payments', description: '' })
      await ana.call('POST', '/projects/payments/repositories', {
        name: 'api',
        description: '',
        visibility: 'internal',
      })
      const ask = (method: string, path: string, body?: object) =>
        fetch(`${postern.origin}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
      const repository = '/projects/payments/repositories/api'
      // Not a member: what is open to everybody inside is not open to a program.
      assert.equal((await ask('GET', repository)).status, 404)
      await ana.act('PUT', `${repository}/members/user/robot`, { role: 'write' })
      assert.equal((await ask('GET', repository)).status, 200)
      const refusal = await ask('POST', '/me/tokens', token)
      assert.equal(refusal.status, 403)
      assert.equal(((await refusal.json()) as { code: string }).code, 'person-required')

      const { database } = postern.postern.ceremonies
      await database.write((tx) =>
        tx.updateTable('user').set({ state: 'ended' }).where('username', '=', 'ben').execute(),
      )
      assert.equal((await ask('GET', repository)).status, 401)
    })

    test('a token ends with whoever made it and has seen it, also where somebody else answers for the agent by now', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const ben = await postern.join(ana, 'ben', 'admin')
      const carl = await postern.join(ana, 'carl')
      await ben.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      const { secret } = await ben.act<{ secret: string }>('POST', '/agents/robot/tokens', {
        ...token,
        scopes: ['ask'],
      })
      const later = await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', { ...token, scopes: ['ask'] })
      await ben.act('PATCH', '/agents/robot', { owner: 'carl' })
      const ask = (bearer: string) =>
        fetch(`${postern.origin}/api/v1/permissions/none`, { headers: { authorization: `Bearer ${bearer}` } })
      assert.equal((await ask(secret)).status, 404)
      await ana.act('POST', '/people/ben/end', { reason: '' })
      assert.equal((await ask(secret)).status, 401)
      assert.equal((await ask(later.secret)).status, 404)

      // A guest answers for no agent: handed over before, and what they have seen of it counts no more.
      const seen = await carl.act<{ secret: string }>('POST', '/agents/robot/tokens', { ...token, scopes: ['ask'] })
      const toGuest = { role: 'guest' }
      const problem = await refused(ana.call('PATCH', '/people/carl', toGuest), 409, 'answers-for-agents')
      assert.match(problem.title, /a guest cannot: robot\.$/)
      await ana.act('PATCH', '/agents/robot', { owner: 'ana' })
      const asked = await refused(ana.call('PATCH', '/people/carl', toGuest), 401, 'seal-required')
      const { facts } = await ana.call<{ facts: { warnings: string[] } }>(
        'GET',
        `/seal-requests/${asked.sealRequestId}`,
      )
      assert.match(facts.warnings.join(), /^An API token of an agent stops/)
      assert.equal((await ask(seen.secret)).status, 404)
      await ana.act('PATCH', '/people/carl', toGuest)
      assert.equal((await ask(seen.secret)).status, 401)
      assert.equal((await ask(later.secret)).status, 404)
      await refused(ana.act('PATCH', '/agents/robot', { owner: 'carl' }), 422, 'invalid-input')

      // As where a group made them a member, and they have left it.
      const { database } = postern.postern.ceremonies
      await database.write((tx) =>
        tx
          .updateTable('user')
          .set((eb) => ({
            ownerId: eb.selectFrom('user as next').select('next.id').where('next.username', '=', 'carl'),
          }))
          .where('username', '=', 'robot')
          .execute(),
      )
      assert.equal((await ask(later.secret)).status, 401)
      await refused(carl.call('POST', '/agents/robot/tokens', { ...token, scopes: ['ask'] }), 403, 'not-allowed')
      await refused(carl.call('GET', '/agents/robot/tokens'), 403, 'not-allowed')
      await refused(carl.call('GET', '/people/robot'), 404, 'not-found')
      assert.deepEqual(await carl.call('GET', '/agents'), { items: [] })
      const { items } = await ana.call<{ items: { owner: unknown }[] }>('GET', '/agents')
      assert.deepEqual(
        items.map(({ owner }) => owner),
        [null],
        'nobody answers for it',
      )
      await ana.act('PATCH', '/people/carl', { role: 'member' })
      assert.equal((await ask(later.secret)).status, 404)
    })
  })
