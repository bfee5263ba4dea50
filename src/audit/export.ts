import type { ExpressionBuilder } from 'kysely'
import type { Db, Tx } from '../database/handles.ts'
import type { AuditEventTable, Schema } from '../database/schema.ts'
import { firstEventIdAt } from './event-id.ts'
import { type AuditActor, recordEvent } from './record.ts'

/** Both ends included, milliseconds. */
export interface Span {
  from: number
  to: number
  /**
   * Events that the ledger holds when the export is made: places beyond are not told, and where the span is open towards now,
   * each of these is in it, whatever the clock of the node that wrote it. So an export holds whole beginnings.
   */
  placed?: number
  isOpen?: boolean
}

/** Ends that id times alone would cut where clocks differ. */
const within =
  ({ from, to, placed = 0, isOpen = false }: Span) =>
  (eb: ExpressionBuilder<Schema, 'auditEvent'>) => {
    const before = eb('id', '<', firstEventIdAt(to + 1))
    return eb.and([
      eb('id', '>=', firstEventIdAt(from)),
      isOpen ? eb.or([before, eb('leafIndex', '<', placed)]) : before,
    ])
  }

/** Records that an export was allowed, with how many events it will hold. Part of the transaction that takes its seal. */
export async function recordExport(
  tx: Tx<'auditEvent' | 'auditPersonal'>,
  { span, actor, seal, at }: { span: Span; actor: AuditActor; seal: string; at: number },
): Promise<number> {
  const count = await countEvents(tx, span)
  const target = { kind: 'instance', id: '1' }
  const facts = { count, from: span.from, to: span.to, seal }
  await recordEvent(tx, { action: 'ledger.exported', actor, target, facts, at })
  return count
}

export async function countEvents(db: Db<'auditEvent'>, span: Span): Promise<number> {
  const { count } = await db
    .selectFrom('auditEvent')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where(within(span))
    .executeTakeFirstOrThrow()
  return count
}

/**
 * The events of a span, oldest first, as lines of JSON: `{"id", "occurredAt", "leaf", "leafIndex"}`, the leaf being the exact
 * bytes that were recorded, and its place in the ledger null for what happened in the last moment. One page at a time, fetched when the one before was taken; so a slow reader costs one page.
 */
export async function* exportLines(db: Db<'auditEvent'>, span: Span, pageRows = 500): AsyncGenerator<string> {
  let after: string | undefined
  for (;;) {
    let query = db
      .selectFrom('auditEvent')
      .select(['id', 'occurredAt', 'leaf', 'leafIndex'])
      .where(within(span))
      .orderBy('id')
      .limit(pageRows)
    if (after !== undefined) query = query.where('id', '>', after as ReturnType<typeof firstEventIdAt>)
    const rows = await query.execute()
    if (rows.length > 0) yield rows.map((row) => renderLine(row, span.placed)).join('')
    if (rows.length < pageRows) return
    after = rows.at(-1)?.id
  }
}

type Exported = Pick<AuditEventTable, 'id' | 'occurredAt' | 'leaf' | 'leafIndex'>

const renderLine = ({ id, occurredAt, leaf, leafIndex }: Exported, placed = Infinity): string =>
  `${JSON.stringify({ id, occurredAt, leaf, leafIndex: leafIndex !== null && leafIndex < placed ? leafIndex : null })}\n`
