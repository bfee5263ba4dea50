import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { foldCase } from '../../protocols/scim/fold-case.ts'
import { groupType } from '../../protocols/scim/group-schema.ts'
import { badRequest } from '../../protocols/scim/scim-error.ts'
import { userType } from '../../protocols/scim/user-schema.ts'
import { listMembersOf, renderGroup, type ScimGroup, selectScimGroups } from './group-rows.ts'
import type { Source } from './list-resources.ts'
import { listGroupsOf, renderUser } from './render-user.ts'
import { type ScimUser, selectScimUsers } from './scim-rows.ts'

type Readable = Db<'scimUser' | 'user' | 'scimGroup' | 'userGroup' | 'groupMember'>
interface Of {
  connectionId: Id<'dir'>
  base: string
}

/** The people of one connection, in the order they came. */
export function userSource(db: Readable, { connectionId, base }: Of): Source<ScimUser> {
  const own = () =>
    selectScimUsers(db).where('scimUser.connectionId', '=', connectionId).where('scimUser.deletedAt', 'is', null)
  return {
    type: userType,
    async count() {
      const { count } = await db
        .selectFrom('scimUser')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('connectionId', '=', connectionId)
        .where('deletedAt', 'is', null)
        .executeTakeFirstOrThrow()
      return count
    },
    page({ after, offset, limit }) {
      const query = own().orderBy('scimUser.createdAt').orderBy('scimUser.userId').limit(limit)
      if (after === undefined) return query.offset(offset).execute()
      const { at, id } = parsePlace(after)
      return query
        .where((eb) => eb(eb.refTuple('scimUser.createdAt', 'scimUser.userId'), '>', eb.tuple(at, id as Id<'usr'>)))
        .execute()
    },
    placeOf: ({ createdAt, userId }) => `${createdAt} ${userId}`,
    find(attribute, value) {
      if (attribute === 'userName') return own().where('scimUser.userNameKey', '=', foldCase(value)).execute()
      if (attribute === 'externalId') return own().where('scimUser.externalId', '=', value).execute()
      if (attribute === 'id')
        return own()
          .where('scimUser.userId', '=', value as Id<'usr'>)
          .execute()
      return undefined
    },
    async render(users, wants) {
      const groups = wants('groups')
        ? await listGroupsOf(db, { connectionId, userIds: users.map(({ userId }) => userId), base })
        : undefined
      return users.map((user) => renderUser(user, groups?.get(user.userId), base))
    },
  }
}

/** The groups of one connection, in the order they came. */
export function groupSource(db: Readable, { connectionId, base }: Of): Source<ScimGroup> {
  const own = () =>
    selectScimGroups(db).where('scimGroup.connectionId', '=', connectionId).where('scimGroup.deletedAt', 'is', null)
  return {
    type: groupType,
    async count() {
      const { count } = await db
        .selectFrom('scimGroup')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where('connectionId', '=', connectionId)
        .where('deletedAt', 'is', null)
        .executeTakeFirstOrThrow()
      return count
    },
    page({ after, offset, limit }) {
      const query = own().orderBy('scimGroup.createdAt').orderBy('scimGroup.groupId').limit(limit)
      if (after === undefined) return query.offset(offset).execute()
      const { at, id } = parsePlace(after)
      return query
        .where((eb) => eb(eb.refTuple('scimGroup.createdAt', 'scimGroup.groupId'), '>', eb.tuple(at, id as Id<'grp'>)))
        .execute()
    },
    placeOf: ({ createdAt, groupId }) => `${createdAt} ${groupId}`,
    find(attribute, value) {
      if (attribute === 'displayName') return own().where('scimGroup.displayNameKey', '=', foldCase(value)).execute()
      if (attribute === 'externalId') return own().where('scimGroup.externalId', '=', value).execute()
      if (attribute === 'id')
        return own()
          .where('scimGroup.groupId', '=', value as Id<'grp'>)
          .execute()
      if (attribute === 'members.value')
        return own()
          .where('scimGroup.groupId', 'in', (eb) =>
            eb
              .selectFrom('groupMember')
              .select('groupMember.groupId')
              .where('groupMember.userId', '=', value as Id<'usr'>),
          )
          .execute()
      return undefined
    },
    async render(groups, wants) {
      const members = wants('members')
        ? await listMembersOf(db, { connectionId, groupIds: groups.map(({ groupId }) => groupId), base })
        : undefined
      return groups.map((group) => renderGroup(group, members?.get(group.groupId), base))
    },
  }
}

function parsePlace(text: string): { at: number; id: string } {
  const [at = '', id = ''] = text.split(' ')
  if (!/^\d{1,16}$/.test(at) || !/^\w{1,64}$/.test(id))
    throw badRequest('invalidCursor', 'This cursor belongs to no list.')
  return { at: Number(at), id }
}
