import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Database } from '../database/handles.ts'
import { openDatabase } from '../database/open.ts'
import type { Id } from '../database/id.ts'
import { draftAct } from './format/draft.ts'
import { createSealRequest, longestSealLifetimeMs, mostOpenOfRequester, mostOpenRequests } from './requests.ts'
import { createWaiting } from './waiting.ts'

const at = 1_800_000_000_000
const userId: Id<'usr'> = 'usr_ana'
const other: Id<'usr'> = 'usr_bo'
const never = new AbortController().signal

describe('what waits for a tap', () => {
  let database: Database
  let time = at
  before(async () => {
    database = await openDatabase('sqlite::memory:')
  })
  after(() => database.close())

  const ask = (who: { userId?: Id<'usr'>; requestedBy?: Id<'usr'>; lifetimeMs?: number; at?: number } = {}) =>
    database.write((tx) =>
      createSealRequest(tx, {
        userId,
        requestedBy: userId,
        action: 'token.create',
        repositoryId: null,
        draft: {
          statement: statement(),
          question: { act: 'token.create', place: null },
          stockVerifiableOnly: false,
        },
        facts: { title: 'Make a token', rows: [], warnings: [] },
        at: time,
        ...who,
      }),
    )
  const answer = (id: Id<'srq'>, state: 'sealed' | 'refused') =>
    database.write((tx) => tx.updateTable('sealRequest').set({ state }).where('id', '=', id).execute())

  test('who waits is woken by the answer, and everybody who waits', async () => {
    const waiting = createWaiting({ database, now: () => time, lookAgainMs: 60_000 })
    const { id } = await ask()
    const forMs = 60_000
    const both = [waiting.waitFor(id, { forMs, signal: never }), waiting.waitFor(id, { forMs, signal: never })]
    await answer(id, 'sealed')
    waiting.answered(id)
    assert.deepEqual(
      (await Promise.all(both)).map((found) => found?.state),
      ['sealed', 'sealed'],
    )
  })

  test('an answer given elsewhere is found without being told', async () => {
    const waiting = createWaiting({ database, now: () => time, lookAgainMs: 5 })
    const { id } = await ask()
    const found = waiting.waitFor(id, { forMs: 60_000, signal: never })
    await answer(id, 'refused')
    assert.equal((await found)?.state, 'refused')
  })

  test('nothing is waited for that is over, unknown, or not to be waited for', async () => {
    const waiting = createWaiting({ database, now: () => time, lookAgainMs: 5 })
    const { id } = await ask()
    assert.equal((await waiting.waitFor(id, { forMs: 0, signal: never }))?.state, 'open')
    assert.equal(await waiting.waitFor('srq_none', { forMs: 60_000, signal: never }), undefined)
    assert.equal((await waiting.waitFor(id, { forMs: 60_000, signal: AbortSignal.abort() }))?.state, 'open')
    time += 5 * 60_000
    assert.equal((await waiting.waitFor(id, { forMs: 60_000, signal: never }))?.state, 'expired')
  })

  test('a wait ends when whoever waits goes, or may no longer', async () => {
    const waiting = createWaiting({ database, now: () => time, lookAgainMs: 5 })
    const { id } = await ask()
    const gone = new AbortController()
    const left = waiting.waitFor(id, { forMs: 60_000, signal: gone.signal })
    gone.abort()
    assert.equal((await left)?.state, 'open')
    const onLook = () => Promise.reject(new Error('signed out'))
    await assert.rejects(waiting.waitFor(id, { forMs: 60_000, signal: never, onLook }), /signed out/)
  })

  test('only what is asked of somebody else, or by a token, has a link at once', async () => {
    assert.equal((await ask()).code, null)
    assert.match((await ask({ requestedBy: other })).code ?? '', /^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/)
  })

  test('a request waits as long as it is told, a week at most', async () => {
    assert.equal((await ask({ lifetimeMs: longestSealLifetimeMs })).expiresAt, time + longestSealLifetimeMs)
    await assert.rejects(ask({ lifetimeMs: longestSealLifetimeMs + 1 }), RangeError)
  })

  test('nobody is asked too often by one person, and one person does not ask everybody too often', async () => {
    const requestedBy: Id<'usr'> = 'usr_busy'
    for (let person = 0; person < mostOpenOfRequester / mostOpenRequests; person += 1) {
      const asked: Id<'usr'> = `usr_${person}`
      for (let count = 0; count < mostOpenRequests; count += 1) await ask({ userId: asked, requestedBy })
      await assert.rejects(ask({ userId: asked, requestedBy }), { code: 'too-many-requests' })
    }
    await assert.rejects(ask({ userId: 'usr_fresh', requestedBy }), { code: 'too-many-requests' })
    await ask({ userId: 'usr_0', requestedBy: other })
  })

  test('what expired a day ago goes when its requester asks again; what others asked stays', async () => {
    const requestedBy: Id<'usr'> = 'usr_sweeper'
    const mine = await ask({ requestedBy })
    const theirs = await ask({ requestedBy: other })
    time += 2 * 24 * 3_600_000
    await ask({ requestedBy })
    const kept = await database.read
      .selectFrom('sealRequest')
      .select('id')
      .where('id', 'in', [mine.id, theirs.id])
      .execute()
    assert.deepEqual(
      kept.map(({ id }) => id),
      [theirs.id],
    )
  })

  const statement = () =>
    draftAct(
      {
        signer: { userId, username: 'ana' },
        requestedBy: userId,
        policyDigest: `sha256:${'0'.repeat(64)}`,
        issuedAt: time,
        notAfter: time + longestSealLifetimeMs,
      },
      {
        action: 'token.create',
        act: {
          method: 'POST',
          route: '/x',
          parameters: {},
          bodyDigest: `sha256:${'0'.repeat(64)}`,
          title: 'Make a token',
        },
      },
    )
})
