import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { WitnessTable } from '../database/schema.ts'
import { notFound } from '../http/problem.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { WitnessView } from './shapes.ts'

/** In the order in which they were named. */
export const listWitnesses = (db: Db<'witness'>): Promise<WitnessTable[]> =>
  db.selectFrom('witness').selectAll().orderBy('addedAt').orderBy('id').execute()

/** @throws 404 */
export async function getWitness(db: Db<'witness'>, id: string): Promise<WitnessTable> {
  const row = await db
    .selectFrom('witness')
    .selectAll()
    .where('id', '=', id as Id<'wit'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This witness')
  return row
}

export async function viewWitnesses(db: Db<'witness' | 'user'>): Promise<WitnessView[]> {
  const rows = await listWitnesses(db)
  const people = await listPersonRefs(
    db,
    rows.map(({ addedBy }) => addedBy),
  )
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    key: row.key,
    url: row.url,
    addedAt: row.addedAt,
    addedBy: people.get(row.addedBy) ?? { id: row.addedBy, username: '', displayName: '' },
    cosignedSize: row.cosignedSize,
    cosignedAt: row.cosignedAt,
    problem: row.problem,
    problemSince: row.problemSince,
    isContradicting: row.isContradicting === 1,
  }))
}
