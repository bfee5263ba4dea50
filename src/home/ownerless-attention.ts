import type { Db } from '../database/handles.ts'
import type { Attention } from './attention.ts'

/** Nobody is left who may decide the most: only the server's own shell makes a next owner. */
export async function listOwnerlessAttention(db: Db<'user'>): Promise<Attention[]> {
  const owner = await db
    .selectFrom('user')
    .select('id')
    .where('role', '=', 'owner')
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .limit(1)
    .executeTakeFirst()
  if (owner !== undefined) return []
  return [
    {
      kind: 'ownerless',
      text: 'No owner is left: the access of the last one has ended. On the server, `postern admin setup-link` makes a next one.',
      href: '/-/audit?action=instance.ownerless',
    },
  ]
}
