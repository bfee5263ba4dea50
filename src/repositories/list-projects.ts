import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Db } from '../database/handles.ts'
import { likeAnywhere } from '../database/like.ts'
import type { ProjectTable, Schema } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { type Caller, isAdmin } from '../identity/caller.ts'
import { findProjectRoles, isForRepositories } from './access.ts'
import type { ProjectPlace } from './place.ts'
import { isReachable, selectGivenScopes } from './reachable.ts'
import type { ProjectView } from './shapes.ts'

type Tables = 'project' | 'repository' | 'roleGrant' | 'groupMember'

type Builder = ExpressionBuilder<Schema, 'project'>

interface Wanted {
  cursor?: string | undefined
  search?: string | undefined
  /** Only those the caller administers. */
  isOwn?: boolean
}

/** A page, by name, of the projects the caller has a role in, or reaches a repository of. */
export async function listProjects(
  db: Db<Tables>,
  caller: Caller,
  { cursor, search = '', isOwn = false }: Wanted,
): Promise<{ items: ProjectView[]; nextCursor: string | null }> {
  let query = db
    .selectFrom('project')
    .selectAll()
    .where((eb) => isSeen(eb, caller, isOwn))
    .orderBy(({ fn }) => fn<string>('lower', ['name']))
    .limit(pageSize + 1)
  if (search !== '') {
    const like = likeAnywhere(search)
    query = query.where(({ eb, fn, or }) =>
      or((['name', 'description'] as const).map((column) => eb(fn<string>('lower', [column]), 'like', like))),
    )
  }
  if (cursor !== undefined) {
    const [name] = parseCursor(cursor, 'string')
    query = query.where(({ eb, fn }) => eb(fn<string>('lower', ['name']), '>', name))
  }
  const page = cutPage(
    await query.execute(),
    ({ name }) => [name.toLowerCase()],
    (project) => project,
  )
  const ids = page.items.map(({ id }) => id)
  const roles = await findProjectRoles(db, caller, ids)
  const places = page.items.map((project) => ({ project, role: roles.get(project.id) ?? null }))
  return { items: await renderProjects(db, caller, places), nextCursor: page.nextCursor }
}

export async function renderProject(
  db: Db<'repository'>,
  caller: Caller | undefined,
  place: ProjectPlace,
): Promise<ProjectView> {
  const [view] = await renderProjects(db, caller, [place])
  if (view === undefined) throw new TypeError('one project is rendered as one')
  return view
}

/** Counts the repositories the caller reaches: how many others there are is nobody's business. */
async function renderProjects(
  db: Db<'repository'>,
  caller: Caller | undefined,
  places: readonly ProjectPlace[],
): Promise<ProjectView[]> {
  if (places.length === 0) return []
  const ids = places.map(({ project }) => project.id)
  const counts = await db
    .selectFrom('repository')
    .select(({ fn }) => ['projectId', fn.countAll<number>().as('count')])
    .where('projectId', 'in', ids)
    .where((eb) => isReachable(eb, caller))
    .groupBy('projectId')
    .execute()
  const byProject = new Map(counts.map(({ projectId, count }) => [projectId, count]))
  return places.map(({ project, role }) => ({
    id: project.id,
    name: project.name,
    description: project.description,
    isDemo: project.isDemo === 1,
    createdAt: project.createdAt,
    repositoryCount: byProject.get(project.id) ?? 0,
    myRole: role,
  }))
}

/** The rows that `findProjectRoles` gives a role for, and those of repositories that are reached, as a condition. */
function isSeen(eb: Builder, caller: Caller, isOwn: boolean): Expression<SqlBool> {
  const given = hasRole(eb, caller, isOwn)
  if (isOwn) return given
  const reached = eb
    .selectFrom('repository')
    .select('repository.projectId')
    .where((repository) => isReachable(repository, caller))
  return eb.or([given, eb('project.id', 'in', reached)])
}

function hasRole(eb: Builder, caller: Caller, isOwn: boolean): Expression<SqlBool> {
  const { by } = caller
  const mayHave = by.kind === 'session' || (!isOwn && by.scopes.some((scope) => scope.startsWith('repository:')))
  if (!mayHave || isForRepositories(caller)) return eb.lit(false)
  if (isAdmin(caller)) return eb.lit(true)
  const scopes = selectGivenScopes(eb as unknown as ExpressionBuilder<Schema, never>, caller.id)
  const own = isOwn ? scopes.where('role', '=', 'admin') : scopes
  return eb('project.id', 'in', own.$castTo<{ scopeId: ProjectTable['id'] }>())
}
