import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hashSecret } from '../src/http/secret.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000

for (const store of eitherStore)
  describe(`API tokens on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())
    const groupsWith = (authorization: string): Promise<unknown> =>
      postern.stranger().call('GET', '/groups', undefined, { authorization })

    test('a token looks like one, and only its hash is kept', async () => {
      const token = await ana.makeToken('look', ['account:read'])
      assert.match(token, /^pst_pat_[\w-]{43}[0-9a-f]{8}$/)
      const rows = await postern.postern.ceremonies.database.read.selectFrom('apiToken').selectAll().execute()
      assert.ok(!JSON.stringify(rows).includes(token))
      assert.ok(rows.some(({ secretHash }) => secretHash === hashSecret(token)))
      await groupsWith(`Bearer ${token}`)
    })

    test('a bad, mistyped, ended or expired token is refused, and never falls back to a cookie', async () => {
      const token = await ana.makeToken('short', ['account:read'])
      const mistyped = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
      for (const authorization of [
        'Bearer',
        'Bearer ',
        'Bearer x',
        `Bearer ${mistyped}`,
        `Basic ${token}`,
        token,
        `Bearer ${token} x`,
        'Bearer pst_pat_',
      ])
        await refused(groupsWith(authorization), 401, 'token-refused')
      await refused(ana.call('GET', '/me', undefined, { authorization: 'Bearer x' }), 401, 'token-refused')

      const { items } = await ana.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
      await ana.act('DELETE', `/me/tokens/${items.find(({ name }) => name === 'short')?.id}`)
      await refused(groupsWith(`Bearer ${token}`), 401, 'token-refused')

      const old = await ana.makeToken('old', ['account:read'])
      ahead = 30 * dayMs - 60_000
      await groupsWith(`Bearer ${old}`).catch(() => assert.fail('expired too early'))
      ahead = 30 * dayMs + 60_000
      await refused(groupsWith(`Bearer ${old}`), 401, 'token-refused')
      ahead = 0
    })

    test('a token does what it was made for and no more', async () => {
      const token = `Bearer ${await ana.makeToken('repositories', ['repository:write'])}`
      await refused(groupsWith(token), 403, 'not-allowed')
      await refused(postern.stranger().call('GET', '/people', undefined, { authorization: token }), 403, 'not-allowed')
    })

    test('no token, whoever its owner, passes where a person is asked for', async () => {
      const authorization = `Bearer ${await ana.makeToken('everything', ['repository:write', 'repository:read', 'account:read'])}`
      const bot = postern.stranger()
      const body = { name: 'more', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 30 }
      for (const [method, path, given] of [
        ['GET', '/me'],
        ['GET', '/me/sessions'],
        ['GET', '/me/credentials'],
        ['GET', '/me/tokens'],
        ['GET', '/audit'],
        ['POST', '/me/tokens', body],
        ['POST', '/me/credentials/begin', {}],
        ['POST', '/people', { username: 'bot-made', displayName: 'x', email: 'x@y.z', role: 'owner' }],
        ['POST', '/groups', { name: 'bots', description: '' }],
        ['POST', '/seal-requests/srq_x/attempts', {}],
        ['DELETE', '/me/sessions'],
        ['POST', '/sign-out', {}],
      ] as const)
        await refused(bot.call(method, path, given, { authorization }), 403, 'person-required')
    })

    test('a person ends their own tokens, never another’s', async () => {
      const bo = await postern.join(ana, 'bo')
      await bo.makeToken('bo’s')
      const [own] = (await bo.call<{ items: { id: string }[] }>('GET', '/me/tokens')).items
      await refused(ana.call('DELETE', `/me/tokens/${own?.id}`), 404, 'not-found')
      await bo.act('DELETE', `/me/tokens/${own?.id}`)
      await refused(bo.call('DELETE', `/me/tokens/${own?.id}`), 404, 'not-found')
    })

    test('a token is asked for within limits', async () => {
      const body = { name: 'x', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 30 }
      for (const bad of [
        { ...body, expiresInDays: 0 },
        { ...body, expiresInDays: 366 },
        { ...body, scopes: [] },
        { ...body, scopes: ['everything'] },
        { ...body, repositoryIds: [] },
        { ...body, repositoryIds: ['rep_unknown'] },
        { ...body, userId: 'usr_other' },
      ])
        await refused(ana.call('POST', '/me/tokens', bad), 422, 'invalid-input')
    })
  })
