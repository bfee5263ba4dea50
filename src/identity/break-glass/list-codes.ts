import type { Db } from '../../database/handles.ts'
import { listPersonRefs } from '../users.ts'
import type { BreakGlassView } from './shapes.ts'

const mostShown = 50

/** The codes that work, and every use, the newest first; what was replaced unused is of no interest. */
export async function listBreakGlass(db: Db<'breakGlass' | 'user'>): Promise<BreakGlassView[]> {
  const rows = await db
    .selectFrom('breakGlass')
    .selectAll()
    .where((eb) => eb.or([eb('voidedAt', 'is', null), eb('usedAt', 'is not', null)]))
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .limit(mostShown)
    .execute()
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ userId, createdBy, reviewedBy }) => [userId, createdBy, reviewedBy]),
  )
  const refOf = (id: string | null) => (id === null ? null : (people.get(id) ?? null))
  return rows.flatMap((row) => {
    const person = refOf(row.userId)
    if (person === null) return []
    return {
      id: row.id,
      person,
      state:
        row.usedAt === null ? ('sealed' as const) : row.reviewedAt === null ? ('used' as const) : ('reviewed' as const),
      createdAt: row.createdAt,
      createdBy: refOf(row.createdBy),
      usedAt: row.usedAt,
      address: row.address,
      cameIn: row.newCredentialId !== null,
      reviewedAt: row.reviewedAt,
      reviewedBy: refOf(row.reviewedBy),
    }
  })
}
