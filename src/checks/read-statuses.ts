import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { CommitStatusTable } from '../database/schema.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { CommitStatusView } from './shapes.ts'

export type StatusRow = CommitStatusTable

/** Everything that checks said about these commits, by commit, the newest first. */
export async function readStatuses(
  db: Db<'commitStatus'>,
  repositoryId: Id<'rep'>,
  oids: readonly string[],
): Promise<Map<string, StatusRow[]>> {
  if (oids.length === 0) return new Map()
  const rows = await db
    .selectFrom('commitStatus')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .where('oid', 'in', [...new Set(oids)])
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()
  return Map.groupBy(rows, ({ oid }) => oid)
}

/** The newest word of each name, by name. */
export function newestByName(rows: readonly StatusRow[]): StatusRow[] {
  const newest = new Map<string, StatusRow>()
  for (const row of rows) if (!newest.has(row.name)) newest.set(row.name, row)
  return [...newest.values()].toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

export async function renderStatuses(
  db: Db<'user' | 'apiToken'>,
  rows: readonly StatusRow[],
): Promise<CommitStatusView[]> {
  const people = await listPersonRefs(
    db,
    rows.map(({ setBy }) => setBy),
  )
  const tokens = await listTokenNames(
    db,
    rows.map(({ tokenId }) => tokenId),
  )
  return rows.map((row) => ({
    id: row.id,
    oid: row.oid,
    name: row.name,
    state: row.state,
    description: row.description,
    targetUrl: row.targetUrl,
    setBy: people.get(row.setBy) ?? { id: row.setBy, username: '', displayName: '' },
    tokenName: row.tokenId === null ? null : (tokens.get(row.tokenId) ?? ''),
    createdAt: row.createdAt,
  }))
}

async function listTokenNames(db: Db<'apiToken'>, ids: readonly (Id<'tok'> | null)[]): Promise<Map<string, string>> {
  const wanted = [...new Set(ids)].filter((id) => id !== null)
  if (wanted.length === 0) return new Map()
  const rows = await db.selectFrom('apiToken').select(['id', 'name']).where('id', 'in', wanted).execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}
