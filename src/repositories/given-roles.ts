import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import type { Grant, GrantPlaces, Reached } from '../identity/invitations/grant-places.ts'
import { coversRole } from './access.ts'
import { findProject, findRepository } from './find-by-path.ts'
import { isName } from './names.ts'

/** Roles in projects and repositories, as invitations and the list of people name them: by path outside, by id within. */
export const givenRoles: GrantPlaces = {
  async find(db, path) {
    const [project = '', repository, ...rest] = path.split('/')
    if (rest.length > 0 || !isName(project)) return undefined
    if (repository === undefined) {
      const found = await findProject(db, project)
      return found && { scopeKind: 'project', scopeId: found.id, path: found.name }
    }
    const found = await findRepository(db, { project, repository })
    return (
      found && {
        scopeKind: 'repository',
        scopeId: found.repository.id,
        path: `${found.project.name}/${found.repository.name}`,
      }
    )
  },
  listPaths: (db, grants) => readPaths(db, grants),
  async give(tx, { userId, grants, createdBy, at }) {
    for (const { scopeKind, scopeId, role } of grants)
      await tx
        .insertInto('roleGrant')
        .values({ subjectKind: 'user', subjectId: userId, scopeKind, scopeId, role, createdAt: at, createdBy })
        .onConflict((conflict) => conflict.columns(['subjectId', 'scopeId']).doUpdateSet({ role }))
        .execute()
  },
  async listReached(db, userIds) {
    const reached = new Map<string, Reached[]>(userIds.map((id) => [id, []]))
    if (userIds.length === 0) return reached
    const own = await db
      .selectFrom('roleGrant')
      .select(['subjectId as userId', 'scopeKind', 'scopeId', 'role'])
      .where('subjectKind', '=', 'user')
      .where('subjectId', 'in', userIds)
      .execute()
    const byGroup = await db
      .selectFrom('roleGrant')
      .innerJoin('groupMember', 'groupMember.groupId', 'roleGrant.subjectId')
      .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
      .select(['groupMember.userId', 'scopeKind', 'scopeId', 'role', 'userGroup.name as group'])
      .where('subjectKind', '=', 'group')
      .where('groupMember.userId', 'in', userIds)
      .execute()
    const grants = [...own.map((row) => ({ ...row, group: null })), ...byGroup]
    const paths = await readPaths(db, grants)
    for (const { userId, scopeId, role, group } of grants) {
      const path = paths.get(scopeId)
      if (path !== undefined) addStronger(reached.get(userId) ?? [], { path, role, group })
    }
    for (const list of reached.values()) list.sort((a, b) => (a.path < b.path ? -1 : 1))
    return reached
  },
}

/** Each place once, with the strongest of the roles there. */
function addStronger(list: Reached[], one: Reached): void {
  const at = list.findIndex(({ path }) => path === one.path)
  const there = list[at]
  if (there === undefined) list.push(one)
  else if (!coversRole(there.role, one.role)) list[at] = one
}

async function readPaths(
  db: Db<TableName>,
  grants: readonly Pick<Grant, 'scopeKind' | 'scopeId'>[],
): Promise<Map<string, string>> {
  const idsOf = (kind: Grant['scopeKind']) => [
    ...new Set(grants.filter(({ scopeKind }) => scopeKind === kind).map(({ scopeId }) => scopeId)),
  ]
  const paths = new Map<string, string>()
  const projects = idsOf('project') as Id<'prj'>[]
  const repositories = idsOf('repository') as Id<'rep'>[]
  if (projects.length > 0)
    for (const { id, name } of await db
      .selectFrom('project')
      .select(['id', 'name'])
      .where('id', 'in', projects)
      .execute())
      paths.set(id, name)
  if (repositories.length > 0)
    for (const { id, name, project } of await db
      .selectFrom('repository')
      .innerJoin('project', 'project.id', 'repository.projectId')
      .select(['repository.id', 'repository.name', 'project.name as project'])
      .where('repository.id', 'in', repositories)
      .execute())
      paths.set(id, `${project}/${name}`)
  return paths
}
