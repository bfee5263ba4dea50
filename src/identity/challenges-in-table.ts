import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { type ChallengeKey, type ChallengeStore, mostOutstanding } from './challenges.ts'

const sweepEveryMs = 10_000

/** For several nodes: a ceremony begun at one may end at another. */
export function challengesInTable(volatile: Tx<'challenge'>): ChallengeStore {
  let sweptAt = 0
  let outstanding = 0

  async function sweep(now: number): Promise<void> {
    if (now - sweptAt < sweepEveryMs && outstanding < mostOutstanding) return
    sweptAt = now
    await volatile.deleteFrom('challenge').where('expiresAt', '<', now).execute()
    const { count } = await volatile
      .selectFrom('challenge')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    outstanding = count
  }

  return {
    async put(challenge, now) {
      await sweep(now)
      if (outstanding >= mostOutstanding) return false
      outstanding += 1
      await volatile.insertInto('challenge').values(challenge).execute()
      return true
    },
    find: ({ id, kind, bindingHash }) =>
      volatile
        .selectFrom('challenge')
        .selectAll()
        .where('id', '=', id as Id<'cer'>)
        .where('kind', '=', kind)
        .where('bindingHash', '=', bindingHash)
        .executeTakeFirst(),
    take: ({ id, kind, bindingHash }: ChallengeKey) =>
      volatile
        .deleteFrom('challenge')
        .where('id', '=', id as Id<'cer'>)
        .where('kind', '=', kind)
        .where('bindingHash', '=', bindingHash)
        .returningAll()
        .executeTakeFirst(),
  }
}
