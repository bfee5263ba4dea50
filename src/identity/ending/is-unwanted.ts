import type { Db } from '../../database/handles.ts'
import type { User } from '../users.ts'

/**
 * Whether the directory that manages somebody has said that they are not to come in, or has not put them into the group
 * they need: also where their access had ended here before, so that there was nothing left for it to end.
 */
export async function isUnwanted(
  db: Db<'scimUser' | 'directoryConnection' | 'groupMember'>,
  { id, managedBy }: Pick<User, 'id' | 'managedBy'>,
): Promise<boolean> {
  if (managedBy === null) return false
  const said = await db
    .selectFrom('scimUser')
    .innerJoin('directoryConnection', 'directoryConnection.id', 'scimUser.connectionId')
    .select(['isWanted', 'requiredGroupId'])
    .where('scimUser.userId', '=', id)
    .where('directoryConnection.id', '=', managedBy as `dir_${string}`)
    .executeTakeFirst()
  if (said === undefined) return false
  if (said.isWanted === 0 || said.requiredGroupId === null) return said.isWanted === 0
  const member = await db
    .selectFrom('groupMember')
    .select('userId')
    .where('groupId', '=', said.requiredGroupId)
    .where('userId', '=', id)
    .executeTakeFirst()
  return member === undefined
}
