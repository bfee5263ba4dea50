import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { ScimGroupTable, TableName, UserGroupTable } from '../../database/schema.ts'
import { renderEntityTag } from '../../protocols/scim/entity-tag.ts'
import { groupSchema } from '../../protocols/scim/group-schema.ts'
import { emptyObject, type Json, type JsonObject } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { notHere } from './change-user.ts'
import { timeOf } from './render-user.ts'
import type { ScimRequest } from './scim-parts.ts'
import { isId } from './scim-rows.ts'

/** A group as the directory knows it, beside the group here. */
export type ScimGroup = ScimGroupTable & Pick<UserGroupTable, 'name' | 'organisationRole'>

export const selectScimGroups = (db: Db<'scimGroup' | 'userGroup'>) =>
  db
    .selectFrom('scimGroup')
    .innerJoin('userGroup', 'userGroup.id', 'scimGroup.groupId')
    .selectAll('scimGroup')
    .select(['userGroup.name', 'userGroup.organisationRole'])

export const findScimGroup = async (
  db: Db<'scimGroup' | 'userGroup'>,
  connectionId: Id<'dir'>,
  id: string,
): Promise<ScimGroup | undefined> => {
  if (!isId(id)) return undefined
  return selectScimGroups(db)
    .where('scimGroup.groupId', '=', id as Id<'grp'>)
    .where('scimGroup.connectionId', '=', connectionId)
    .where('scimGroup.deletedAt', 'is', null)
    .executeTakeFirst()
}

/** The row first: two changes of one group come one after the other. @throws ScimError 404 */
export async function lockScimGroup(
  tx: Tx<TableName>,
  { connection }: Pick<ScimRequest, 'connection'>,
  id: string,
): Promise<ScimGroup> {
  if (!isId(id)) throw notHere(id)
  await tx
    .updateTable('scimGroup')
    .set((eb) => ({ revision: eb.ref('revision') }))
    .where('groupId', '=', id as Id<'grp'>)
    .where('connectionId', '=', connection.id)
    .execute()
  const group = await findScimGroup(tx, connection.id, id)
  if (group === undefined) throw notHere(id)
  return group
}

export const groupTag = ({ revision }: Pick<ScimGroup, 'revision'>): string => renderEntityTag(revision)

/** RFC 7643 §4.2. */
export function renderGroup(group: ScimGroup, members: readonly Json[] | undefined, base: string): JsonObject {
  return Object.assign(emptyObject(), {
    schemas: [groupSchema.id],
    id: group.groupId,
    ...(group.externalId === null ? {} : { externalId: group.externalId }),
    displayName: group.displayName,
    ...(members === undefined || members.length === 0 ? {} : { members: [...members] }),
    meta: {
      resourceType: 'Group',
      created: timeOf(group.createdAt),
      lastModified: timeOf(group.updatedAt),
      location: `${base}/Groups/${group.groupId}`,
      version: groupTag(group),
    },
  })
}

const mostMembers = 200_000

/** The members of groups, as their resources show them. @throws ScimError `tooMany` */
export async function listMembersOf(
  db: Db<'scimUser' | 'groupMember' | 'user'>,
  { connectionId, groupIds, base }: { connectionId: Id<'dir'>; groupIds: readonly Id<'grp'>[]; base: string },
): Promise<Map<string, Json[]>> {
  const members = new Map<string, Json[]>()
  if (groupIds.length === 0) return members
  const rows = await db
    .selectFrom('groupMember')
    .innerJoin('scimUser', 'scimUser.userId', 'groupMember.userId')
    .innerJoin('user', 'user.id', 'groupMember.userId')
    .select(['groupMember.groupId', 'groupMember.userId', 'user.displayName'])
    .where('groupMember.groupId', 'in', groupIds)
    .where('scimUser.connectionId', '=', connectionId)
    .where('scimUser.deletedAt', 'is', null)
    .orderBy('groupMember.userId')
    .limit(mostMembers + 1)
    .execute()
  if (rows.length > mostMembers)
    throw new ScimError(
      400,
      'Too many members for one answer. Ask for fewer groups, or excludedAttributes=members.',
      'tooMany',
    )
  for (const { groupId, userId, displayName } of rows) {
    const member = { value: userId, $ref: `${base}/Users/${userId}`, display: displayName, type: 'User' }
    const known = members.get(groupId)
    if (known === undefined) members.set(groupId, [member])
    else known.push(member)
  }
  return members
}
