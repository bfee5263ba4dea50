import type { Db } from '../database/handles.ts'

/** People who own the instance and can come in. */
export async function countOwners(db: Db<'user'>): Promise<number> {
  const owners = await db
    .selectFrom('user')
    .select('id')
    .where('role', '=', 'owner')
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .execute()
  return owners.length
}
