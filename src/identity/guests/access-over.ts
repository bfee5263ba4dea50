import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { ProblemError } from '../../http/problem.ts'
import { hashSecret } from '../../http/secret.ts'
import { findSponsor } from './guest-ends.ts'

interface AccessOver {
  endedAt: number
  ask: { displayName: string; email: string } | null
}

/** Why a browser that was signed in no longer is, where a date did it. Only its own cookie asks. */
export async function findAccessOver(
  db: Db<'session' | 'user' | 'accessEnd'>,
  { secret }: { secret: string },
  at: number,
): Promise<AccessOver | null> {
  const session = await db
    .selectFrom('session')
    .select('userId')
    .where('secretHash', '=', hashSecret(secret))
    .executeTakeFirst()
  return session === undefined ? null : findOverOf(db, session.userId, at)
}

/** Null where this person is here, or a person or directory ended their access. */
async function findOverOf(db: Db<'user' | 'accessEnd'>, userId: Id<'usr'>, at: number): Promise<AccessOver | null> {
  const user = await db
    .selectFrom('user')
    .select(['endsAt', 'state', 'sponsorId'])
    .where('id', '=', userId)
    .executeTakeFirst()
  if (user === undefined || user.endsAt === null || user.endsAt > at) return null
  if (user.state === 'ended') {
    const last = await db
      .selectFrom('accessEnd')
      .select('cause')
      .where('userId', '=', userId)
      .orderBy('decidedAt', 'desc')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (last?.cause !== 'guest-end') return null
  }
  const sponsor = await findSponsor(db, user.sponsorId, at)
  const ask = sponsor === undefined ? null : { displayName: sponsor.displayName, email: sponsor.email }
  return { endedAt: user.endsAt, ask }
}

/** For a passkey whose tap was verified: what its owner is told instead of being let in. */
export async function findOverProblem(
  db: Db<'user' | 'accessEnd'>,
  userId: Id<'usr'>,
  at: number,
): Promise<ProblemError | undefined> {
  const over = await findOverOf(db, userId, at)
  if (over === null) return undefined
  const day = new Date(over.endedAt).toISOString().slice(0, 10)
  return new ProblemError(403, 'access-over', `Your access ended on ${day}.`, {
    help: `Ask ${over.ask === null ? 'an administrator' : `${over.ask.displayName} (${over.ask.email})`} to prolong it.`,
  })
}
