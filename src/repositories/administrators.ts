import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

/**
 * Everybody who administers a repository: by a role there, in its project or through a group, or in the organisation.
 * Nobody where it has been deleted.
 */
export async function listAdministrators(
  db: Db<'user' | 'repository' | 'roleGrant' | 'groupMember'>,
  repositoryId: Id<'rep'>,
): Promise<Id<'usr'>[]> {
  const repository = await db
    .selectFrom('repository')
    .select(['id', 'projectId'])
    .where('id', '=', repositoryId)
    .executeTakeFirst()
  if (repository === undefined) return []
  const grants = await db
    .selectFrom('roleGrant')
    .select(['subjectKind', 'subjectId'])
    .where('role', '=', 'admin')
    .where('scopeId', 'in', [repository.id, repository.projectId])
    .execute()
  const idsOf = (kind: 'user' | 'group') => grants.filter((row) => row.subjectKind === kind).map((row) => row.subjectId)
  const groups = idsOf('group') as Id<'grp'>[]
  const members =
    groups.length === 0
      ? []
      : await db.selectFrom('groupMember').select('userId').where('groupId', 'in', groups).execute()
  const named = [...(idsOf('user') as Id<'usr'>[]), ...members.map(({ userId }) => userId)]
  const rows = await db
    .selectFrom('user')
    .select('id')
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .where((eb) =>
      eb.or([eb('role', 'in', ['owner', 'admin']), ...(named.length === 0 ? [] : [eb('id', 'in', named)])]),
    )
    .orderBy('id')
    .execute()
  return rows.map(({ id }) => id)
}
