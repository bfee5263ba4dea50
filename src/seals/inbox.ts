import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { notFound } from '../http/problem.ts'
import { listPersonRefs } from '../identity/users.ts'
import { parseCode, parseShortCode, renderCode } from './code.ts'
import type { InboxItem } from './shapes.ts'

/** What waits for this person anywhere but on the page that asked: it has a link, is open and has not expired. */
const waitingFor = (db: Db<'sealRequest'>, userId: Id<'usr'>, now: number) =>
  db
    .selectFrom('sealRequest')
    .where('userId', '=', userId)
    .where('state', '=', 'open')
    .where('code', 'is not', null)
    .where('expiresAt', '>', now)

/** A page of it, the oldest deadline first. @throws 422 for a cursor that is none */
export async function listInbox(
  db: Db<'sealRequest' | 'user'>,
  wanted: { userId: Id<'usr'>; now: number; cursor?: string | undefined; size?: number },
): Promise<{ items: InboxItem[]; nextCursor: string | null }> {
  const { userId, now, cursor, size = pageSize } = wanted
  let query = waitingFor(db, userId, now).selectAll().orderBy('expiresAt').orderBy('id')
  if (cursor !== undefined) {
    const [expiresAt, id] = parseCursor(cursor, 'number', 'string')
    query = query.where((eb) =>
      eb.or([
        eb('expiresAt', '>', expiresAt),
        eb.and([eb('expiresAt', '=', expiresAt), eb('id', '>', id as Id<'srq'>)]),
      ]),
    )
  }
  const rows = await query.limit(size + 1).execute()
  const people = await listPersonRefs(
    db,
    rows.map(({ requestedBy }) => requestedBy),
  )
  return cutPage(
    rows,
    (row) => [row.expiresAt, row.id],
    (row) => ({
      id: row.id,
      code: renderCode(row.code ?? ''),
      action: row.action,
      title: (JSON.parse(row.facts) as { title: string }).title,
      requestedBy: people.get(row.requestedBy) ?? { id: row.requestedBy, username: '', displayName: 'Somebody' },
      isMine: row.requestedBy === userId,
      tokenName: row.requestedToken === null ? null : row.requestedVia.replace(/^token /, ''),
      createdAt: row.createdAt,
      expiresAt: row.expiresAt,
    }),
    size,
  )
}

export async function countInbox(db: Db<'sealRequest'>, userId: Id<'usr'>, now: number): Promise<number> {
  const { count } = await waitingFor(db, userId, now)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return count
}

/**
 * The request that a link leads its person to, or the first six characters of its code while it is open. Unknown, expired and other people's codes end in the same refusal, by
 * the same look-up, so that nobody learns which of them it was. @throws 404
 */
export async function getByCode(
  db: Db<'sealRequest'>,
  wanted: { code: string; userId: Id<'usr'>; now: number },
): Promise<SealRequestTable> {
  const short = parseShortCode(wanted.code)
  if (short !== undefined) return getByShortCode(db, { ...wanted, short })
  const row = await db
    .selectFrom('sealRequest')
    .selectAll()
    .where('code', '=', parseCode(wanted.code) ?? '')
    .where('userId', '=', wanted.userId)
    .where('expiresAt', '>', wanted.now)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This request')
  return row
}

/** Six characters are not enough to tell everybody's apart; among one person's few they are. @throws 404 */
async function getByShortCode(
  db: Db<'sealRequest'>,
  { short, userId, now }: { short: string; userId: Id<'usr'>; now: number },
): Promise<SealRequestTable> {
  const rows = await waitingFor(db, userId, now).selectAll().where('code', 'like', `${short}%`).limit(2).execute()
  const [row, other] = rows
  if (row === undefined || other !== undefined) throw notFound('This request')
  return row
}
