import type { Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { PushSubscriptionTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'

/** Browsers of one person that are told; the oldest goes when one more comes. */
const mostOfPerson = 20

export interface NewSubscription {
  userId: Id<'usr'>
  endpoint: string
  keys: { p256dh: string; auth: string }
  userAgent: string
  at: number
}

/** Keeps where a browser can be reached. The same browser again, of the same person, is one. @throws 422 */
export async function keepSubscription(tx: Tx<'pushSubscription'>, wanted: NewSubscription): Promise<Id<'psh'>> {
  const { userId, endpoint, keys, userAgent, at } = wanted
  checkKeys(keys)
  // Whoever has this browser now is told there, and nobody who had it before.
  await tx.deleteFrom('pushSubscription').where('endpoint', '=', endpoint).execute()
  const old = await tx
    .selectFrom('pushSubscription')
    .select('id')
    .where('userId', '=', userId)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .offset(mostOfPerson - 1)
    .limit(mostOfPerson)
    .execute()
  for (const { id } of old) await tx.deleteFrom('pushSubscription').where('id', '=', id).execute()
  const row: PushSubscriptionTable = {
    id: newId('psh'),
    userId,
    endpoint,
    ...keys,
    userAgent: userAgent.slice(0, 300),
    createdAt: at,
  }
  await tx.insertInto('pushSubscription').values(row).execute()
  return row.id
}

/** RFC 8291 §2: an uncompressed P-256 point and 16 bytes. */
function checkKeys({ p256dh, auth }: NewSubscription['keys']): void {
  const point = Buffer.from(p256dh, 'base64url')
  if (point.length === 65 && point[0] === 4 && Buffer.from(auth, 'base64url').length === 16) return
  throw new ProblemError(422, 'invalid-input', 'This is not what a browser hands out to be told.', {
    help: 'Reload the page, and switch it on once more in this browser.',
  })
}

/** Of those who came in since: who was there before is told as before. Returns how many. */
export const endSubscriptionsSince = async (
  tx: Tx<'pushSubscription'>,
  userId: Id<'usr'>,
  since: number,
): Promise<number> =>
  (
    await tx
      .deleteFrom('pushSubscription')
      .where('userId', '=', userId)
      .where('createdAt', '>=', since)
      .returning('id')
      .execute()
  ).length

/** Of somebody whose account lives. */
export function listSubscriptions(db: Db<'pushSubscription' | 'user'>, userId: Id<'usr'>) {
  return db
    .selectFrom('pushSubscription')
    .innerJoin('user', 'user.id', 'pushSubscription.userId')
    .selectAll('pushSubscription')
    .where('userId', '=', userId)
    .where('user.state', '=', 'active')
    .orderBy('pushSubscription.createdAt')
    .execute()
}
