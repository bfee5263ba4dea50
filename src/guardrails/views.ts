import type { Db } from '../database/handles.ts'
import type { PolicyChangeTable } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { listPersonRefs } from '../identity/users.ts'
import { compilePolicy } from '../policy/compile.ts'
import { firstPolicy, type Policy } from '../policy/rule.ts'
import { diffPolicies } from './differences.ts'
import { findCurrent, policyOf } from './in-force.ts'
import { readPlaces, withPaths } from './places.ts'
import type { PolicyChangeView, PolicyView } from './shapes.ts'

type Reading = Db<'policyChange' | 'user' | 'project' | 'repository' | 'sealRequest'>

/** The policy in force as people read it, and what waits to replace it. */
export async function renderPolicy(db: Reading): Promise<PolicyView> {
  const row = await findCurrent(db)
  const waiting = await db
    .selectFrom('policyChange')
    .selectAll()
    .where('state', '=', 'waiting')
    .orderBy('createdAt')
    .execute()
  const policy = policyOf(row)
  const [changedBy] = row === undefined ? [] : await renderChanges(db, [row])
  return {
    version: row?.version ?? 0,
    digest: compilePolicy(policy).digest,
    policy: withPaths(policy, await readPlaces(db)),
    changedAt: row?.decidedAt ?? null,
    changedBy: changedBy?.proposedBy ?? null,
    waiting: await renderChanges(db, waiting),
  }
}

export async function listChanges(db: Reading, cursor: string | undefined) {
  let query = db
    .selectFrom('policyChange')
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize + 1)
  if (cursor !== undefined) {
    const [at, id] = parseCursor(cursor, 'number', 'string')
    query = query.where(({ eb, and, or }) =>
      or([eb('createdAt', '<', at), and([eb('createdAt', '=', at), eb('id', '<', id as PolicyChangeTable['id'])])]),
    )
  }
  const rows = await query.execute()
  const views = new Map((await renderChanges(db, rows)).map((view) => [view.id, view]))
  return cutPage(
    rows.filter(({ id }) => views.has(id)),
    (row) => [row.createdAt, row.id],
    (row) => views.get(row.id) as PolicyChangeView,
  )
}

/** Each beside the version it was made from. */
export async function renderChanges(db: Reading, rows: readonly PolicyChangeTable[]): Promise<PolicyChangeView[]> {
  if (rows.length === 0) return []
  const bases = await db
    .selectFrom('policyChange')
    .select(['version', 'policy'])
    .where(
      'version',
      'in',
      rows.map(({ basedOn }) => basedOn),
    )
    .execute()
  const baseOf = (version: number): Policy => {
    const base = bases.find((one) => one.version === version)
    return base === undefined ? firstPolicy : policyOf(base)
  }
  const asked = await db
    .selectFrom('sealRequest')
    .innerJoin('user', 'user.id', 'sealRequest.userId')
    .select(['about', 'userId'])
    .where(
      'about',
      'in',
      rows.map(({ id }) => id),
    )
    .where('sealRequest.state', '=', 'open')
    .orderBy('username')
    .execute()
  const people = await listPersonRefs(db, [
    ...rows.flatMap(({ proposedBy, approvedBy }) => [proposedBy, approvedBy]),
    ...asked.map(({ userId }) => userId),
  ])
  return rows.map((row) => ({
    id: row.id,
    state: row.state,
    version: row.version,
    basedOn: row.basedOn,
    proposedBy: (row.proposedBy && people.get(row.proposedBy)) ?? null,
    approvedBy: (row.approvedBy && people.get(row.approvedBy)) ?? null,
    asked: asked.flatMap(({ about, userId }) => (about === row.id ? (people.get(userId) ?? []) : [])),
    createdAt: row.createdAt,
    decidedAt: row.decidedAt,
    differences: diffPolicies(baseOf(row.basedOn), policyOf(row)),
    digest: row.digest,
  }))
}
