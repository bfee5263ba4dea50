import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { renderEntityTag } from '../../protocols/scim/entity-tag.ts'
import { emptyObject, isObject, type Json, type JsonObject } from '../../protocols/scim/schema.ts'
import { enterpriseUserSchema, userSchema } from '../../protocols/scim/user-schema.ts'
import type { ScimUser } from './scim-rows.ts'

/** What the directory said of the person, as a patch changes it: without what only we say, and without `active`. */
export function readResource({ userName, externalId, attributes }: ScimUser): JsonObject {
  const resource: JsonObject = Object.assign(emptyObject(), JSON.parse(attributes) as JsonObject)
  resource['userName'] = userName
  if (externalId !== null) resource['externalId'] = externalId
  return resource
}

/** Whoever ended or restored them, it is another representation. */
export const userTag = ({ revision, state }: Pick<ScimUser, 'revision' | 'state'>): string =>
  renderEntityTag(`${revision}${state === 'active' ? '' : '-ended'}`)

export const timeOf = (at: number): string => new Date(at).toISOString()

/** RFC 7643 §4.1. `active` is whether they can come in, whoever decided it. */
export function renderUser(user: ScimUser, groups: readonly Json[] | undefined, base: string): JsonObject {
  const resource = readResource(user)
  const extension = resource[enterpriseUserSchema.id]
  const manager = isObject(extension) ? extension['manager'] : undefined
  if (isObject(manager) && typeof manager['value'] === 'string')
    manager['$ref'] = `${base}/Users/${encodeURIComponent(manager['value'])}`
  const location = `${base}/Users/${user.userId}`
  return Object.assign(emptyObject(), {
    schemas: [userSchema.id, ...(extension === undefined ? [] : [enterpriseUserSchema.id])],
    id: user.userId,
    ...resource,
    active: user.state === 'active',
    ...(groups === undefined || groups.length === 0 ? {} : { groups: [...groups] }),
    meta: {
      resourceType: 'User',
      created: timeOf(user.createdAt),
      lastModified: timeOf(user.updatedAt),
      location,
      version: userTag(user),
    },
  })
}

/** The groups of this connection that people are in, as their resources show them. */
export async function listGroupsOf(
  db: Db<'scimGroup' | 'groupMember'>,
  { connectionId, userIds, base }: { connectionId: Id<'dir'>; userIds: readonly Id<'usr'>[]; base: string },
): Promise<Map<string, Json[]>> {
  const groups = new Map<string, Json[]>()
  if (userIds.length === 0) return groups
  const rows = await db
    .selectFrom('groupMember')
    .innerJoin('scimGroup', 'scimGroup.groupId', 'groupMember.groupId')
    .select(['groupMember.userId', 'scimGroup.groupId', 'scimGroup.displayName'])
    .where('groupMember.userId', 'in', userIds)
    .where('scimGroup.connectionId', '=', connectionId)
    .where('scimGroup.deletedAt', 'is', null)
    .orderBy('scimGroup.displayName')
    .execute()
  for (const { userId, groupId, displayName } of rows) {
    const group = { value: groupId, $ref: `${base}/Groups/${groupId}`, display: displayName, type: 'direct' }
    const known = groups.get(userId)
    if (known === undefined) groups.set(userId, [group])
    else known.push(group)
  }
  return groups
}
