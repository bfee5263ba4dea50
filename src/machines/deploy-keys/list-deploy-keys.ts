import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { DeployKeyTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import { listPersonRefs } from '../../identity/users.ts'
import { dueAt } from './lifetime.ts'
import type { DeployKeyView } from './shapes.ts'

/** The keys of a repository that have not ended, oldest first; a successor follows the key whose place it takes. */
export async function listDeployKeys(
  db: Db<'deployKey' | 'user'>,
  repositoryId: Id<'rep'>,
  at: number,
): Promise<DeployKeyView[]> {
  const rows = await liveKeys(db, repositoryId, at).orderBy('createdAt').orderBy('id').execute()
  const successors = new Map(rows.flatMap((row) => (row.predecessorId === null ? [] : [[row.predecessorId, row]])))
  const first = rows.filter((row) => !rows.some(({ id }) => id === row.predecessorId))
  const ordered = first.flatMap((row) => {
    const next = successors.get(row.id)
    return next === undefined ? [row] : [row, next]
  })
  return render(db, ordered)
}

/** @throws 404 also for one of another repository */
export async function getDeployKey(
  db: Db<'deployKey'>,
  repositoryId: Id<'rep'>,
  id: string,
  at: number,
): Promise<DeployKeyTable> {
  const row = await liveKeys(db, repositoryId, at)
    .where('id', '=', id as Id<'dpk'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This deploy key')
  return row
}

export async function viewDeployKey(
  db: Db<'deployKey' | 'user'>,
  repositoryId: Id<'rep'>,
  id: string,
  at: number,
): Promise<DeployKeyView> {
  const view = (await listDeployKeys(db, repositoryId, at)).find((key) => key.id === id)
  if (view === undefined) throw notFound('This deploy key')
  return view
}

const liveKeys = (db: Db<'deployKey'>, repositoryId: Id<'rep'>, at: number) =>
  db
    .selectFrom('deployKey')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)

async function render(db: Db<'user'>, rows: DeployKeyTable[]): Promise<DeployKeyView[]> {
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ createdBy, stewardId }) => [createdBy, stewardId]),
  )
  return rows.map((row) => {
    const { rotateEveryDays: everyDays, overlapDays } = row
    const next = rows.find(({ id }) => id === row.successorId)
    return {
      id: row.id,
      name: row.name,
      fingerprint: row.fingerprint,
      type: row.keyType,
      access: row.access,
      createdAt: row.createdAt,
      createdBy: people.get(row.createdBy) ?? null,
      steward: people.get(row.stewardId) ?? null,
      keepBy: row.adoptBy,
      lastUsedAt: row.lastUsedAt,
      lastUsedFrom: row.lastUsedFrom,
      expiresAt: row.expiresAt,
      rotation: everyDays === null || overlapDays === null ? null : { everyDays, overlapDays },
      dueAt: dueAt(row),
      successor: next === undefined ? null : { id: next.id, fingerprint: next.fingerprint, createdAt: next.createdAt },
      isWaiting: row.predecessorId !== null && row.lastUsedAt === null,
    }
  })
}
