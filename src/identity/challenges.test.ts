import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDatabase } from '../database/open.ts'
import { createChallenges } from './challenges.ts'

const clientData = (challenge: Buffer): Buffer =>
  Buffer.from(JSON.stringify({ challenge: challenge.toString('base64url') }))
const wanted = { kind: 'sign-in', bindingHash: 'browser', userId: null, payload: { n: 1 } } as const

async function withChallenges(
  work: (challenges: ReturnType<typeof createChallenges>, clock: { at: number }) => Promise<void>,
): Promise<void> {
  const database = await openDatabase('sqlite::memory:')
  const clock = { at: 1_000_000 }
  await work(
    createChallenges(database, () => clock.at),
    clock,
  )
  await database.close()
}

test('a challenge is answered once, by its own browser, for its own kind', () =>
  withChallenges(async (challenges) => {
    const { id, challenge } = await challenges.issue(wanted)
    const clientDataJSON = clientData(challenge)
    for (const wrong of [
      { kind: 'seal' as const },
      { kind: 'registration' as const },
      { bindingHash: 'other' },
      { id: 'cer_other' },
    ])
      await assert.rejects(
        challenges.consume({ id, kind: 'sign-in', bindingHash: 'browser', clientDataJSON, ...wrong }),
        { code: 'ceremony-over' },
      )
    const answered = await challenges.consume({ id, kind: 'sign-in', bindingHash: 'browser', clientDataJSON })
    assert.deepEqual([answered.payload, answered.challenge], [{ n: 1 }, challenge])
    await assert.rejects(challenges.consume({ id, kind: 'sign-in', bindingHash: 'browser', clientDataJSON }), {
      code: 'ceremony-over',
    })
  }))

test('a wrong answer uses it up as a right one does', () =>
  withChallenges(async (challenges) => {
    for (const clientDataJSON of [
      clientData(Buffer.alloc(32)),
      Buffer.from('not JSON'),
      Buffer.from('{}'),
      Buffer.from('{"challenge":7}'),
    ]) {
      const { id, challenge } = await challenges.issue(wanted)
      await assert.rejects(challenges.consume({ id, kind: 'sign-in', bindingHash: 'browser', clientDataJSON }))
      await assert.rejects(
        challenges.consume({ id, kind: 'sign-in', bindingHash: 'browser', clientDataJSON: clientData(challenge) }),
        { code: 'ceremony-over' },
      )
    }
  }))

test('looking at a challenge does not use it up, and an old one cannot even be looked at', () =>
  withChallenges(async (challenges, clock) => {
    const { id } = await challenges.issue(wanted)
    assert.deepEqual(await challenges.peek({ id, kind: 'sign-in', bindingHash: 'browser' }), { n: 1 })
    assert.deepEqual(await challenges.peek({ id, kind: 'sign-in', bindingHash: 'browser' }), { n: 1 })
    clock.at += 5 * 60_000 + 1
    await assert.rejects(challenges.peek({ id, kind: 'sign-in', bindingHash: 'browser' }), { code: 'ceremony-over' })
  }))
