import type { Db } from '../database/handles.ts'
import { countOwners } from '../identity/count-owners.ts'
import type { Attention } from './attention.ts'

/** Nobody is left who may decide the most: only the server's own shell makes a next owner. */
export async function listOwnerlessAttention(db: Db<'user'>): Promise<Attention[]> {
  if ((await countOwners(db)) > 0) return []
  return [
    {
      kind: 'ownerless',
      text: 'No owner is left: the access of the last one has ended. On the server, `postern admin setup-link` makes a next one.',
      href: '/-/audit?action=instance.ownerless',
    },
  ]
}
