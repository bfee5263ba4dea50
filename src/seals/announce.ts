import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'

const mostAtOnce = 50

/**
 * Requests that wait for somebody who does not know it yet: asked by another person or a program, or by the server when
 * something they wanted is ready. What a person asked for in a browser of their own is in front of them.
 */
export function listUnannounced(db: Db<'sealRequest'>, now: number): Promise<SealRequestTable[]> {
  return db
    .selectFrom('sealRequest')
    .selectAll()
    .where('announcedAt', 'is', null)
    .where('code', 'is not', null)
    .where('state', '=', 'open')
    .where('expiresAt', '>', now)
    .where((eb) =>
      eb.or([
        eb('userId', '!=', eb.ref('requestedBy')),
        eb('requestedVia', '!=', 'session'),
        eb('about', 'is not', null),
      ]),
    )
    .orderBy('createdAt')
    .limit(mostAtOnce)
    .execute()
}

/** Whether it was this caller who came first. */
export async function markAnnounced(tx: Tx<'sealRequest'>, id: Id<'srq'>, at: number): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('sealRequest')
    .set({ announcedAt: at })
    .where('id', '=', id)
    .where('announcedAt', 'is', null)
    .executeTakeFirst()
  return Number(numUpdatedRows) === 1
}

const hourMs = 3_600_000
/** Of one requester, for one person, within an hour: whoever asks and takes back without end wears nobody down. */
const mostAnHour = 30

/** Whether this one, which was just announced, is more than somebody is told of by one who asks; it waits in their inbox. */
export async function isTooMany(
  db: Db<'sealRequest'>,
  { userId, requestedBy }: Pick<SealRequestTable, 'userId' | 'requestedBy'>,
  at: number,
): Promise<boolean> {
  const { told } = await db
    .selectFrom('sealRequest')
    .select((eb) => eb.fn.countAll<number>().as('told'))
    .where('requestedBy', '=', requestedBy)
    .where('userId', '=', userId)
    // None is announced when its time is over; the index has this.
    .where('expiresAt', '>', at - hourMs)
    .where('announcedAt', '>', at - hourMs)
    .executeTakeFirstOrThrow()
  return told > mostAnHour
}
