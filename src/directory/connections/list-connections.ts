import type { Database, Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { notFound } from '../../http/problem.ts'
import { listPersonRefs } from '../../identity/users.ts'
import { countHoldings, type Holdings, nothing } from './count-holdings.ts'
import type { DirectoryConnection } from './find-connection.ts'
import type { ConnectionList, ConnectionView } from './shapes.ts'

type Readable = Db<'directoryConnection' | 'user' | 'userGroup' | 'credentialRecord'>

/** What is connected, oldest first, and what is still being wound up. */
export async function listConnections(db: Readable, at: number): Promise<Omit<ConnectionList, 'baseUrl'>> {
  const rows = await db
    .selectFrom('directoryConnection')
    .selectAll()
    .where((eb) => eb.or([eb('endedAt', 'is', null), eb('endsPeople', '=', 1)]))
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  const holdings = await countHoldings(db)
  return {
    items: await renderConnections(
      db,
      rows.filter(({ endedAt }) => endedAt === null),
      { holdings, at },
    ),
    ending: rows
      .filter(({ endedAt }) => endedAt !== null)
      .map(({ id, name }) => ({ id, name, people: holdings.get(id)?.people ?? 0 })),
  }
}

/** One that is connected. @throws 404 */
export async function getConnection(db: Db<'directoryConnection'>, id: string): Promise<DirectoryConnection> {
  const row = await db
    .selectFrom('directoryConnection')
    .selectAll()
    .where('id', '=', id as Id<'dir'>)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This connection')
  return row
}

/** The same, and nothing that its directory writes comes in between from here on. @throws 404 */
export async function holdConnection(
  { dialect }: Pick<Database, 'dialect'>,
  tx: Tx<'directoryConnection'>,
  id: string,
): Promise<DirectoryConnection> {
  const row = await tx
    .selectFrom('directoryConnection')
    .selectAll()
    .where('id', '=', id as Id<'dir'>)
    .where('endedAt', 'is', null)
    // No less: see `write-scim.ts`.
    .$if(dialect === 'postgres', (query) => query.forUpdate())
    .executeTakeFirst()
  if (row === undefined) throw notFound('This connection')
  return row
}

/** @throws 404 */
export async function viewConnection(db: Readable, id: string, at: number): Promise<ConnectionView> {
  const row = await getConnection(db, id)
  const [view] = await renderConnections(db, [row], { holdings: await countHoldings(db), at })
  if (view === undefined) throw notFound('This connection')
  return view
}

async function renderConnections(
  db: Readable,
  rows: readonly DirectoryConnection[],
  { holdings, at }: { holdings: ReadonlyMap<string, Holdings>; at: number },
): Promise<ConnectionView[]> {
  const makers = await listPersonRefs(
    db,
    rows.map(({ createdBy }) => createdBy),
  )
  const groupIds = rows.flatMap(({ requiredGroupId }) => requiredGroupId ?? [])
  const groups =
    groupIds.length === 0
      ? []
      : await db.selectFrom('userGroup').select(['id', 'name']).where('id', 'in', groupIds).execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    createdAt: row.createdAt,
    createdBy: makers.get(row.createdBy) ?? null,
    tokenMadeAt: row.tokenMadeAt,
    tokenExpiresAt: row.tokenExpiresAt,
    formerTokenUntil: row.formerTokenUntil !== null && row.formerTokenUntil > at ? row.formerTokenUntil : null,
    requiredGroup: groups.find(({ id }) => id === row.requiredGroupId)?.name ?? null,
    lastRequestAt: row.lastRequestAt,
    lastError:
      row.lastError === null || row.lastErrorAt === null ? null : { sentence: row.lastError, at: row.lastErrorAt },
    ...(holdings.get(row.id) ?? nothing),
  }))
}
