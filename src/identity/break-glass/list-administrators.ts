import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/** Everybody who administers the organisation, but one. */
export async function listAdministrators(db: Db<'user'>, except?: Id<'usr'>): Promise<Id<'usr'>[]> {
  const rows = await db
    .selectFrom('user')
    .select('id')
    .where('role', 'in', ['owner', 'admin'])
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .where('isDemo', '=', 0)
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id).filter((id) => id !== except)
}
