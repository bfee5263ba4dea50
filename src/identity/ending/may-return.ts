import type { Database, Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { CredentialRecordTable } from '../../database/schema.ts'
import { undoneElsewhere } from './end-access.ts'

/** How long a directory, or another place to sign in, that takes somebody back gives them their passkeys back too. */
export const returnDays = 30
const returnMs = returnDays * 24 * 3_600_000

/**
 * Those of these passkeys that have ended and may work again: whoever ended their person's access takes them back. That such
 * a passkey has ended must not be written where nothing can be taken back.
 */
export async function listReturning(
  db: Db<'accessEnd'>,
  records: Iterable<Pick<CredentialRecordTable, 'id' | 'endedWith'>>,
): Promise<Set<Id<'crd'>>> {
  const ended = [...records].flatMap(({ id, endedWith }) => (endedWith === null ? [] : [{ id, endedWith }]))
  if (ended.length === 0) return new Set()
  const rows = await db
    .selectFrom('accessEnd')
    .select('accessEnd.id')
    .where('accessEnd.id', 'in', [...new Set(ended.map(({ endedWith }) => endedWith))])
    .where('accessEnd.cause', 'in', undoneElsewhere)
    .where('accessEnd.restoredAt', 'is', null)
    // A later one stands above it: then no directory undoes the first.
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('accessEnd as later')
            .select('later.id')
            .whereRef('later.userId', '=', 'accessEnd.userId')
            .whereRef('later.busSeq', '>', 'accessEnd.busSeq'),
        ),
      ),
    )
    .execute()
  const open = new Set(rows.map(({ id }) => id))
  return new Set(ended.flatMap(({ id, endedWith }) => (open.has(endedWith) ? [id] : [])))
}

/** What nobody has taken back in time has ended for good. Returns whether any did just now. */
export async function closeReturns({
  database,
  now,
}: {
  database: Pick<Database, 'write'>
  now: () => number
}): Promise<boolean> {
  const closed = await database.write((tx) =>
    tx
      .updateTable('credentialRecord')
      .set({ endedWith: null })
      .where('endedAt', '<=', now() - returnMs)
      .where('endedWith', 'in', (eb) =>
        eb.selectFrom('accessEnd').select('accessEnd.id').where('accessEnd.cause', 'in', undoneElsewhere),
      )
      .returning('id')
      .execute(),
  )
  return closed.length > 0
}
