import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createUser } from '../src/identity/users.ts'
import type { Insights, PersonWithoutPasskey } from '../src/insights/shapes.ts'
import { Person } from '../src/walk/person.ts'
import { beginSignIn } from './support/ceremony.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`figures on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    const figures = (days?: string): Promise<Insights> =>
      ana.call('GET', days === undefined ? '/insights' : `/insights?days=${days}`)
    async function signInAfter(sinceShownMs: unknown): Promise<void> {
      const browser = new Person(postern.origin, ana.authenticator)
      const { ceremonyId, publicKey } = await beginSignIn(browser)
      const response = browser.authenticator.get(publicKey, postern.origin)
      await browser.call('POST', '/sign-in/finish', { ceremonyId, response, sinceShownMs })
    }

    test('a sign-in is counted with its key, and with the time the browser says it took', async () => {
      await signInAfter(1800)
      await signInAfter(4200)
      await signInAfter(undefined)
      const { signIns, timeToSignIn, days } = await figures()
      assert.equal(days, 30)
      assert.deepEqual(signIns, {
        count: 3,
        rows: [{ method: 'passkey', strength: 'device-bound', category: 'hardware-key', count: 3 }],
      })
      assert.deepEqual(timeToSignIn.rows[0], { category: null, count: 2, medianMs: 1800, p95Ms: 4200 })
    })

    test('a time that cannot be is refused, and signs nobody in', async () => {
      const { signIns } = await figures()
      for (const bad of [-1, 1.5, 3_600_001, '12', null, [1], Number.MAX_SAFE_INTEGER])
        await refused(signInAfter(bad), 422, 'invalid-input')
      assert.deepEqual((await figures()).signIns, signIns)
    })

    test('what the browser says of itself goes nowhere but into that figure', async () => {
      await signInAfter(3_600_000)
      const { items } = await ana.call<{ items: { leaf: string; sentence: string }[] }>(
        'GET',
        '/audit?action=session.started',
      )
      const { facts } = JSON.parse(items[0]?.leaf ?? '') as { facts: Record<string, unknown> }
      assert.equal(facts['sinceShownMs'], 3_600_000)
      assert.doesNotMatch(items[0]?.sentence ?? '', /3600000/)
    })

    test('taps are counted by what they allowed', async () => {
      await ana.act('POST', '/groups', { name: 'crew', description: '' })
      await ana.act('POST', '/groups', { name: 'kitchen', description: '' })
      const { taps } = await figures('1')
      assert.deepEqual(taps, {
        made: 2,
        refused: 0,
        rows: [{ act: 'group.create', words: 'create a group', count: 2 }],
      })
      const asked = await refused(ana.call('POST', '/groups', { name: 'x1', description: '' }), 401, 'seal-required')
      await ana.call('POST', `/seal-requests/${asked.sealRequestId}/refuse`, {})
      assert.equal((await figures('1')).taps.refused, 1)
    })

    test('those without a passkey are named, a page at a time', async () => {
      const names = Array.from({ length: 60 }, (_, index) => `waiting-${String(index).padStart(2, '0')}`)
      await postern.postern.ceremonies.database.write(async (tx) => {
        for (const username of names)
          await createUser(tx, { username, displayName: username, email: '', role: 'member', createdBy: null, at: 1 })
      })
      type Page = { items: PersonWithoutPasskey[]; nextCursor: string | null }
      const path = '/insights/people-without-passkey'
      const first = await ana.call<Page>('GET', path)
      const second = await ana.call<Page>('GET', `${path}?cursor=${first.nextCursor}`)
      assert.deepEqual(
        [...first.items, ...second.items].map(({ username }) => username),
        names,
      )
      assert.equal(second.nextCursor, null)
      assert.deepEqual(
        Object.keys(first.items[0] ?? {}).sort(),
        ['createdAt', 'displayName', 'id', 'role', 'username'],
        'no more than the list needs',
      )
      assert.deepEqual((await figures()).people, {
        count: 61,
        rows: [
          { strength: 'device-bound', count: 1 },
          { strength: null, count: 60 },
        ],
      })
      await refused(ana.call('GET', `${path}?cursor=nonsense`), 422, 'invalid-input')
    })

    test('the period is a whole number of days, a year at most', async () => {
      for (const bad of ['0', '366', '-1', '1.5', '1e2', '', '030', 'all', '1000'])
        await refused(figures(bad), 422, 'invalid-input')
      for (const good of ['1', '99', '100', '299', '365']) assert.equal((await figures(good)).days, Number(good))
    })

    test('they are for administrators in a browser, and looking writes nothing', async () => {
      const bo = await postern.join(ana, 'bo')
      const token = await ana.makeToken('ci', ['account:read'])
      const { database } = postern.postern.ceremonies
      const count = (): Promise<unknown> =>
        database.read
          .selectFrom('auditEvent')
          .select(({ fn }) => fn.countAll<number>().as('count'))
          .executeTakeFirst()
      const events = await count()
      for (const path of ['/insights', '/insights/people-without-passkey']) {
        await ana.call('GET', path)
        await refused(bo.call('GET', path), 403, 'not-allowed')
        await refused(postern.stranger().call('GET', path), 401, 'sign-in-required')
        const withToken = postern.stranger().call('GET', path, undefined, { authorization: `Bearer ${token}` })
        await refused(withToken, 403, 'person-required')
      }
      assert.deepEqual(await count(), events)
    })
  })
