import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { WorkloadTrustTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import { listPersonRefs } from '../../identity/users.ts'
import type { Condition, PipelineView } from './shapes.ts'

/** Which pipelines a repository trusts, oldest first; not those that have ended. */
export function listTrusts(db: Db<'workloadTrust'>, repositoryId: Id<'rep'>): Promise<WorkloadTrustTable[]> {
  return db
    .selectFrom('workloadTrust')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .where('endedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
}

/**
 * Those that still let somebody in: nobody’s any more ends by itself, and being late with that gives nothing. One with
 * keys given by hand stands still at once: whoever gave them may hold the private half, and has no access any more.
 */
export const isStanding = ({ adoptBy, keys }: Pick<WorkloadTrustTable, 'adoptBy' | 'keys'>, at: number): boolean =>
  adoptBy === null || (keys === null && adoptBy > at)

/** @throws 404 also for one of another repository, and for one that has ended */
export async function getTrust(
  db: Db<'workloadTrust'>,
  repositoryId: Id<'rep'>,
  id: string,
): Promise<WorkloadTrustTable> {
  const row = (await listTrusts(db, repositoryId)).find((trust) => trust.id === id)
  if (row === undefined) throw notFound('This pipeline')
  return row
}

export async function renderTrusts(db: Db<'user'>, rows: readonly WorkloadTrustTable[]): Promise<PipelineView[]> {
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ createdBy, stewardId }) => [createdBy, stewardId]),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    shape: row.shape,
    issuer: row.issuer,
    keys: row.keys,
    audience: row.audience,
    conditions: JSON.parse(row.conditions) as Condition[],
    access: row.access,
    lifetimeMinutes: row.lifetimeMinutes,
    runHours: row.runHours,
    createdAt: row.createdAt,
    createdBy: people.get(row.createdBy) ?? null,
    steward: people.get(row.stewardId) ?? null,
    keepBy: row.adoptBy,
    lastUsedAt: row.lastUsedAt,
    lastSubject: row.lastSubject,
  }))
}
