import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { forgetSpent, warnOfTokenEnds } from '../src/access-keys/rotation/warn-of-token-ends.ts'
import type { Id } from '../src/database/id.ts'
import type { ApiTokenMade, ApiTokenView } from '../src/access-keys/shapes.ts'
import { git, withToken } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules } from './support/guardrails.ts'
import { makeHeld, type Repository } from './support/held-repository.ts'
import { type MailServer, startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000
const minuteMs = 60_000

for (const store of eitherStore)
  describe(`tokens that are renewed, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let held: Repository
    let mail: MailServer
    let ahead = 0
    const now = (): number => Date.now() + ahead
    before(async () => {
      mail = await startMailServer()
      const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
      postern = await startPostern({ flags: [...(await store.flags()), ...smtp], now })
      ana = await postern.owner()
      held = await makeHeld(postern, ana, 'pay/api')
    })
    after(async () => {
      await postern[Symbol.asyncDispose]()
      await mail[Symbol.asyncDispose]()
    })
    // Days pass between the tests, and sessions end.
    beforeEach(() => ana.signIn())

    const make = (more: object = {}, path = '/me/tokens'): Promise<ApiTokenMade> =>
      ana.act('POST', path, {
        name: 'laptop',
        scopes: ['account:read', 'repository:write'],
        repositoryIds: null,
        expiresInDays: 30,
        ...more,
      })
    const call = (secret: string, method: 'GET' | 'POST', path: string): Promise<unknown> =>
      postern.stranger().call(method, path, method === 'GET' ? undefined : {}, { authorization: `Bearer ${secret}` })
    const works = (secret: string): Promise<unknown> => call(secret, 'GET', '/groups')
    const isOver = (secret: string) => refused(works(secret), 401, 'token-refused')
    const renew = (secret: string) => call(secret, 'POST', '/tokens/rotate') as Promise<ApiTokenMade>
    const view = async (id: string): Promise<ApiTokenView | undefined> =>
      (await ana.call<{ items: ApiTokenView[] }>('GET', '/me/tokens')).items.find((token) => token.id === id)
    const eventsOf = async (id: string): Promise<{ action: string; facts: Record<string, string | number> }[]> => {
      const rows = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select(['action', 'leaf'])
        .where('targetId', '=', id)
        .orderBy('occurredAt')
        .orderBy('id')
        .execute()
      return rows.map(({ action, leaf }) => ({ action, facts: (JSON.parse(leaf) as { facts: object }).facts as never }))
    }

    test('a person gives a token a new secret with a tap; the former one ends when that is used', async () => {
      const { token, secret } = await make({ repositoryIds: [held.id] })
      const path = `/me/tokens/${token.id}/rotate`
      await refused(ana.call('POST', path, { expiresInDays: 60, overlapDays: 7 }), 401, 'seal-required')
      ahead += 10 * dayMs
      await ana.signIn()
      const next = await ana.act<ApiTokenMade>('POST', path, { expiresInDays: 60, overlapDays: 7 })
      assert.deepEqual(
        [next.token.id, next.token.scopes, next.token.repositories?.map(({ id }) => id), next.token.name],
        [token.id, token.scopes, [held.id], 'laptop'],
        'the same token, with the same rights',
      )
      assert.ok(Math.abs(next.token.expiresAt - now() - 60 * dayMs) < minuteMs)
      assert.ok(Math.abs((next.token.formerUntil ?? 0) - now() - 7 * dayMs) < minuteMs)
      await works(secret)
      await works(next.secret)
      await isOver(secret)
      const shown = await view(token.id)
      assert.deepEqual([shown?.formerUntil, shown?.renewableUntil], [null, null])
      assert.ok(Math.abs((shown?.lastUsedAt ?? 0) - now()) < minuteMs)
      assert.deepEqual(
        (await eventsOf(token.id)).map(({ action }) => action),
        ['token.created', 'token.rotated', 'token.replaced'],
      )
      // Only a straggler: nobody else could have renewed it.
      ahead += 2 * minuteMs
      await isOver(secret)
      await works(next.secret)
    })

    test('the former secret ends at its deadline, the new one unused, and at once where no overlap was wanted', async () => {
      const { token, secret } = await make()
      const path = `/me/tokens/${token.id}/rotate`
      const next = await ana.act<ApiTokenMade>('POST', path, { expiresInDays: 30, overlapDays: 2 })
      ahead += 2 * dayMs + minuteMs
      await isOver(secret)
      await works(next.secret)
      await ana.signIn()
      const last = await ana.act<ApiTokenMade>('POST', path, { expiresInDays: 30, overlapDays: 0 })
      await isOver(next.secret)
      await works(last.secret)
    })

    test('a secret that leaked ends when its person says so, whatever was said before', async () => {
      const { token, secret } = await make({ expiresInDays: 90 })
      const path = `/me/tokens/${token.id}/rotate`
      await ana.act('POST', path, { expiresInDays: 90, overlapDays: 30 })
      const next = await ana.act<ApiTokenMade>('POST', path, { expiresInDays: 90, overlapDays: 0 })
      await isOver(secret)
      await works(next.secret)
    })

    test('no token renews itself unless somebody tapped for that', async () => {
      const { secret } = await make()
      await refused(renew(secret), 403, 'not-allowed')
      await works(secret)
      await refused(ana.call('POST', '/tokens/rotate', {}), 403, 'not-allowed')
      await refused(postern.stranger().call('POST', '/tokens/rotate', {}), 401, 'sign-in-required')
    })

    test('one that may renews itself as often as it likes, and never beyond what was tapped for', async () => {
      const { token, secret } = await make({ expiresInDays: 10, renewsForDays: 25 })
      const { renewableUntil } = token
      let newest = secret
      for (const expected of [18, 25]) {
        ahead += 8 * dayMs
        const made = await renew(newest)
        assert.deepEqual(
          [made.token.id, made.token.scopes, made.token.renewableUntil],
          [token.id, token.scopes, renewableUntil],
        )
        assert.ok(Math.abs(made.token.expiresAt - token.createdAt - expected * dayMs) < minuteMs, `day ${expected}`)
        await works(made.secret)
        newest = made.secret
      }
      ahead += 8 * dayMs
      assert.equal((await renew(newest)).token.expiresAt, renewableUntil)
      ahead += dayMs + minuteMs
      await isOver(newest)
    })

    test('a renewed token whose new secret was lost asks again, and gains no time by it', async () => {
      const { secret } = await make({ expiresInDays: 10, renewsForDays: 100 })
      const lost = await renew(secret)
      ahead += dayMs / 2
      const found = await renew(secret)
      assert.equal(found.token.formerUntil, lost.token.formerUntil)
      await isOver(lost.secret)
      ahead += dayMs / 2 + minuteMs
      await isOver(secret)
      await works(found.secret)
    })

    test('a former secret that is shown again ends the token, whoever has the newest', async () => {
      const { token, secret } = await make({ renewsForDays: 100 })
      const thief = await renew(secret)
      await works(thief.secret)
      // What was under way just then arrives late, and says nothing.
      await isOver(secret)
      await works(thief.secret)
      ahead += 11 * minuteMs
      const again = await renew(thief.secret)
      await works(again.secret)
      ahead += 2 * minuteMs
      await isOver(secret)
      await isOver(again.secret)
      assert.equal(await view(token.id), undefined)
      const { action, facts } = (await eventsOf(token.id)).at(-1) ?? assert.fail()
      assert.deepEqual([action, facts], ['token.reused', { token: 'laptop', owner: 'ana' }])
      await isOver(secret)
      assert.equal((await eventsOf(token.id)).filter((event) => event.action === 'token.reused').length, 1)
      const { database } = postern.postern.ceremonies
      const spent = () =>
        database.read
          .selectFrom('spentTokenSecret')
          .select('secretHash')
          .where('tokenId', '=', token.id as Id<'tok'>)
          .execute()
      assert.equal((await spent()).length, 2)
      await forgetSpent({ database, now })
      assert.deepEqual(await spent(), [])
      await isOver(secret)
    })

    test('a new secret that another one took the place of is known again too: one who shows both holds what two should', async () => {
      const { token, secret } = await make({ renewsForDays: 100 })
      const own = await renew(secret)
      ahead += 11 * minuteMs
      const thief = await renew(secret)
      await works(thief.secret)
      ahead += 2 * minuteMs
      await isOver(own.secret)
      await isOver(thief.secret)
      assert.equal((await eventsOf(token.id)).at(-1)?.action, 'token.reused')
    })

    test('of those that renew at once one has the new secret; it renews itself once in ten minutes', async () => {
      const { token, secret } = await make({ renewsForDays: 100 })
      const outcomes = await Promise.allSettled([renew(secret), renew(secret), renew(secret)])
      const [made, ...more] = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      assert.deepEqual([made?.token.id, more], [token.id, []])
      const { help } = await refused(renew(secret), 429, 'renewed-already')
      assert.match(help ?? '', /in 10 minutes/)
      await works(made?.secret ?? '')
      ahead += 10 * minuteMs
      await works((await renew(made?.secret ?? '')).secret)
    })

    test('many that first use a new secret at once all come in', async () => {
      const { secret } = await make({ renewsForDays: 100 })
      const next = await renew(secret)
      await Promise.all(Array.from({ length: 8 }, () => works(next.secret)))
      await isOver(secret)
    })

    test('an agent’s token too; its owner’s end is its end, with every secret', async () => {
      const username = `robot-${store.name.toLowerCase()}`
      const ben = await postern.join(ana, `ben-${store.name.toLowerCase()}`, 'admin')
      await ben.act('POST', '/agents', { username, displayName: 'Robot' })
      const path = `/agents/${username}/tokens`
      const wanted = { name: 'ci', scopes: ['account:read'], repositoryIds: null, expiresInDays: 5, renewsForDays: 50 }
      const { token, secret } = await ben.act<ApiTokenMade>('POST', path, wanted)
      const tapped = await ben.act<ApiTokenMade>('POST', `${path}/${token.id}/rotate`, {
        expiresInDays: 5,
        overlapDays: 1,
      })
      await works(tapped.secret)
      await isOver(secret)
      ahead += 11 * minuteMs
      const next = await renew(tapped.secret)
      await works(tapped.secret)
      await ana.act('POST', `/people/ben-${store.name.toLowerCase()}/end`, { reason: '' })
      await isOver(tapped.secret)
      await isOver(next.secret)
    })

    test('whoever gave an agent’s token its secret takes it with them, and so does whoever knows the former one', async () => {
      const suffix = store.name.toLowerCase()
      const [cleo, dora] = [
        await postern.join(ana, `cleo-${suffix}`, 'admin'),
        await postern.join(ana, `dora-${suffix}`, 'admin'),
      ]
      await ana.act('POST', '/agents', { username: `bot-${suffix}`, displayName: 'Bot' })
      const path = `/agents/bot-${suffix}/tokens`
      const wanted = { name: 'ci', scopes: ['account:read'], repositoryIds: null, expiresInDays: 30 }
      const rotation = { expiresInDays: 30, overlapDays: 1 }
      const give = (who: Person, { token }: ApiTokenMade) =>
        who.act<ApiTokenMade>('POST', `${path}/${token.id}/rotate`, rotation)
      const makeFor = (who: Person) => who.act<ApiTokenMade>('POST', path, wanted)
      const [taken, unused] = [await makeFor(ana), await makeFor(ana)]
      const [overlapping, followed] = [await makeFor(dora), await makeFor(cleo)]
      const byDora = [await give(dora, taken), await give(dora, unused)]
      const [waiting, used] = [await give(ana, overlapping), await give(ana, followed)]
      await works(byDora[0]?.secret ?? '')
      await works(used.secret)
      await works(overlapping.secret)
      await ana.act('POST', `/people/dora-${suffix}/end`, { reason: '' })
      for (const { secret } of [taken, unused, overlapping, waiting, ...byDora]) await isOver(secret)
      await ana.act('POST', `/people/cleo-${suffix}/end`, { reason: '' })
      // What cleo had has ended before; nobody but ana has seen this one.
      await works(used.secret)
    })

    test('a guardrail holds for each renewal', async () => {
      const { token, secret } = await make({ expiresInDays: 60, renewsForDays: 300 })
      await setRules(ana, [
        {
          id: 'short',
          title: 'Tokens live 7 days',
          mode: 'enforce',
          who: ['everyone'],
          does: ['token.create', 'token.use'],
          requires: { tokenLifetimeDays: 7 },
        },
      ])
      const made = await renew(secret)
      assert.ok(Math.abs(made.token.expiresAt - now() - 7 * dayMs) < minuteMs)
      await refused(
        ana.call('POST', `/me/tokens/${token.id}/rotate`, { expiresInDays: 8, overlapDays: 1 }),
        403,
        'not-allowed',
      )
      await works(made.secret)
      ahead += 6 * dayMs
      const last = await renew(made.secret)
      await works(last.secret)
      ahead += 2 * dayMs
      await works(last.secret)
      await ana.signIn()
      await setRules(ana, [])
    })

    test('works for git, and what begun with the former secret is not asked again', async () => {
      const { secret } = await make({ repositoryIds: [held.id], renewsForDays: 100 })
      const next = await renew(secret)
      const read = (one: string) => git(postern.folder, [...withToken(one), 'ls-remote', held.url])
      assert.equal((await read(secret)).code, 0)
      assert.equal((await read(next.secret)).code, 0)
      assert.notEqual((await read(secret)).code, 0)
    })

    test('warns 14, 7 and 1 days before the end, once each, and of a former secret too', async () => {
      const { token } = await make({ name: 'warned', expiresInDays: 20 })
      const { database } = postern.postern.ceremonies
      const told = async () =>
        (await eventsOf(token.id)).flatMap(({ action, facts }) => (action === 'token.expiring' ? [facts['days']] : []))
      const days = async (count: number): Promise<void> => {
        ahead += count * dayMs
        await Promise.all([warnOfTokenEnds({ database, now }), warnOfTokenEnds({ database, now })])
      }
      await days(5)
      assert.deepEqual(await told(), [])
      await days(2)
      assert.deepEqual(await told(), [14])
      // As soon as it is written: old news is not sent.
      const nextSubject = async (): Promise<string | undefined> => {
        for (;;) {
          const letter = await mail.next()
          const subject = letter.headers.get('subject')
          if (letter.text.includes('“warned”') && subject?.includes('ends in')) return subject
        }
      }
      assert.equal(await nextSubject(), 'An API token ends in 14 days')
      await days(7)
      assert.equal(await nextSubject(), 'An API token ends in 7 days')
      await days(5.5)
      assert.equal(await nextSubject(), 'An API token ends in a day')
      assert.deepEqual(await told(), [14, 7, 1])
      await ana.signIn()
      const home = () => ana.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
      const isAsked = async () => (await home()).attention.some(({ kind }) => kind === `token-ends-${token.id}`)
      assert.equal(await isAsked(), true)
      await ana.act('POST', `/me/tokens/${token.id}/rotate`, { expiresInDays: 90, overlapDays: 30 })
      assert.equal(await isAsked(), false)
      await days(0.4)
      assert.deepEqual(await told(), [14, 7, 1], 'the former secret ended with the token it was of')
      const other = await make({ expiresInDays: 5 })
      await days(4.5)
      const last = (await eventsOf(other.token.id)).at(-1)
      assert.deepEqual([last?.action, last?.facts['days'], last?.facts['isFollowed']], ['token.expiring', 1, 'no'])
    })
  })
