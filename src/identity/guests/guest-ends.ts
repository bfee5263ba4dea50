import type { Database, Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName, UserTable } from '../../database/schema.ts'
import type { EndAccess } from '../ending/end-access.ts'

type GuestLetter = { toUserId: Id<'usr'>; dedupeKey: string } & (
  | { kind: 'guest-ending'; facts: { endsAt: number; ask: string | null } }
  | { kind: 'guest-ending-sponsor'; facts: { guest: string; endsAt: number; page: string } }
)

interface GuestEndParts {
  database: Database
  endAccess: EndAccess
  origin: string
  now: () => number
  /** Sends a letter of one key once. */
  queue: (tx: Tx<TableName>, letter: GuestLetter) => Promise<void>
}

const dayMs = 24 * 3_600_000
/** A week before, and a day before. */
const stages: readonly [name: string, daysLeft: number][] = [
  ['day', 1],
  ['week', 7],
]

/**
 * Ends the access of everybody whose day has come, and says a week and a day before that it will. Every request asks for
 * the date itself, so being late here gives nothing. Safe to repeat, and to run on several nodes.
 */
export async function endGuests({ database, endAccess, origin, now, queue }: GuestEndParts): Promise<void> {
  const at = now()
  for (const { id } of await listDue(database.read, at))
    await database.write(async (tx) => {
      // Somebody may have prolonged it meanwhile, or just does: their row is what both queue for.
      const due = await tx
        .updateTable('user')
        .set((eb) => ({ endsAt: eb.ref('endsAt') }))
        .where('id', '=', id)
        .where('endsAt', '<=', at)
        .returning('id')
        .execute()
      if (due.length === 1) await endAccess.end(tx, { userId: id, cause: 'guest-end', actor: null, at })
    })
  for (const user of await listSoon(database.read, at)) {
    const stage = stages.find(([, daysLeft]) => user.endsAt - at <= daysLeft * dayMs)?.[0] ?? ''
    const sponsor = await findSponsor(database.read, user.sponsorId, at)
    const key = `guest-ends ${user.id} ${user.endsAt} ${stage}`
    await database.write(async (tx) => {
      const { endsAt } = user
      const ask = sponsor?.displayName ?? null
      await queue(tx, { toUserId: user.id, kind: 'guest-ending', facts: { endsAt, ask }, dedupeKey: key })
      const page = `${origin}/-/people/${user.username}`
      for (const { id } of sponsor === undefined ? await listAdministratorIds(tx) : [sponsor])
        await queue(tx, {
          toUserId: id,
          kind: 'guest-ending-sponsor',
          facts: { guest: user.displayName, endsAt, page },
          dedupeKey: `${key} ${id}`,
        })
    })
  }
}

const listDue = (db: Db<'user'>, at: number) =>
  db
    .selectFrom('user')
    .select('id')
    .where('endsAt', 'is not', null)
    .where('endsAt', '<=', at)
    .where('state', '=', 'active')
    .orderBy('id')
    .execute()

async function listSoon(db: Db<'user'>, at: number) {
  const rows = await db
    .selectFrom('user')
    .select(['id', 'username', 'displayName', 'endsAt', 'sponsorId'])
    .where('endsAt', '>', at)
    .where('endsAt', '<=', at + 7 * dayMs)
    .where('state', '=', 'active')
    .where('kind', '=', 'person')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, endsAt: row.endsAt ?? 0 }))
}

/** Whoever answers for a guest, while they are here themselves. */
export async function findSponsor(
  db: Db<'user'>,
  sponsorId: Id<'usr'> | null,
  at: number,
): Promise<Pick<UserTable, 'id' | 'username' | 'displayName' | 'email'> | undefined> {
  if (sponsorId === null) return undefined
  return db
    .selectFrom('user')
    .select(['id', 'username', 'displayName', 'email'])
    .where('id', '=', sponsorId)
    .where('state', '=', 'active')
    .where('role', '!=', 'guest')
    .where((eb) => eb.or([eb('endsAt', 'is', null), eb('endsAt', '>', at)]))
    .executeTakeFirst()
}

const listAdministratorIds = (db: Db<'user'>) =>
  db
    .selectFrom('user')
    .select('id')
    .where('role', 'in', ['owner', 'admin'])
    .where('kind', '=', 'person')
    .where('state', '=', 'active')
    .orderBy('id')
    .execute()
