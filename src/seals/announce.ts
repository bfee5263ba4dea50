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
