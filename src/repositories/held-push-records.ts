import { join } from 'node:path'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { HeldPushTable } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import { findRepositoryRole } from './access.ts'
import { folderPath } from './storage.ts'

export interface FoundHeldPush {
  row: HeldPushTable
  /** The bare repository, and the quarantine in it, absolute. */
  folder: string
  objectDirectory: string
  defaultBranch: string
}

/** A push that waits or waited for this person, who may still read its repository. On any node. */
export async function findHeldPush(
  { db, root }: { db: Db<'heldPush' | 'sealRequest' | 'repository' | 'roleGrant' | 'groupMember'>; root: string },
  caller: Caller,
  id: Id<'srq'>,
): Promise<FoundHeldPush | undefined> {
  const row = await db
    .selectFrom('heldPush')
    .selectAll()
    .where('requestId', '=', id)
    .where('requestId', 'in', (eb) => eb.selectFrom('sealRequest').select('id').where('userId', '=', caller.id))
    .executeTakeFirst()
  if (row === undefined) return undefined
  const repository = await db.selectFrom('repository').selectAll().where('id', '=', row.repositoryId).executeTakeFirst()
  if (repository === undefined || (await findRepositoryRole(db, caller, repository)) === undefined) return undefined
  const folder = folderPath(root, repository.folder)
  const { defaultBranch } = repository
  return { row, folder, objectDirectory: join(folder, 'objects', row.quarantine), defaultBranch }
}
