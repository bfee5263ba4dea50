import { checkScope, tokenReaches } from '../access-keys/api-tokens.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { ProjectTable, RepositoryRole, RepositoryTable, RoleGrantTable } from '../database/schema.ts'
import type { Guard } from '../http/access.ts'
import { forbidden, notFound, ProblemError } from '../http/problem.ts'
import { isActingToken } from '../identity/actor.ts'
import { type Caller, isAdmin, signInRequired } from '../identity/caller.ts'
import { findProject, findRepository } from './find-by-path.ts'
import type { RepositoryPlace } from './place.ts'
import { listReachedProjects } from './reachable.ts'
import { folderPath } from './storage.ts'

const ladder: readonly RepositoryRole[] = ['read', 'write', 'admin']

export const coversRole = (role: RepositoryRole, least: RepositoryRole): boolean =>
  ladder.indexOf(role) >= ladder.indexOf(least)

export const strongest = (roles: readonly RepositoryRole[]): RepositoryRole | undefined =>
  ladder.findLast((role) => roles.includes(role))

/**
 * What a caller may do in a repository; undefined for a stranger. Grants of person and groups, on repository and
 * project: the strongest wins. A token never has more than its scopes, never `admin`, and not more repositories than
 * it names; only an act that its person taps for is judged by that person's own role.
 */
export async function findRepositoryRole(
  db: Db<'roleGrant' | 'groupMember'>,
  caller: Caller | undefined,
  repository: Pick<RepositoryTable, 'id' | 'projectId' | 'visibility'>,
  isTapped = false,
): Promise<RepositoryRole | undefined> {
  const anyone = repository.visibility === 'public' ? 'read' : undefined
  if (caller === undefined || !tokenReaches(caller, repository.id)) return anyone
  const own = await findOwnRole(db, caller, repository)
  return (own !== undefined && !isTapped ? withinToken(caller, own) : own) ?? anyone
}

/** The same without what a token takes away: what the person behind it may do. */
export async function findOwnRole(
  db: Db<'roleGrant' | 'groupMember'>,
  caller: Pick<Caller, 'id' | 'role'>,
  repository: Pick<RepositoryTable, 'id' | 'projectId' | 'visibility'>,
): Promise<RepositoryRole | undefined> {
  if (isAdmin(caller)) return 'admin'
  const grants = await listGivenRoles(db, caller.id, [repository.id, repository.projectId])
  const given = grants.map(({ role }) => role)
  return strongest(repository.visibility === 'internal' && caller.role !== 'guest' ? [...given, 'read'] : given)
}

function withinToken(caller: Caller, role: RepositoryRole): RepositoryRole | undefined {
  if (caller.by.kind === 'session') return role
  const { scopes } = caller.by
  const most = scopes.includes('repository:write') ? 'write' : scopes.includes('repository:read') ? 'read' : undefined
  if (most === undefined) return undefined
  return coversRole(role, most) ? most : role
}

/** Role in the whole project, undefined where the caller has none; single repositories do not count. */
export async function findProjectRole(
  db: Db<'roleGrant' | 'groupMember'>,
  caller: Caller | undefined,
  projectId: Id<'prj'>,
  isTapped = false,
): Promise<RepositoryRole | undefined> {
  return (await findProjectRoles(db, caller, [projectId], isTapped)).get(projectId)
}

/** The same of several projects at once; those the caller has no role in are missing. */
export async function findProjectRoles(
  db: Db<'roleGrant' | 'groupMember'>,
  caller: Caller | undefined,
  projectIds: readonly Id<'prj'>[],
  isTapped = false,
): Promise<Map<Id<'prj'>, RepositoryRole>> {
  const roles = new Map<Id<'prj'>, RepositoryRole>()
  if (caller === undefined || projectIds.length === 0 || isForRepositories(caller)) return roles
  const given = isAdmin(caller) ? [] : await listGivenRoles(db, caller.id, projectIds)
  for (const id of projectIds) {
    const own = isAdmin(caller)
      ? 'admin'
      : strongest(given.flatMap(({ scopeId, role }) => (scopeId === id ? role : [])))
    const role = own === undefined || isTapped ? own : withinToken(caller, own)
    if (role !== undefined) roles.set(id, role)
  }
  return roles
}

/** A token that names repositories says nothing about projects. */
export const isForRepositories = ({ by }: Pick<Caller, 'by'>): boolean =>
  by.kind !== 'session' && by.repositoryIds !== null

async function listGivenRoles(
  db: Db<'roleGrant' | 'groupMember'>,
  userId: Id<'usr'>,
  scopeIds: readonly (Id<'rep'> | Id<'prj'>)[],
): Promise<Pick<RoleGrantTable, 'scopeId' | 'role'>[]> {
  const groups = db.selectFrom('groupMember').select('groupId').where('userId', '=', userId)
  return db
    .selectFrom('roleGrant')
    .select(['scopeId', 'role'])
    .where('scopeId', 'in', scopeIds)
    .where(({ eb, or, and }) =>
      or([
        and([eb('subjectKind', '=', 'user'), eb('subjectId', '=', userId)]),
        and([eb('subjectKind', '=', 'group'), eb('subjectId', 'in', groups)]),
      ]),
    )
    .execute()
}

export interface PlaceParts {
  db: Db<'project' | 'repository' | 'formerPath' | 'roleGrant' | 'groupMember'>
  /** Folder of all bare repositories. */
  root: string
}

/** The repository at this path, if it exists and the caller may at least read it. */
export async function findPlace(
  { db, root }: PlaceParts,
  caller: Caller | undefined,
  path: { project: string; repository: string },
  isTapped = false,
): Promise<RepositoryPlace | undefined> {
  const found = await findRepository(db, path)
  if (found === undefined) return undefined
  const role = await findRepositoryRole(db, caller, found.repository, isTapped)
  return role === undefined ? undefined : placeOf(root, found, role)
}

export const placeOf = (
  root: string,
  { repository, project }: { repository: RepositoryTable; project: ProjectTable },
  role: RepositoryRole,
): RepositoryPlace => ({
  repository,
  project,
  role,
  path: `${project.name}/${repository.name}`,
  folder: folderPath(root, repository.folder),
})

/**
 * Who may call the routes of a project or repository. A stranger gets the same answer as for nothing; somebody who
 * may read but not more is told so.
 */
export function createRepositoryGuards(
  parts: PlaceParts,
): Record<`project:${'read' | 'admin'}` | `repository:${'read' | 'write' | 'admin' | 'status'}`, Guard> {
  const onRepository =
    (least: RepositoryRole, isStatus = false): Guard =>
    async (request) => {
      const caller = isStatus ? asWriter(request.caller) : request.caller
      const isTapped = isActingToken(request)
      if (!isTapped) checkTokenScope(caller, least)
      const path = request.params as { project: string; repository: string }
      const place = await findPlace(parts, caller, path, isTapped)
      if (place === undefined) throw strangerProblem(caller, 'This repository')
      if (!coversRole(place.role, least))
        throw caller === undefined ? signInRequired() : roleProblem(caller, place.path, place.role, least, isTapped)
      request.place = place
    }
  const onProject =
    (least: 'read' | 'admin'): Guard =>
    async (request) => {
      const { caller } = request
      const isTapped = isActingToken(request)
      if (!isTapped) checkTokenScope(caller, least)
      const { project: name } = request.params as { project: string }
      const project = await findProject(parts.db, name)
      const role = project && (await findProjectRole(parts.db, caller, project.id, isTapped))
      if (
        project === undefined ||
        (role === undefined && !(await listReachedProjects(parts.db, caller)).has(project.id))
      )
        throw strangerProblem(caller, 'This project')
      if (least === 'admin' && role !== 'admin')
        throw caller === undefined
          ? signInRequired()
          : roleProblem(caller, project.name, role ?? 'read', least, isTapped)
      request.project = { project, role: role ?? null }
    }
  return {
    'project:read': onProject('read'),
    'project:admin': onProject('admin'),
    'repository:read': onRepository('read'),
    'repository:write': onRepository('write'),
    'repository:admin': onRepository('admin'),
    'repository:status': onRepository('write', true),
  }
}

/** For the one thing that a token of the scope `status:write` may do: judged as if it could write. @throws 403 without it */
function asWriter(caller: Caller | undefined): Caller | undefined {
  if (caller === undefined || caller.by.kind === 'session') return caller
  checkScope(caller, 'status:write')
  return { ...caller, by: { ...caller.by, scopes: ['repository:write'] } }
}

export const strangerProblem = (caller: Caller | undefined, what: string): ProblemError =>
  caller === undefined ? signInRequired() : notFound(what)

/** Asked before the place is looked up, so that the answer says nothing about it. */
export function checkTokenScope(caller: Caller | undefined, least: RepositoryRole): void {
  if (caller !== undefined) checkScope(caller, least === 'read' ? 'repository:read' : 'repository:write')
}

export function roleProblem(
  caller: Caller,
  where: string,
  role: RepositoryRole,
  least: RepositoryRole,
  isTapped = false,
): ProblemError {
  if (isTapped && caller.by.kind !== 'session' && caller.by.repositoryIds !== null)
    return forbidden(
      `This token was made for some repositories, and ${where} is none of them.`,
      'Make one for this repository under Account.',
    )
  if (least === 'admin' && caller.by.kind !== 'session' && !isTapped)
    return forbidden(
      `A ${caller.by.kind === 'token' ? 'token' : 'program'} cannot administer anything.`,
      'Do this in the browser, signed in with your passkey.',
    )
  return forbidden(
    `You may ${role === 'read' ? 'read' : 'write to'} ${where}, but ${least === 'admin' ? 'not administer it' : 'not change it'}.`,
    `Ask one of its administrators for the role “${least}”.`,
  )
}
