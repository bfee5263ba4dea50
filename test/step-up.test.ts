import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fillDemo } from '../src/demo/fill.ts'
import type { ActName } from '../src/policy/acts.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

type Method = 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Call = readonly [method: Method, path: string, body?: unknown]

const R = '/projects/acme/repositories/widgets'

/** Every act that this file is about, in an order in which each can be carried out; tokens and the demo have their own. */
const calls: [ActName, Call][] = [
  ['group.create', ['POST', '/groups', { name: 'crew', description: 'who build' }]],
  ['group.member-add', ['PUT', '/groups/crew/members/bo', {}]],
  ['member.grant', ['PUT', '/projects/acme/members/group/crew', { role: 'read' }]],
  ['member.grant', ['PUT', `${R}/members/user/bo`, { role: 'write' }]],
  ['member.remove', ['DELETE', `${R}/members/user/bo`]],
  ['member.remove', ['DELETE', '/projects/acme/members/group/crew']],
  ['group.member-remove', ['DELETE', '/groups/crew/members/bo']],
  ['group.delete', ['DELETE', '/groups/crew']],
  ['repository.change', ['PATCH', R, { visibility: 'public', description: 'for all to see' }]],
  ['project.change', ['PATCH', '/projects/acme', { description: 'what we make' }]],
]

for (const store of eitherStore)
  describe(`step-up on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      await postern.join(ana, 'bo')
      await postern.join(ana, 'eve')
      await ana.call('POST', '/projects', { name: 'acme', description: '' })
      await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    })
    after(() => postern[Symbol.asyncDispose]())

    const database = () => postern.postern.ceremonies.database.read
    const events = async (): Promise<{ id: string; action: string; method: string; facts: Record<string, string> }[]> =>
      (await database().selectFrom('auditEvent').selectAll().orderBy('id').execute()).map(
        ({ leaf, leafIndex: _givenLater, ...row }) => ({
          ...row,
          facts: (JSON.parse(leaf) as { facts: Record<string, string> }).facts,
        }),
      )
    const waiting = async (): Promise<number> =>
      (await database().selectFrom('sealRequest').select('id').where('state', '=', 'open').execute()).length
    const sealFor = async (person: Person, ...[method, path, body]: Call): Promise<string> =>
      person.tap((await refused(person.call(method, path, body), 401, 'seal-required')).sealRequestId ?? '')
    const withSeal = (person: Person, seal: string, ...[method, path, body]: Call): Promise<unknown> =>
      person.call(method, path, body, { 'postern-seal': seal })

    for (const [name, call] of calls)
      test(`${name}, ${call[0]} ${call[1]}: nothing without its tap, and its event names the seal`, async () => {
        const before = await events()
        const { detail } = await refused(ana.call(...call), 401, 'seal-required')
        await refused(withSeal(ana, 'sea_made-up', ...call), 409, 'seal-spent')
        assert.deepEqual(await events(), before, 'nothing happened')

        const seal = await sealFor(ana, ...call)
        await withSeal(ana, seal, ...call)
        const [made, done] = (await events()).slice(before.length)
        assert.deepEqual([made?.action, made?.facts['act']], ['seal.made', name])
        // It may name people: it is read beside the ledger, and can be erased there.
        assert.equal(made?.facts['title'], undefined)
        const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', `/audit?event=${made?.id}`)
        assert.equal(items[0]?.sentence, `Ana Example tapped to seal: ${detail}`)
        assert.deepEqual([done?.method, done?.facts['seal']], ['passkey', seal])
        assert.equal((await events()).length, before.length + 2)
      })

    test('a tap is for what was shown: no other person, group, role, place or words', async () => {
      for (const name of ['one', 'two']) await ana.act('POST', '/groups', { name, description: '' })
      const given: [Call, Call][] = [
        [
          ['PUT', '/groups/one/members/bo', {}],
          ['PUT', '/groups/one/members/eve', {}],
        ],
        [
          ['PUT', '/groups/one/members/bo', {}],
          ['PUT', '/groups/two/members/bo', {}],
        ],
        [
          ['PUT', `${R}/members/user/bo`, { role: 'read' }],
          ['PUT', `${R}/members/user/bo`, { role: 'admin' }],
        ],
        [
          ['PUT', `${R}/members/user/bo`, { role: 'read' }],
          ['PUT', '/projects/acme/members/user/bo', { role: 'read' }],
        ],
        [
          ['PATCH', R, { description: 'harmless' }],
          ['PATCH', R, { description: 'harmless', visibility: 'internal' }],
        ],
      ]
      const before = (await events()).filter(({ action }) => action !== 'seal.made')
      for (const [shown, done] of given)
        await refused(withSeal(ana, await sealFor(ana, ...shown), ...done), 409, 'seal-mismatch')
      assert.deepEqual(
        (await events()).filter(({ action }) => action !== 'seal.made'),
        before,
      )
    })

    test('a tap is used once, and by the person who made it', async () => {
      const cy = await postern.join(ana, 'cy', 'admin')
      const call = ['PUT', '/groups/one/members/bo', {}] as const
      const seal = await sealFor(ana, ...call)
      await refused(withSeal(cy, seal, ...call), 409, 'seal-spent')
      await withSeal(ana, seal, ...call)
      await ana.act('DELETE', '/groups/one/members/bo')
      await refused(withSeal(ana, seal, ...call), 409, 'seal-spent')
    })

    test('a name that came to mean another group or project meanwhile is not what was tapped for', async () => {
      const intoGroup = await sealFor(ana, 'PUT', '/groups/one/members/bo', {})
      await ana.act('DELETE', '/groups/one')
      await ana.act('POST', '/groups', { name: 'one', description: 'another one' })
      await refused(withSeal(ana, intoGroup, 'PUT', '/groups/one/members/bo', {}), 409, 'seal-mismatch')

      await ana.call('POST', '/projects', { name: 'open', description: '' })
      await ana.call('POST', '/projects', { name: 'secret', description: '' })
      const intoProject = await sealFor(ana, 'PUT', '/projects/open/members/user/eve', { role: 'read' })
      await ana.act('PATCH', '/projects/open', { name: 'old-open' })
      await ana.act('PATCH', '/projects/secret', { name: 'open' })
      await refused(
        withSeal(ana, intoProject, 'PUT', '/projects/open/members/user/eve', { role: 'read' }),
        409,
        'seal-mismatch',
      )
    })

    test('what cannot be done is said before anybody taps', async () => {
      await ana.call('POST', '/projects/acme/repositories', { name: 'taken', description: '' })
      const before = await waiting()
      for (const [call, status, code] of [
        [['POST', '/groups', { name: 'ONE', description: '' }], 409, 'group-exists'],
        [['DELETE', '/groups/nothing'], 404, 'not-found'],
        [['PUT', '/groups/one/members/nobody', {}], 404, 'not-found'],
        [['PUT', `${R}/members/user/nobody`, { role: 'read' }], 404, 'not-found'],
        [['DELETE', `${R}/members/user/eve`], 404, 'not-found'],
        [['PATCH', R, { name: 'Taken' }], 409, 'name-taken'],
        [['PATCH', R, { name: '..' }], 422, 'invalid-input'],
        [['PATCH', '/projects/acme', { name: 'OPEN' }], 409, 'name-taken'],
        [['PATCH', '/projects/acme', { name: 'api' }], 422, 'invalid-input'],
        [['DELETE', '/me/tokens/tok_x'], 404, 'not-found'],
        [['POST', '/audit/export', { from: 2, to: 1 }], 422, 'invalid-input'],
      ] as [Call, number, string][])
        await refused(ana.call(...call), status, code)
      assert.equal(await waiting(), before)
    })

    test('what is so already is answered as done, with no tap and no event; anything else takes its tap', async () => {
      const role = { role: 'read' }
      const done: Call[] = [
        ['PUT', '/groups/two/members/bo', {}],
        ['PUT', `${R}/members/user/bo`, role],
        ['PUT', `${R}/members/group/two`, role],
        ['PUT', '/projects/acme/members/user/bo', role],
      ]
      for (const call of done) await ana.act(...call)
      const before = [await waiting(), await events()]
      for (const call of done) await ana.call(...call)
      await ana.call('DELETE', '/groups/two/members/eve')
      assert.deepEqual([await waiting(), await events()], before)

      const seal = await sealFor(ana, 'PUT', '/groups/two/members/eve', {})
      await ana.act('PUT', '/groups/two/members/eve', {})
      const tapped = await events()
      await withSeal(ana, seal, 'PUT', '/groups/two/members/eve', {})
      assert.deepEqual(await events(), tapped, 'nor where somebody else was faster')
      for (const call of [
        ['PUT', `${R}/members/user/bo`, { role: 'write' }],
        ['PUT', '/groups/one/members/eve', {}],
        ['DELETE', '/groups/two/members/bo'],
      ] as Call[])
        await refused(ana.call(...call), 401, 'seal-required')
    })

    test('two that tap for one name at once: one group, and the other is told', async () => {
      const cy = await postern.join(ana, 'dan', 'admin')
      const call = ['POST', '/groups', { name: 'raced', description: '' }] as const
      const seals = [await sealFor(ana, ...call), await sealFor(cy, ...call)] as const
      const both = await Promise.allSettled([withSeal(ana, seals[0], ...call), withSeal(cy, seals[1], ...call)])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      assert.equal((await events()).filter(({ facts }) => facts['group'] === 'raced').length, 1)
    })

    test('ending a token takes a tap; ending one’s own sessions takes none', async () => {
      await ana.makeToken('to end')
      const { items } = await ana.call<{ items: { id: string }[] }>('GET', '/me/tokens')
      const path = `/me/tokens/${items[0]?.id}`
      await refused(ana.call('DELETE', path), 401, 'seal-required')
      const seal = await sealFor(ana, 'DELETE', path)
      await withSeal(ana, seal, 'DELETE', path)
      const ended = (await events()).at(-1)
      assert.deepEqual([ended?.action, ended?.method, ended?.facts['seal']], ['token.ended', 'passkey', seal])
      await ana.call('DELETE', '/me/sessions')
    })

    test('who asks with a session is told how by RFC 9470; who asks with a token is told that it takes a person', async () => {
      const answer = await ana.fetch('DELETE', '/groups/two')
      assert.equal(answer.status, 401)
      const challenge = answer.headers.get('www-authenticate') ?? ''
      // RFC 9110 §11.6.1: a scheme, then parameters, each quoted; RFC 9470 §3 names these.
      assert.match(challenge, /^Bearer (?:[a-z_]+="[^"\\]*"(?:, |$))+$/)
      const parameters = Object.fromEntries(
        [...challenge.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
      )
      assert.equal(parameters['error'], 'insufficient_user_authentication')
      assert.match(parameters['acr_values'] ?? '', /^phrh?(?: phrh)?$/)
      assert.equal(parameters['max_age'], '0')

      const before = await waiting()
      const bot = postern.stranger()
      const authorization = `Bearer ${await ana.makeToken('bot', ['repository:write', 'account:read'])}`
      for (const [method, path, body] of [
        ['DELETE', '/groups/two'],
        ['PATCH', '/projects/acme', { description: 'x' }],
        ['PUT', '/projects/acme/members/user/eve', { role: 'admin' }],
        ['POST', '/audit/export', { from: 0, to: 1 }],
        ['DELETE', '/demo'],
      ] as Call[]) {
        const problem = await bot.call(method, path, body, { authorization }).then(
          () => assert.fail(`${method} ${path} was carried out for a token`),
          (error: unknown) => error as { status: number; problem: { sealRequestId?: string } },
        )
        assert.equal(problem.status, 403, `${method} ${path}`)
        assert.equal(problem.problem.sealRequestId, undefined)
      }
      assert.equal(await waiting(), before)
    })

    test('a made-up seal removes nothing of the demo; a tap removes it all', async () => {
      const { place, now, database: whole } = postern.postern.ceremonies
      await fillDemo({ database: whole, origin: place.origin, address: place.origin, now, say: () => {} })
      await refused(withSeal(ana, 'sea_made-up', 'DELETE', '/demo'), 409, 'seal-spent')
      const tea = '/projects/demo/repositories/tea-shop'
      await ana.call('GET', `${tea}/tree`)
      await ana.call('GET', '/applications/who')
      const { items } = await ana.call<{ items: { state: string }[] }>('GET', `${tea}/pull-requests?state=all`)
      assert.deepEqual([...new Set(items.map(({ state }) => state))].sort(), ['merged', 'open'])
      const browser = new RouteBrowser(ana)
      const who = place.origin.replace('localhost', 'who.localhost')
      assert.match((await browser.visit(`${who}/`)).body, /<h1>You are Ana Example<\/h1>/)
      const seal = await sealFor(ana, 'DELETE', '/demo')
      await withSeal(ana, seal, 'DELETE', '/demo')
      await refused(ana.call('GET', '/projects/demo'), 404, 'not-found')
      await refused(ana.call('GET', '/applications/who'), 404, 'not-found')
      const left = async (path: string) => JSON.stringify(await ana.call('GET', path))
      for (const path of ['/people?filter=people', '/groups', '/projects', '/repositories'])
        assert.doesNotMatch(await left(path), /"demo|"isDemo":true/, path)
      assert.match(await left('/me'), /"isDemoPresent":false/)
      const say = (line: string) => assert.fail(`it came back: ${line}`)
      await fillDemo({ database: whole, origin: place.origin, address: place.origin, now, say })
      assert.equal((await browser.ask(`${who}/`)).status, 421)
      const removed = (await events()).at(-1)
      assert.deepEqual([removed?.action, removed?.facts['seal']], ['demo.removed', seal])
    })
  })
