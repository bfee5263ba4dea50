import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { InvitationTable, TableName } from '../../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../../http/page.ts'
import { listPersonRefs } from '../users.ts'
import type { Grant, GrantPlaces } from './grant-places.ts'
import type { InvitationView } from './shapes.ts'

/** A page of invitations, the newest first; `open` leaves out those that are over. */
export async function listInvitations(
  db: Db<TableName>,
  places: GrantPlaces,
  { cursor, open = false, at }: { cursor?: string | undefined; open?: boolean; at: number },
): Promise<{ items: InvitationView[]; nextCursor: string | null }> {
  let query = db
    .selectFrom('invitation')
    .selectAll()
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize + 1)
  if (open) query = query.where('acceptedAt', 'is', null).where('withdrawnAt', 'is', null).where('expiresAt', '>', at)
  if (cursor !== undefined) {
    const [createdAt, id] = parseCursor(cursor, 'number', 'string')
    query = query.where((eb) =>
      eb.or([
        eb('createdAt', '<', createdAt),
        eb.and([eb('createdAt', '=', createdAt), eb('id', '<', id as Id<'inv'>)]),
      ]),
    )
  }
  const page = cutPage(
    await query.execute(),
    (row) => [row.createdAt, row.id],
    (row) => row,
  )
  return { items: await renderInvitations(db, places, page.items, at), nextCursor: page.nextCursor }
}

/** Few statements, however many rows. */
export async function renderInvitations(
  db: Db<TableName>,
  places: GrantPlaces,
  rows: readonly InvitationTable[],
  at: number,
): Promise<InvitationView[]> {
  const grantsOf = (row: InvitationTable): Grant[] => JSON.parse(row.grants) as Grant[]
  const groupsOf = (row: InvitationTable): Id<'grp'>[] => JSON.parse(row.groups) as Id<'grp'>[]
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ createdBy, sponsorId, acceptedBy }) => [createdBy, sponsorId, acceptedBy]),
  )
  const inviters = await listActiveInviters(db, rows, at)
  const groups = await readGroupNames(db, rows.flatMap(groupsOf))
  const paths = await places.listPaths(db, rows.flatMap(grantsOf))
  const refOf = (id: string | null) => (id === null ? null : (people.get(id) ?? null))
  return rows.map((row) => ({
    id: row.id,
    email: row.email,
    state: stateOf(row, inviters.has(row.createdBy), at),
    role: row.role,
    groups: groupsOf(row).flatMap((id) => groups.get(id) ?? []),
    grants: grantsOf(row).flatMap(({ scopeId, role }) => {
      const path = paths.get(scopeId)
      return path === undefined ? [] : [{ path, role }]
    }),
    endsAt: row.endsAt,
    sponsor: refOf(row.sponsorId),
    by: refOf(row.createdBy) ?? { id: row.createdBy, username: '', displayName: '' },
    message: row.message,
    createdAt: row.createdAt,
    expiresAt: row.expiresAt,
    sentAt: row.sentAt,
    acceptedAt: row.acceptedAt,
    acceptedBy: refOf(row.acceptedBy),
  }))
}

function stateOf(row: InvitationTable, canInvite: boolean, at: number): InvitationView['state'] {
  if (row.acceptedAt !== null) return 'accepted'
  if (row.withdrawnAt !== null) return 'withdrawn'
  if (row.expiresAt <= at || (row.endsAt !== null && row.endsAt <= at)) return 'expired'
  return canInvite ? 'open' : 'void'
}

async function listActiveInviters(db: Db<'user'>, rows: readonly InvitationTable[], at: number): Promise<Set<string>> {
  const ids = [...new Set(rows.map(({ createdBy }) => createdBy))]
  if (ids.length === 0) return new Set()
  const found = await db
    .selectFrom('user')
    .select('id')
    .where('id', 'in', ids)
    .where('state', '=', 'active')
    .where('role', 'in', ['owner', 'admin'])
    .where((eb) => eb.or([eb('endsAt', 'is', null), eb('endsAt', '>', at)]))
    .execute()
  return new Set(found.map(({ id }) => id))
}

async function readGroupNames(db: Db<'userGroup'>, ids: readonly Id<'grp'>[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('userGroup')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, name }) => [id, name]))
}
