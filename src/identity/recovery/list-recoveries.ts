import type { Db } from '../../database/handles.ts'
import { listPersonRefs } from '../users.ts'
import { findDeadLinks } from './dead-links.ts'
import type { RecoveryView } from './shapes.ts'

const mostShown = 200

/** Every recovery under way, the newest first. */
export async function listRecoveries(
  db: Db<'recovery' | 'registrationLink' | 'user'>,
  at: number,
): Promise<RecoveryView[]> {
  const rows = await db
    .selectFrom('recovery')
    .selectAll()
    .where('overAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(mostShown)
    .execute()
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ userId, startedBy }) => [userId, startedBy]),
  )
  const dead = await findDeadLinks(db, rows, at)
  return rows.flatMap((row) => {
    const person = people.get(row.userId)
    if (person === undefined) return []
    return {
      id: row.id,
      person,
      kind: row.kind,
      state: row.state === 'waiting' ? ('waiting' as const) : ('open' as const),
      startedBy: (row.startedBy === null ? undefined : people.get(row.startedBy)) ?? null,
      address: row.address,
      createdAt: row.createdAt,
      opensAt: row.opensAt,
      cancelUntil: row.cancelUntil,
      expiresAt: row.expiresAt,
      isRegistered: row.newCredentialId !== null,
      isLinkDead: dead.has(row.id),
    }
  })
}
