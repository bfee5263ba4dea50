import type { Db } from '../../database/handles.ts'
import { likeAnywhere } from '../../database/like.ts'
import { cutPage, pageSize, parseCursor } from '../../http/page.ts'
import type { DirectoryConnection } from './find-connection.ts'
import type { ConnectionGroup } from './shapes.ts'

/** A page of the groups that a connection brought, by their name here; `search` matches both names. */
export async function listConnectionGroups(
  db: Db<'userGroup' | 'groupMember' | 'scimGroup'>,
  connection: Pick<DirectoryConnection, 'id' | 'requiredGroupId'>,
  wanted: { cursor?: string | undefined; search?: string | undefined },
): Promise<{ items: ConnectionGroup[]; nextCursor: string | null }> {
  let query = db
    .selectFrom('userGroup')
    .leftJoin('scimGroup', 'scimGroup.groupId', 'userGroup.id')
    .select(['userGroup.id', 'userGroup.name', 'userGroup.organisationRole', 'scimGroup.displayName'])
    .select((eb) =>
      eb
        .selectFrom('groupMember')
        .select((members) => members.fn.countAll<number>().as('count'))
        .whereRef('groupMember.groupId', '=', 'userGroup.id')
        .as('members'),
    )
    .where('userGroup.managedBy', '=', connection.id)
    .orderBy('userGroup.name')
    .limit(pageSize + 1)
  if (wanted.cursor !== undefined) query = query.where('userGroup.name', '>', parseCursor(wanted.cursor, 'string')[0])
  if (wanted.search !== undefined && wanted.search !== '') {
    const like = likeAnywhere(wanted.search)
    query = query.where(({ eb, fn, or }) =>
      or([
        eb(fn<string>('lower', ['userGroup.name']), 'like', like),
        eb(fn<string>('lower', ['scimGroup.displayName']), 'like', like),
      ]),
    )
  }
  return cutPage(
    await query.execute(),
    ({ name }) => [name],
    ({ id, name, displayName, organisationRole, members }) => ({
      name,
      displayName: displayName ?? name,
      organisationRole,
      members: members ?? 0,
      isRequired: id === connection.requiredGroupId,
    }),
  )
}
