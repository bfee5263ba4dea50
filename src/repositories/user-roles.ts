import type { Db } from '../database/handles.ts'
import type { RepositoryRole, RepositoryTable, UserTable } from '../database/schema.ts'
import { isAdmin } from '../identity/caller.ts'
import { strongest } from './access.ts'

/**
 * What each of these people may do in a repository when they come themselves, by the rule of `findRepositoryRole`.
 * Whoever may nothing, and whose account was ended, is left out.
 */
export async function listUserRoles(
  db: Db<'roleGrant' | 'groupMember'>,
  repository: Pick<RepositoryTable, 'id' | 'projectId' | 'visibility'>,
  users: readonly Pick<UserTable, 'id' | 'role' | 'state'>[],
): Promise<Map<string, RepositoryRole>> {
  const active = users.filter(({ state }) => state === 'active')
  const asked = active.filter((user) => !isAdmin(user)).map(({ id }) => id)
  const memberships =
    asked.length === 0
      ? []
      : await db.selectFrom('groupMember').select(['groupId', 'userId']).where('userId', 'in', asked).execute()
  const grants =
    asked.length === 0
      ? []
      : await db
          .selectFrom('roleGrant')
          .select(['subjectKind', 'subjectId', 'role'])
          .where('scopeId', 'in', [repository.id, repository.projectId])
          .execute()
  const bySubject = Map.groupBy(grants, ({ subjectKind, subjectId }) => `${subjectKind} ${subjectId}`)
  const byUser = Map.groupBy(memberships, ({ userId }) => userId)
  const roles = new Map<string, RepositoryRole>()
  for (const user of active) {
    const subjects = [`user ${user.id}`, ...(byUser.get(user.id) ?? []).map(({ groupId }) => `group ${groupId}`)]
    const given = subjects.flatMap((subject) => (bySubject.get(subject) ?? []).map(({ role }) => role))
    const anyone: RepositoryRole[] =
      repository.visibility === 'public' || (repository.visibility === 'internal' && user.role !== 'guest')
        ? ['read']
        : []
    const role = isAdmin(user) ? 'admin' : strongest([...given, ...anyone])
    if (role !== undefined) roles.set(user.id, role)
  }
  return roles
}
