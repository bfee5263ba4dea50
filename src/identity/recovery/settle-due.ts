import type { Database } from '../../database/handles.ts'
import { settleRecovery } from './settle-recovery.ts'

const mostAtOnce = 200

/** Settles every recovery whose time has come. */
export async function settleDue({ database, now }: { database: Database; now: () => number }): Promise<number> {
  const at = now()
  const due = await database.read
    .selectFrom('recovery')
    .select('id')
    .where('overAt', 'is', null)
    .where((eb) =>
      eb.or([
        eb('expiresAt', '<=', at),
        eb.and([eb('cancelUntil', '<=', at), eb('newCredentialId', 'is not', null)]),
        eb.and([eb('opensAt', '<=', at), eb('state', '=', 'waiting')]),
      ]),
    )
    .orderBy('createdAt')
    .limit(mostAtOnce)
    .execute()
  for (const { id } of due) await settleRecovery(database, id, at)
  return due.length
}
