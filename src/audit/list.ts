import { setImmediate as breathe } from 'node:timers/promises'
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AuditEventTable, Schema } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor, renderCursor } from '../http/page.ts'
import { renderSentence } from './actions.ts'
import { firstEventIdAt } from './event-id.ts'
import type { AuditEventView } from './shapes.ts'
import { readShownFacts, type ShownFacts } from './shown-facts.ts'

export interface AuditFilter {
  /** One event, by its id. */
  event?: string | undefined
  /** Username. */
  actor?: string | undefined
  /** A whole action or its first part: `credential.added`, `credential`. */
  action?: string | undefined
  /** What it happened to: an id, a username, a group, or `project/repository` with all that is in it. */
  target?: string | undefined
  repositoryId?: Id<'rep'> | undefined
  method?: string | undefined
  strength?: string | undefined
  outcome?: string | undefined
  from?: number | undefined
  to?: number | undefined
  cursor?: string | undefined
}

/**
 * Of what no index picks out, such as an action, so many events are looked through at a time, between which others have
 * their turn; and at most so many times for one page, which may then be short.
 */
const looking = { stretch: 10_000, times: 10 }

/** A page of events, newest first; with a cursor as long as there is more to look through. */
export async function listEvents(
  db: Db<'auditEvent' | 'auditPersonal' | 'user' | 'userGroup' | 'repository'>,
  filter: AuditFilter,
  { stretch, times }: typeof looking = looking,
): Promise<{ items: AuditEventView[]; nextCursor: string | null }> {
  const within = await listConditions(db, filter)
  if (within === undefined) return { items: [], nextCursor: null }
  const rows: Row[] = []
  let before = filter.cursor === undefined ? undefined : (parseCursor(filter.cursor, 'string')[0] as Id<'evt'>)
  let isMore = true
  for (let time = 0; time < times && isMore && rows.length <= pageSize; time++) {
    if (time > 0) await breathe()
    const last = isPicked(filter) ? undefined : await findLast(db, { within, before, stretch })
    rows.push(...(await readRows(db, { within, filter, before, last, limit: pageSize + 1 - rows.length })))
    isMore = last !== undefined
    before = last ?? before
  }
  const shown = await readShownFacts(db, rows)
  const page = cutPage(
    rows,
    (row) => [row.id],
    (row) => renderEvent(row, shown(row.id)),
  )
  const isShort = page.nextCursor === null && isMore && before !== undefined
  return isShort ? { ...page, nextCursor: renderCursor([before ?? '']) } : page
}

type Condition = (eb: ExpressionBuilder<Schema, 'auditEvent'>) => Expression<SqlBool>

const isPicked = ({ action, method, strength, outcome }: AuditFilter): boolean =>
  [action, method, strength, outcome].every((one) => one === undefined)

/** What an index finds; undefined where there can be nothing. */
async function listConditions(
  db: Db<'user' | 'userGroup' | 'repository'>,
  { event, actor, target, repositoryId, from, to }: AuditFilter,
): Promise<Condition[] | undefined> {
  const conditions: Condition[] = []
  if (event !== undefined) conditions.push((eb) => eb('auditEvent.id', '=', event as Id<'evt'>))
  if (actor !== undefined) {
    const id = await findPerson(db, actor)
    if (id === undefined) return undefined
    conditions.push((eb) => eb('auditEvent.actorId', '=', id))
  }
  if (target !== undefined) {
    const inside = await findRepository(db, target)
    const group = await db.selectFrom('userGroup').select('id').where('name', '=', target).executeTakeFirst()
    const ids = [target, await findPerson(db, target), group?.id].filter((id) => id !== undefined)
    // Not both at once, for which no index has the order.
    conditions.push((eb) =>
      inside === undefined ? eb('auditEvent.targetId', 'in', ids) : eb('auditEvent.repositoryId', '=', inside),
    )
  }
  if (repositoryId !== undefined) conditions.push((eb) => eb('auditEvent.repositoryId', '=', repositoryId))
  if (from !== undefined) conditions.push((eb) => eb('auditEvent.id', '>=', firstEventIdAt(from)))
  if (to !== undefined) conditions.push((eb) => eb('auditEvent.id', '<', firstEventIdAt(to + 1)))
  return conditions
}

const findPerson = async (db: Db<'user'>, username: string): Promise<Id<'usr'> | undefined> =>
  (await db.selectFrom('user').select('id').where('username', '=', username).executeTakeFirst())?.id

async function findRepository(db: Db<'repository'>, path: string): Promise<Id<'rep'> | undefined> {
  const [project = '', name = ''] = path.toLowerCase().split('/')
  const found = await db
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select('repository.id')
    .where((eb) => eb(eb.fn<string>('lower', ['project.name']), '=', project))
    .where((eb) => eb(eb.fn<string>('lower', ['repository.name']), '=', name))
    .executeTakeFirst()
  return found?.id
}

interface Looked {
  within: readonly Condition[]
  before: Id<'evt'> | undefined
}

/** Where the next stretch ends; undefined where it reaches to the first event. */
async function findLast(
  db: Db<'auditEvent'>,
  { within, before, stretch }: Looked & { stretch: number },
): Promise<Id<'evt'> | undefined> {
  let query = db.selectFrom('auditEvent').select('auditEvent.id').orderBy('auditEvent.id', 'desc')
  for (const condition of within) query = query.where(condition)
  if (before !== undefined) query = query.where('auditEvent.id', '<', before)
  const last = await query
    .offset(stretch - 1)
    .limit(1)
    .executeTakeFirst()
  return last?.id
}

function readRows(
  db: Db<'auditEvent'>,
  { within, filter, before, last, limit }: Looked & { filter: AuditFilter; last: Id<'evt'> | undefined; limit: number },
): Promise<Row[]> {
  const { action, method, strength, outcome } = filter
  let query = db
    .selectFrom('auditEvent')
    .leftJoin('user', 'user.id', 'auditEvent.actorId')
    .selectAll('auditEvent')
    .select(['user.username', 'user.displayName'])
    .orderBy('auditEvent.id', 'desc')
    .limit(limit)
  for (const condition of within) query = query.where((eb) => condition(eb as unknown as Parameters<Condition>[0]))
  if (before !== undefined) query = query.where('auditEvent.id', '<', before)
  if (last !== undefined) query = query.where('auditEvent.id', '>=', last)
  if (action !== undefined)
    query = query.where(({ eb, or }) =>
      or([
        eb('auditEvent.action', '=', action),
        eb('auditEvent.action', 'like', `${action.replaceAll(/[%_]/g, '')}.%`),
      ]),
    )
  if (method !== undefined) query = query.where('auditEvent.method', '=', method)
  if (strength !== undefined)
    query = query.where('auditEvent.strength', '=', strength as NonNullable<AuditEventTable['strength']>)
  if (outcome !== undefined) query = query.where('auditEvent.outcome', '=', outcome as AuditEventTable['outcome'])
  return query.execute()
}

type Row = AuditEventTable & { username: string | null; displayName: string | null }

function renderEvent(row: Row, { facts, rule }: ShownFacts): AuditEventView {
  const actor = row.displayName ?? nobody[row.method] ?? 'Somebody'
  const isKnown = row.actorId !== null && row.username !== null
  return {
    id: row.id,
    occurredAt: row.occurredAt,
    action: row.action,
    sentence: renderSentence(row.action, { ...facts, actor }, rule),
    actor: isKnown ? { id: row.actorId ?? '', username: row.username ?? '', displayName: row.displayName ?? '' } : null,
    target: { kind: row.targetKind, id: row.targetId },
    method: row.method,
    strength: row.strength,
    outcome: row.outcome,
    leaf: row.leaf,
  }
}

const nobody: Record<string, string> = { shell: 'The operator of the machine', system: 'Postern' }
