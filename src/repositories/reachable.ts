import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { likeAnywhere } from '../database/like.ts'
import type { RepositoryTable, Schema } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { type Caller, isAdmin } from '../identity/caller.ts'
import { findUserById } from '../identity/users.ts'
import type { RepositorySummary } from './shapes.ts'

type Reader = Pick<Caller, 'id' | 'role'> & { by?: Caller['by'] }
type Builder = ExpressionBuilder<Schema, 'repository'>

/** The rows that `findRepositoryRole` gives a role for, as a condition: one rule, said once in each language. */
export function isReachable(eb: Builder, caller: Reader | undefined): Expression<SqlBool> {
  const isPublic = eb('repository.visibility', '=', 'public')
  if (caller === undefined) return isPublic
  const own = withinToken(eb, caller.by, isAdmin(caller) ? eb.lit(true) : isGiven(eb, caller))
  return eb.or([isPublic, own])
}

/** Projects and repositories that this person, or a group of theirs, was given a role in. */
export function selectGivenScopes(eb: ExpressionBuilder<Schema, never>, userId: Id<'usr'>) {
  const groups = eb.selectFrom('groupMember').select('groupId').where('userId', '=', userId)
  return eb
    .selectFrom('roleGrant')
    .select('scopeId')
    .where((grant) =>
      grant.or([
        grant.and([grant('subjectKind', '=', 'user'), grant('subjectId', '=', userId)]),
        grant.and([grant('subjectKind', '=', 'group'), grant('subjectId', 'in', groups)]),
      ]),
    )
}

function isGiven(eb: Builder, caller: Reader): Expression<SqlBool> {
  const scopes = selectGivenScopes(eb as unknown as ExpressionBuilder<Schema, never>, caller.id)
  const given = [
    eb('repository.id', 'in', scopes.$castTo<{ scopeId: Id<'rep'> }>()),
    eb('repository.projectId', 'in', scopes.$castTo<{ scopeId: Id<'prj'> }>()),
  ]
  return eb.or(caller.role === 'guest' ? given : [...given, eb('repository.visibility', '=', 'internal')])
}

function withinToken(eb: Builder, by: Reader['by'], own: Expression<SqlBool>): Expression<SqlBool> {
  if (by === undefined || by.kind === 'session') return own
  if (!by.scopes.some((scope) => scope.startsWith('repository:'))) return eb.lit(false)
  return by.repositoryIds === null ? own : eb.and([own, eb('repository.id', 'in', by.repositoryIds as Id<'rep'>[])])
}

type Tables = 'project' | 'repository' | 'roleGrant' | 'groupMember'
type SummaryRow = Pick<RepositoryTable, 'id' | 'name' | 'description' | 'visibility' | 'pushedAt' | 'createdAt'> & {
  project: string
  isDemo: 0 | 1
}

function selectReachable(db: Db<Tables>, caller: Reader | undefined) {
  return db
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['repository.id', 'repository.name', 'repository.description', 'repository.visibility'])
    .select(['repository.pushedAt', 'repository.createdAt', 'project.name as project', 'project.isDemo'])
    .where((eb) => isReachable(eb as unknown as Builder, caller))
}

const renderSummary = (row: SummaryRow): RepositorySummary => ({
  ...row,
  isDemo: row.isDemo === 1,
  path: `${row.project}/${row.name}`,
})

/** A page, by path, of the repositories the caller may at least read; of one project, or whose path contains a text. */
export async function listReachableRepositories(
  db: Db<Tables>,
  caller: Caller | undefined,
  wanted: { cursor?: string | undefined; search?: string | undefined; projectId?: Id<'prj'> },
): Promise<{ items: RepositorySummary[]; nextCursor: string | null }> {
  const { cursor, search = '', projectId } = wanted
  let query = selectReachable(db, caller)
    .orderBy(({ fn }) => fn<string>('lower', ['project.name']))
    .orderBy(({ fn }) => fn<string>('lower', ['repository.name']))
    .limit(pageSize + 1)
  if (projectId !== undefined) query = query.where('repository.projectId', '=', projectId)
  if (search !== '') {
    const like = likeAnywhere(search)
    query = query.where(({ eb, fn, or }) =>
      or(
        (['project.name', 'repository.name', 'repository.description'] as const).map((column) =>
          eb(fn<string>('lower', [column]), 'like', like),
        ),
      ),
    )
  }
  if (cursor !== undefined) {
    const [project, name] = parseCursor(cursor, 'string', 'string')
    query = query.where(({ eb, fn, or, and }) => {
      const projectName = fn<string>('lower', ['project.name'])
      return or([
        eb(projectName, '>', project),
        and([eb(projectName, '=', project), eb(fn<string>('lower', ['repository.name']), '>', name)]),
      ])
    })
  }
  return cutPage(await query.execute(), (row) => [row.project.toLowerCase(), row.name.toLowerCase()], renderSummary)
}

/** Those with the latest pushes, for Home. */
export async function listRecentRepositories(
  db: Db<Tables>,
  caller: Caller,
  limit: number,
): Promise<RepositorySummary[]> {
  const rows = await selectReachable(db, caller)
    .orderBy(({ fn }) => fn.coalesce('repository.pushedAt', 'repository.createdAt'), 'desc')
    .orderBy('repository.id')
    .limit(limit)
    .execute()
  return rows.map(renderSummary)
}

/** `project/name` of those of the given repositories that this person can reach. */
export async function listReachablePaths(
  db: Db<Tables | 'user'>,
  userId: Id<'usr'>,
  repositoryIds: readonly string[],
): Promise<Map<string, string>> {
  const user = repositoryIds.length === 0 ? undefined : await findUserById(db, userId)
  if (user === undefined || user.state !== 'active') return new Map()
  const rows = await selectReachable(db, user)
    .where('repository.id', 'in', repositoryIds as Id<'rep'>[])
    .execute()
  return new Map(rows.map((row) => [row.id, `${row.project}/${row.name}`]))
}

/** Those of the given repositories that this caller, session or token, may read. */
export async function listReadableIds(
  db: Db<Tables>,
  caller: Caller,
  repositoryIds: readonly Id<'rep'>[],
): Promise<Set<string>> {
  const rows = await selectReachable(db, caller).where('repository.id', 'in', repositoryIds).execute()
  return new Set(rows.map(({ id }) => id))
}

/** Projects that hold at least one repository the caller reaches. */
export async function listReachedProjects(db: Db<Tables>, caller: Caller | undefined): Promise<Set<string>> {
  const rows = await db
    .selectFrom('repository')
    .select('repository.projectId')
    .distinct()
    .where((eb) => isReachable(eb, caller))
    .execute()
  return new Set(rows.map(({ projectId }) => projectId))
}
