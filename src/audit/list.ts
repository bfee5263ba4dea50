import type { ExpressionBuilder } from 'kysely'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AuditEventTable, Schema } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
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

/** A page of events, newest first. */
export async function listEvents(
  db: Db<'auditEvent' | 'auditPersonal'>,
  filter: AuditFilter,
): Promise<{ items: AuditEventView[]; nextCursor: string | null }> {
  let query = db
    .selectFrom('auditEvent')
    .leftJoin('user', 'user.id', 'auditEvent.actorId')
    .selectAll('auditEvent')
    .select(['user.username', 'user.displayName'])
    .orderBy('auditEvent.id', 'desc')
    .limit(pageSize + 1)
  if (filter.event !== undefined) query = query.where('auditEvent.id', '=', filter.event as Id<'evt'>)
  if (filter.actor !== undefined) query = query.where('user.username', '=', filter.actor)
  const { action } = filter
  if (action !== undefined)
    query = query.where(({ eb, or }) =>
      or([
        eb('auditEvent.action', '=', action),
        eb('auditEvent.action', 'like', `${action.replaceAll(/[%_]/g, '')}.%`),
      ]),
    )
  const { target } = filter
  if (target !== undefined)
    query = query.where(({ eb, or, selectFrom }) =>
      or([
        eb('auditEvent.targetId', '=', target),
        eb('auditEvent.targetId', 'in', selectFrom('user').select('user.id').where('user.username', '=', target)),
        eb(
          'auditEvent.targetId',
          'in',
          selectFrom('userGroup').select('userGroup.id').where('userGroup.name', '=', target),
        ),
        eb('auditEvent.repositoryId', 'in', repositoriesAt(selectFrom, target)),
      ]),
    )
  if (filter.repositoryId !== undefined) query = query.where('auditEvent.repositoryId', '=', filter.repositoryId)
  if (filter.method !== undefined) query = query.where('auditEvent.method', '=', filter.method)
  if (filter.strength !== undefined)
    query = query.where('auditEvent.strength', '=', filter.strength as NonNullable<AuditEventTable['strength']>)
  if (filter.outcome !== undefined)
    query = query.where('auditEvent.outcome', '=', filter.outcome as AuditEventTable['outcome'])
  if (filter.from !== undefined) query = query.where('auditEvent.id', '>=', firstEventIdAt(filter.from))
  if (filter.to !== undefined) query = query.where('auditEvent.id', '<', firstEventIdAt(filter.to + 1))
  if (filter.cursor !== undefined) {
    const [id] = parseCursor(filter.cursor, 'string')
    query = query.where('auditEvent.id', '<', id as Id<'evt'>)
  }
  const rows = await query.execute()
  const shown = await readShownFacts(db, rows)
  return cutPage(
    rows,
    (row) => [row.id],
    (row) => renderEvent(row, shown(row.id)),
  )
}

function repositoriesAt(selectFrom: ExpressionBuilder<Schema, 'auditEvent'>['selectFrom'], path: string) {
  const [project = '', name = ''] = path.toLowerCase().split('/')
  return selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select('repository.id')
    .where((eb) => eb(eb.fn<string>('lower', ['project.name']), '=', project))
    .where((eb) => eb(eb.fn<string>('lower', ['repository.name']), '=', name))
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
