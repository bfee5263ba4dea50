import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Database } from '../src/database/handles.ts'
import { newId } from '../src/database/id.ts'
import { openDatabase } from '../src/database/open.ts'
import type { ChallengeTable } from '../src/database/schema.ts'
import { type Challenges, type ChallengeStore, createChallenges, mostOutstanding } from '../src/identity/challenges.ts'
import { challengesInMemory } from '../src/identity/challenges-in-memory.ts'
import { challengesInTable } from '../src/identity/challenges-in-table.ts'
import { postgresDatabase } from './support/postgres.ts'

const lifetimeMs = 5 * 60_000
const wanted = { kind: 'sign-in', bindingHash: 'browser', userId: null, payload: { n: 1 } } as const
const honest = { kind: 'sign-in', bindingHash: 'browser' } as const
const clientData = (challenge: Buffer): Buffer =>
  Buffer.from(JSON.stringify({ challenge: challenge.toString('base64url') }))

for (const place of ['memory', 'a table'])
  describe(`challenges in ${place}`, () => {
    let database: Database | undefined
    let store: ChallengeStore
    let challenges: Challenges
    let now = 0
    before(async () => {
      if (place === 'a table') database = await openDatabase(await postgresDatabase())
    })
    after(() => database?.close())
    beforeEach(async () => {
      now = Date.now()
      await database?.volatile?.deleteFrom('challenge').execute()
      store = database?.volatile === undefined ? challengesInMemory() : challengesInTable(database.volatile)
      challenges = createChallenges(store, () => now)
    })

    test('one is answered once, by its own browser, for its own kind; a wrong question uses nothing up', async () => {
      const { id, challenge } = await challenges.issue(wanted)
      const answer = { ...honest, id, clientDataJSON: clientData(challenge) }
      for (const wrong of [
        { kind: 'seal' as const },
        { kind: 'registration' as const },
        { bindingHash: 'other' },
        { bindingHash: '' },
        { id: 'cer_other' },
        { id: '__proto__' },
      ]) {
        await assert.rejects(challenges.consume({ ...answer, ...wrong }), { code: 'ceremony-over' })
        await assert.rejects(challenges.peek({ ...answer, ...wrong }), { code: 'ceremony-over' })
      }
      const answered = await challenges.consume(answer)
      assert.deepEqual(answered, { challenge, userId: null, payload: { n: 1 } })
      await assert.rejects(challenges.consume(answer), { code: 'ceremony-over' })
      await assert.rejects(challenges.peek(answer), { code: 'ceremony-over' })
    })

    test('of many answers at once, one gets it', async () => {
      const { id, challenge } = await challenges.issue(wanted)
      const answer = { ...honest, id, clientDataJSON: clientData(challenge) }
      const all = await Promise.allSettled(Array.from({ length: 8 }, () => challenges.consume(answer)))
      assert.equal(all.filter(({ status }) => status === 'fulfilled').length, 1)
    })

    test('a wrong answer uses it up as a right one does', async () => {
      for (const clientDataJSON of [
        clientData(Buffer.alloc(32)),
        Buffer.from('not JSON'),
        Buffer.from('{}'),
        Buffer.from('{"challenge":7}'),
      ]) {
        const { id, challenge } = await challenges.issue(wanted)
        await assert.rejects(challenges.consume({ ...honest, id, clientDataJSON }), { name: 'WebauthnError' })
        await assert.rejects(challenges.consume({ ...honest, id, clientDataJSON: clientData(challenge) }), {
          code: 'ceremony-over',
        })
      }
    })

    test('looking at one does not use it up', async () => {
      const { id, challenge } = await challenges.issue(wanted)
      assert.deepEqual(await challenges.peek({ ...honest, id }), { n: 1 })
      assert.deepEqual(await challenges.peek({ ...honest, id }), { n: 1 })
      await challenges.consume({ ...honest, id, clientDataJSON: clientData(challenge) })
    })

    test('one lives five minutes and no longer', async () => {
      const { id, challenge, expiresAt } = await challenges.issue(wanted)
      const answer = { ...honest, id, clientDataJSON: clientData(challenge) }
      assert.equal(expiresAt, now + lifetimeMs)
      now = expiresAt
      assert.deepEqual(await challenges.peek(answer), { n: 1 })
      now += 1
      await assert.rejects(challenges.peek(answer), { code: 'ceremony-over' })
      await assert.rejects(challenges.consume(answer), { code: 'ceremony-over' })
      now = expiresAt
      await assert.rejects(
        challenges.consume(answer),
        { code: 'ceremony-over' },
        'nor does it come back with the clock',
      )
    })

    test('it is kept as a hash only, and what its ceremony needs back is a copy', async () => {
      const payload = { list: ['as issued'] }
      const { id, challenge } = await challenges.issue({ ...wanted, payload })
      const kept = JSON.stringify(await store.find({ ...honest, id }))
      for (const encoding of ['base64', 'base64url', 'hex', 'latin1'] as const)
        assert.ok(!kept.includes(challenge.toString(encoding)))
      payload.list.push('changed since')
      assert.deepEqual(await challenges.peek({ ...honest, id }), { list: ['as issued'] })
    })

    test('randomness that looks like a seal is drawn again', async () => {
      const drawn = [Buffer.from('SSHSIG'.padEnd(32, 'x')), Buffer.from('SSHSIG'.padEnd(32, 'y')), Buffer.alloc(32, 7)]
      const { challenge } = await createChallenges(
        store,
        () => now,
        () => drawn.shift() ?? assert.fail(),
      ).issue(wanted)
      assert.deepEqual([challenge, drawn.length], [Buffer.alloc(32, 7), 0])
    })

    test('no more wait than may; the next is refused until old ones fall away, and nothing that waits is lost', async () => {
      const first = await challenges.issue(wanted)
      now += 1
      await fill(mostOutstanding - 1)
      // Another node begins: it counts what is there, not what it put there itself.
      if (database?.volatile !== undefined)
        challenges = createChallenges(challengesInTable(database.volatile), () => now)
      await assert.rejects(challenges.issue(wanted), { status: 429, code: 'too-many-ceremonies' })
      assert.deepEqual(await challenges.peek({ ...honest, id: first.id }), { n: 1 })
      now = first.expiresAt + 1
      await challenges.issue(wanted)
      await assert.rejects(challenges.issue(wanted), { code: 'too-many-ceremonies' })
      now += lifetimeMs
      await challenges.issue(wanted)
    })

    /** Into a table many at a time, since one at a time takes half a minute. */
    async function fill(count: number): Promise<void> {
      const row = (): ChallengeTable => ({
        ...honest,
        id: newId('cer'),
        challengeHash: '',
        userId: null,
        payload: 'null',
        expiresAt: now + lifetimeMs,
      })
      if (database?.volatile === undefined) for (let n = 0; n < count; n += 1) assert.ok(await store.put(row(), now))
      else
        for (let left = count; left > 0; left -= 5_000)
          await database.volatile
            .insertInto('challenge')
            .values(Array.from({ length: Math.min(left, 5_000) }, row))
            .execute()
    }
  })

test('SQLite has one node, which needs no table', async () => {
  const database = await openDatabase('sqlite::memory:')
  assert.equal(database.volatile, undefined)
  await database.close()
})
