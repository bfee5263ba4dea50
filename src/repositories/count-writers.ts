import type { Db } from '../database/handles.ts'
import type { RepositoryTable } from '../database/schema.ts'
import { coversRole } from './access.ts'
import { listUserRoles } from './user-roles.ts'

/** How many people may write here: as many could approve, less whoever proposes. */
export async function countWriters(
  db: Db<'user' | 'roleGrant' | 'groupMember'>,
  repository: Pick<RepositoryTable, 'id' | 'projectId' | 'visibility'>,
): Promise<number> {
  const people = await db
    .selectFrom('user')
    .select(['id', 'role', 'state'])
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('user')
        .select('id')
        .where('role', 'in', ['owner', 'admin'])
        .union(
          eb
            .selectFrom('roleGrant')
            .select('subjectId as id')
            .where('subjectKind', '=', 'user')
            .where('scopeId', 'in', [repository.id, repository.projectId])
            .$castTo<{ id: `usr_${string}` }>(),
        )
        .union(
          eb
            .selectFrom('groupMember')
            .innerJoin('roleGrant', 'roleGrant.subjectId', 'groupMember.groupId')
            .select('groupMember.userId as id')
            .where('scopeId', 'in', [repository.id, repository.projectId]),
        ),
    )
    .execute()
  const roles = await listUserRoles(db, repository, people)
  return [...roles.values()].filter((role) => coversRole(role, 'write')).length
}
