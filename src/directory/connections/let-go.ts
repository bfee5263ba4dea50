import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { releaseGroups, releasePeople } from '../../identity/release-managed.ts'

type Writable = Tx<'user' | 'userGroup' | 'scimUser' | 'scimGroup'>

/** People here keep the groups from now on. What the directory called them means nothing any more: another may call them so. */
export async function letGoOfGroups(tx: Writable, connectionId: Id<'dir'>): Promise<void> {
  await tx.deleteFrom('scimUser').where('connectionId', '=', connectionId).execute()
  await tx.deleteFrom('scimGroup').where('connectionId', '=', connectionId).execute()
  await releaseGroups(tx, connectionId)
}

/** Nothing is looked after by this connection any more. */
export async function letGo(tx: Writable, connectionId: Id<'dir'>): Promise<void> {
  await letGoOfGroups(tx, connectionId)
  await releasePeople(tx, connectionId)
}
