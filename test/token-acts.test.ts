import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Database } from '../src/database/handles.ts'
import type { Id } from '../src/database/id.ts'
import type { Restored } from '../src/identity/ending/shapes.ts'
import type { PolicyChangeView, PolicyView } from '../src/guardrails/shapes.ts'
import { mostOpenOfToken } from '../src/seals/token-requests.ts'
import { takeSeal } from '../src/seals/take-seal.ts'
import type { InboxItem, SealOutcome, SealRequest } from '../src/seals/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const minuteMs = 60_000
const everyScope = ['repository:read', 'repository:write', 'status:write', 'account:read', 'act']
const repository = '/projects/payments/repositories'
type Method = Parameters<Person['call']>[0]

for (const store of eitherStore)
  describe(`acts that a token asks for, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    let made = 0
    let database: Database
    const ids: Record<string, string> = {}
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
      database = postern.postern.ceremonies.database
      await ana.call('POST', '/projects', { name: 'payments', description: '' })
      for (const [name, visibility] of [
        ['api', 'private'],
        ['web', 'private'],
        ['docs', 'public'],
      ] as const)
        ids[name] = (await ana.call<{ id: string }>('POST', repository, { name, description: '', visibility })).id
    })
    after(() => postern[Symbol.asyncDispose]())

    /** A program that holds a token of this person, and no cookie. */
    async function programOf(person: Person, scopes = ['act'], repositoryIds: string[] | null = null) {
      const name = `robot ${(made += 1)}`
      return { name, ...withSecret(await person.makeToken(name, scopes, repositoryIds)) }
    }
    function withSecret(secret: string) {
      const robot = postern.stranger()
      const call = <Answer = unknown>(method: Method, path: string, body?: unknown, seal?: string): Promise<Answer> =>
        robot.call(method, path, body, {
          authorization: `Bearer ${secret}`,
          ...(seal === undefined ? {} : { 'postern-seal': seal }),
        })
      return {
        call,
        /** Where it must tap for this. */
        ask: async (method: Method, path: string, body?: unknown): Promise<string> =>
          (await refused(call(method, path, body), 401, 'seal-required')).sealRequestId ?? '',
      }
    }
    const newGroup = () => ({ name: `group-${(made += 1)}`, description: '' })
    const inbox = async (person: Person): Promise<InboxItem[]> =>
      (await person.call<{ items: InboxItem[] }>('GET', '/inbox')).items
    const tokenIdOf = async (name: string): Promise<string> =>
      (await ana.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')).items.find(
        (token) => token.name === name,
      )?.id ?? assert.fail(name)

    test('a program changes the guardrails, and its person taps for exactly that', async () => {
      const ci = await programOf(ana)
      const { version, policy } = await ana.call<PolicyView>('GET', '/policy')
      const body = {
        basedOn: version,
        policy: {
          ...policy,
          rules: [
            {
              id: 'working-day',
              title: 'Sessions end after a working day',
              mode: 'report',
              who: ['everyone'],
              does: ['session'],
              requires: { sessionAbsoluteSeconds: 43_200 },
            },
          ],
        },
      }
      const asked = await refused(ci.call('PUT', '/policy', body), 401, 'seal-required')
      const item = (await inbox(ana)).find(({ id }) => id === asked.sealRequestId)
      assert.deepEqual([item?.tokenName, item?.isMine, item?.title], [ci.name, true, 'Change the guardrails'])
      assert.equal(asked.link, `${postern.origin}/s/${item?.code}`)
      assert.equal(asked.expiresAt, item?.expiresAt)
      assert.equal((item?.expiresAt ?? 0) - (item?.createdAt ?? 0), 15 * minuteMs)
      const seen = await ana.call<SealRequest>('GET', `/seal-links/${item?.code}`)
      assert.deepEqual([seen.askedFrom.tokenName, seen.askedFrom.canEndToken], [ci.name, true])

      const waiting = ci.call<SealOutcome>('GET', `/seal-requests/${item?.id}/wait`)
      ahead += 10 * minuteMs
      const sealId = await ana.tap(item?.id ?? '')
      assert.equal((await waiting).made?.sealId, sealId, 'the program learns which seal it is')
      const { change } = await ci.call<{ change: PolicyChangeView }>('PUT', '/policy', body, sealId)
      assert.deepEqual([change.state, change.version, change.proposedBy?.username], ['applied', version + 1, 'ana'])

      const event = await eventOf('guardrail.changed')
      assert.deepEqual([event.method, event.facts['seal']], ['token', sealId])
      assert.notEqual(event.strength, 'password', 'the tap proves it, not the secret')
      assert.equal((await eventOf('seal.made')).facts['askedBy'], `token ${ci.name}`)
    })

    test('the answer says it in the words of RFC 9470, too', async () => {
      const secret = await ana.makeToken('header', ['act'])
      const answer = await postern
        .stranger()
        .fetch('POST', '/groups', newGroup(), { authorization: `Bearer ${secret}` })
      assert.equal(answer.status, 401)
      const header = answer.headers.get('www-authenticate') ?? ''
      assert.match(header, /^Bearer error="insufficient_user_authentication".*acr_values="phr phrh".*max_age="0"/)
    })

    test('without the scope no token asks anybody for anything', async () => {
      const before = (await inbox(ana)).length
      const program = await programOf(ana, everyScope.slice(0, -1))
      for (const [method, path, body] of [
        ['POST', '/groups', newGroup()],
        ['DELETE', '/me/tokens/tok_x'],
      ] as const)
        await refused(program.call(method, path, body), 403, 'person-required')
      for (const path of ['/projects/payments', `${repository}/api`])
        await refused(program.call('PATCH', path, { description: 'mine' }), 403, 'person-required')
      assert.equal((await inbox(ana)).length, before)
    })

    test('an agent’s token asks for no act, whatever stands in it', async () => {
      await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
      const token = { name: 'agent’s', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 30 }
      await refused(
        ana.call('POST', '/agents/robot/tokens', { ...token, scopes: ['repository:write', 'act'] }),
        422,
        'invalid-input',
      )
      const { secret } = await ana.act<{ secret: string }>('POST', '/agents/robot/tokens', token)
      await database.write((tx) =>
        tx
          .updateTable('apiToken')
          .set({ scopes: '["repository:write","act"]' })
          .where('name', '=', token.name)
          .execute(),
      )
      await database.write((tx) =>
        tx.updateTable('user').set({ role: 'admin' }).where('username', '=', 'robot').execute(),
      )
      const agent = withSecret(secret)
      for (const [method, path, body] of [
        ['POST', '/groups', newGroup()],
        ['DELETE', '/me/tokens/tok_x'],
        ['PATCH', '/projects/payments', { description: 'mine' }],
        ['PATCH', `${repository}/api`, { description: 'mine' }],
      ] as const)
        assert.match((await refused(agent.call(method, path, body), 403, 'not-allowed')).title, /agent/)
    })

    test('a program gives somebody their access back, and is not handed what makes it them', async () => {
      await postern.join(ana, 'gus')
      await ana.act('POST', '/people/gus/end', { reason: '' })
      const ci = await programOf(ana)
      const sealId = await ana.tap(await ci.ask('POST', '/people/gus/restore', {}))
      const restored = await ci.call<Restored>('POST', '/people/gus/restore', {}, sealId)
      assert.deepEqual([restored.person.username, restored.link], ['gus', null])
      await ana.act('POST', '/people/gus/registration-link', {})
    })

    test('a seal is good for the token that asked, once, and for nobody else', async () => {
      const [one, other] = [await programOf(ana), await programOf(ana)]
      const body = newGroup()
      const sealId = await ana.tap(await one.ask('POST', '/groups', body))
      await refused(other.call('POST', '/groups', body, sealId), 409, 'seal-spent')
      await refused(ana.call('POST', '/groups', body, { 'postern-seal': sealId }), 409, 'seal-spent')
      await one.call('POST', '/groups', body, sealId)
      const again = { description: 'once' }
      const once = await ana.tap(await one.ask('PATCH', '/projects/payments', again))
      await one.call('PATCH', '/projects/payments', again, once)
      await refused(one.call('PATCH', '/projects/payments', again, once), 409, 'seal-spent')

      const mine = newGroup()
      const asked = await refused(ana.call('POST', '/groups', mine), 401, 'seal-required')
      assert.deepEqual([asked.link, asked.expiresAt], [undefined, undefined])
      const own = await ana.tap(asked.sealRequestId ?? '')
      await refused(one.call('POST', '/groups', mine, own), 409, 'seal-spent')
      await ana.call('POST', '/groups', mine, { 'postern-seal': own })
    })

    test('no other token waits for it, or takes it back', async () => {
      const [one, other] = [await programOf(ana), await programOf(ana)]
      const id = await one.ask('POST', '/groups', newGroup())
      await refused(other.call('GET', `/seal-requests/${id}/wait?seconds=0`), 404, 'not-found')
      await refused(other.call('POST', `/seal-requests/${id}/withdraw`), 404, 'not-found')
      for (const path of ['attempts', 'refuse', 'link', 'refuse-and-end-token'])
        await refused(one.call('POST', `/seal-requests/${id}/${path}`, {}), 403, 'person-required')
      await one.call('POST', `/seal-requests/${id}/withdraw`)
      await refused(ana.tap(id), 409, 'withdrawn')
    })

    test('it is good for this body, on this route, and nothing else', async () => {
      const program = await programOf(ana)
      const body = newGroup()
      const sealId = await ana.tap(await program.ask('POST', '/groups', body))
      await refused(program.call('POST', '/groups', { ...body, name: 'mallory' }, sealId), 409, 'seal-mismatch')
      await refused(
        program.call('POST', '/agents', { username: 'mallory', displayName: 'M' }, sealId),
        409,
        'seal-mismatch',
      )
      await program.call('POST', '/groups', body, sealId)
      for (const name of ['api', 'web']) {
        const change = { description: 'changed' }
        const seal = await ana.tap(await program.ask('PATCH', `${repository}/${name}`, change))
        const elsewhere = name === 'api' ? 'web' : 'api'
        await refused(program.call('PATCH', `${repository}/${elsewhere}`, change, seal), 409, 'seal-mismatch')
        await program.call('PATCH', `${repository}/${name}`, change, seal)
      }
    })

    test('it waits a quarter of an hour, and no longer', async () => {
      const program = await programOf(ana)
      const body = newGroup()
      const sealId = await ana.tap(await program.ask('POST', '/groups', body))
      const late = await program.ask('POST', '/groups', newGroup())
      ahead += 15 * minuteMs + 2_000
      await refused(program.call('POST', '/groups', body, sealId), 409, 'seal-expired')
      await refused(ana.tap(late), 409, 'seal-expired')
    })

    test('a token that ended between tap and act carries out nothing, and leaves no seal behind', async () => {
      const program = await programOf(ana)
      const body = newGroup()
      const sealId = await ana.tap(await program.ask('POST', '/groups', body))
      await ana.act('DELETE', `/me/tokens/${await tokenIdOf(program.name)}`)
      await refused(program.call('POST', '/groups', body, sealId), 401, 'token-refused')
      await refused(ana.call('POST', '/groups', body, { 'postern-seal': sealId }), 409, 'seal-spent')
      const other = await programOf(ana)
      await refused(other.call('POST', '/groups', body, sealId), 409, 'seal-spent')
    })

    test('what its person may no longer do, it no longer does', async () => {
      const cy = await postern.join(ana, 'cy', 'admin')
      const program = await programOf(cy)
      const [group, change] = [newGroup(), { description: 'by cy' }]
      const seals = [
        await cy.tap(await program.ask('POST', '/groups', group)),
        await cy.tap(await program.ask('PATCH', '/projects/payments', change)),
        await cy.tap(await program.ask('PATCH', `${repository}/docs`, change)),
      ]
      const setUser = (set: { role?: 'member'; state?: 'ended' }) =>
        database.write((tx) => tx.updateTable('user').set(set).where('username', '=', 'cy').execute())
      await setUser({ role: 'member' })
      await refused(program.call('POST', '/groups', group, seals[0]), 403, 'not-allowed')
      await refused(program.call('PATCH', '/projects/payments', change, seals[1]), 403, 'not-allowed')
      await refused(program.call('PATCH', `${repository}/docs`, change, seals[2]), 403, 'not-allowed')
      await setUser({ state: 'ended' })
      await refused(program.call('POST', '/groups', group, seals[0]), 401, 'token-refused')
    })

    test('a member’s token asks for nothing that its person could not do', async () => {
      const dee = await postern.join(ana, 'dee')
      const program = await programOf(dee, everyScope)
      await refused(program.call('POST', '/groups', newGroup()), 403, 'not-allowed')
      await refused(program.call('PUT', '/policy', {}), 403, 'not-allowed')
      await refused(program.call('PATCH', `${repository}/api`, { description: 'x' }), 404, 'not-found')
      await refused(program.call('PATCH', `${repository}/docs`, { description: 'x' }), 403, 'not-allowed')
      await dee.call('GET', '/inbox').then((found) => assert.deepEqual((found as { items: unknown[] }).items, []))
    })

    test('a token for some repositories acts in those, and nowhere else', async () => {
      const program = await programOf(ana, everyScope, [ids['api'] ?? ''])
      const change = { description: 'from the pipeline' }
      const sealId = await ana.tap(await program.ask('PATCH', `${repository}/api`, change))
      await program.call('PATCH', `${repository}/api`, change, sealId)
      await refused(program.call('PATCH', `${repository}/web`, change), 404, 'not-found')
      await refused(program.call('PATCH', `${repository}/docs`, change), 403, 'not-allowed')
      for (const [method, path, body] of [
        ['PATCH', '/projects/payments', change],
        ['DELETE', '/projects/payments', undefined],
        ['POST', '/groups', newGroup()],
        ['PUT', '/policy', {}],
        ['DELETE', '/me/tokens/tok_x', undefined],
      ] as const)
        await refused(program.call(method, path, body), 403, 'not-allowed')
      const next = await ana.tap(await program.ask('PUT', `${repository}/api/members/user/dee`, { role: 'read' }))
      assert.ok(next, 'members of the repository are part of it')
    })

    test('its person refuses, ends the token, and everything it asked for falls', async () => {
      const program = await programOf(ana)
      const first = await program.ask('POST', '/groups', newGroup())
      const second = await program.ask('POST', '/groups', newGroup())
      await ana.call('POST', `/seal-requests/${first}/refuse-and-end-token`)
      await refused(program.call('GET', `/seal-requests/${second}/wait?seconds=0`), 401, 'token-refused')
      await refused(program.call('POST', '/groups', newGroup()), 401, 'token-refused')
      await refused(ana.tap(first), 409, 'refused')
      await refused(ana.tap(second), 409, 'withdrawn')
    })

    test('asked twice for the same, it is one request; of different ones only some may wait', async () => {
      const program = await programOf(ana)
      const body = newGroup()
      const id = await program.ask('POST', '/groups', body)
      assert.equal(await program.ask('POST', '/groups', body), id)
      const other = await programOf(ana)
      assert.notEqual(await other.ask('POST', '/groups', body), id)
      for (let count = 1; count < mostOpenOfToken; count += 1) await program.ask('POST', '/groups', newGroup())
      await refused(program.call('POST', '/groups', newGroup()), 429, 'too-many-requests')
      assert.equal(await program.ask('POST', '/groups', body), id)
      await other.ask('POST', '/groups', newGroup())
      await ana.act('POST', '/groups', newGroup())
      await ana.call('POST', `/seal-requests/${id}/refuse`)
      const anew = await program.ask('POST', '/groups', body)
      assert.notEqual(anew, id, 'what was refused is not asked for behind the back')
      await ana.call('POST', `/seal-requests/${anew}/refuse-and-end-token`)
    })

    test('by no token: what makes keys count, and tokens that could ask for acts themselves', async () => {
      const program = await programOf(ana, everyScope)
      const [key] = (await ana.call<{ items: { id: string }[] }>('GET', '/me/credentials')).items
      for (const [method, path, body] of [
        ['POST', '/me/credentials', { ceremonyId: 'x', response: {}, name: 'x' }],
        ['PATCH', `/me/credentials/${key?.id}`, { name: 'mine' }],
        ['DELETE', `/me/credentials/${key?.id}`, undefined],
        ['POST', `/people/ana/credentials/${key?.id}/endorse`, {}],
      ] as const)
        await refused(program.call(method, path, body), 403, 'person-required')
      const token = { name: 'next', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 30 }
      await refused(program.call('POST', '/me/tokens', { ...token, scopes: ['act'] }), 403, 'not-allowed')
      await program.ask('POST', '/me/tokens', token)
    })

    test('where no act is declared, such a token is as closed out as any', async () => {
      const program = await programOf(ana, everyScope)
      const closed = postern.postern.routes.filter(
        ({ access, act, method }) =>
          act === '' && method !== 'HEAD' && /^(person|enrolling|organisation:)/.test(access),
      )
      assert.ok(closed.length > 30, 'the routes were not seen')
      for (const { method, url } of closed)
        await refused(program.call(method as Method, pathOf(url)), 403, 'person-required')
      const administered = postern.postern.routes.filter(
        ({ access, act, method }) => act === '' && method !== 'HEAD' && /^(project|repository):admin$/.test(access),
      )
      assert.ok(administered.length > 3)
      for (const { method, url } of administered)
        await refused(program.call(method as Method, pathOf(url)), 403, 'not-allowed')
      const never = postern.postern.routes.filter(({ act }) => act.startsWith('credential.'))
      assert.ok(never.length >= 4)
      for (const { method, url } of never)
        await refused(program.call(method as Method, pathOf(url)), 403, 'person-required')
    })

    test('guardrails see from where the token comes, and what kind of key taps', async () => {
      const { version, policy } = await ana.call<PolicyView>('GET', '/policy')
      const rule = { mode: 'enforce', who: ['everyone'] } as const
      const rules = [
        {
          ...rule,
          id: 'hall',
          title: 'From the hall',
          does: ['group.create'],
          requires: { networks: ['192.0.2.0/24'] },
        },
        { ...rule, id: 'hard', title: 'Hard keys', does: ['project.change'], requires: { strength: 'attested' } },
      ]
      await ana.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules } })
      const program = await programOf(ana)
      await refused(program.call('POST', '/groups', newGroup()), 403, 'not-allowed')
      const asked = await program.ask('PATCH', '/projects/payments', { description: 'soft' })
      await refused(ana.tap(asked), 403, 'not-allowed')
    })

    test('a session that falls short of the rules taps for the key that it lacks, not for its token', async () => {
      const eve = await postern.join(ana, 'eve', 'admin')
      const program = await programOf(eve)
      const body = { description: 'by eve' }
      const early = await program.ask('PATCH', '/projects/payments', body)
      const { version, policy } = await ana.call<PolicyView>('GET', '/policy')
      const rule = {
        id: 'hard-sign-in',
        title: 'Hard keys to sign in',
        mode: 'enforce',
        who: ['user:eve'],
        does: ['sign-in'],
        requires: { strength: 'attested' },
      }
      await ana.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [rule] } })
      await refused(eve.call('GET', '/home'), 403, 'stronger-key-needed')
      await refused(eve.tap(early), 403, 'stronger-key-needed')
      await refused(eve.tap(await program.ask('POST', '/groups', newGroup())), 403, 'stronger-key-needed')
    })

    test('a token that ends while its act begins takes the seal with it', async () => {
      const program = await programOf(ana)
      const tokenId = (await tokenIdOf(program.name)) as Id<'tok'>
      const sealId = await ana.tap(await program.ask('PATCH', '/projects/payments', { description: 'too late' }))
      const { id } = await database.read
        .selectFrom('user')
        .select('id')
        .where('username', '=', 'ana')
        .executeTakeFirstOrThrow()
      const { policy, now } = postern.postern.ceremonies
      const caller = { id, kind: 'person', username: 'ana', role: 'owner', address: '127.0.0.1' } as const
      const take = (isEnded: boolean) =>
        database.write(async (tx) => {
          if (isEnded) await tx.updateTable('apiToken').set({ endedAt: now() }).where('id', '=', tokenId).execute()
          const question = { act: 'project.change', place: null } as const
          await takeSeal(tx, { sealId, caller, policy, question, at: now(), askedByToken: tokenId, isFor: () => true })
          throw new Error('taken, and undone')
        })
      await assert.rejects(take(true), { code: 'seal-spent' })
      await assert.rejects(take(false), /taken, and undone/)
    })

    const pathOf = (url: string): string =>
      url
        .replace('/api/v1', '')
        .replace(':project', 'payments')
        .replace(':repository', 'web')
        .replaceAll(/:\w+/g, 'x')
        .replace('*', 'x')

    async function eventOf(action: string) {
      const { leaf, method, strength } = await database.read
        .selectFrom('auditEvent')
        .select(['leaf', 'method', 'strength'])
        .where('action', '=', action)
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow()
      return { method, strength, facts: (JSON.parse(leaf) as { facts: Record<string, string> }).facts }
    }
  })
