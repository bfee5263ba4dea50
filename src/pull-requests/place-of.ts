import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { RepositoryRole } from '../database/schema.ts'
import type { Caller } from '../identity/caller.ts'
import { coversRole, findOwnRole, placeOf } from '../repositories/access.ts'
import type { RepositoryPlace } from '../repositories/place.ts'

/**
 * A repository as this person reaches it, by what they are now and not by what they came with; undefined for a stranger,
 * and for less than `least`.
 */
export async function findPlaceFor(
  { db, root }: { db: Db<'repository' | 'project' | 'roleGrant' | 'groupMember'>; root: string },
  person: Pick<Caller, 'id' | 'role'>,
  repositoryId: Id<'rep'>,
  least: RepositoryRole,
): Promise<RepositoryPlace | undefined> {
  const repository = await db.selectFrom('repository').selectAll().where('id', '=', repositoryId).executeTakeFirst()
  if (repository === undefined) return undefined
  const role = await findOwnRole(db, person, repository)
  if (role === undefined || !coversRole(role, least)) return undefined
  const project = await db.selectFrom('project').selectAll().where('id', '=', repository.projectId).executeTakeFirst()
  return project && placeOf(root, { repository, project }, role)
}
