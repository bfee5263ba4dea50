import type { Db, Tx } from '../database/handles.ts'
import { firstEventIdAt } from './event-id.ts'
import { type AuditActor, recordEvent } from './record.ts'

/** Both ends included, milliseconds. */
export interface Span {
  from: number
  to: number
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

export async function countEvents(db: Db<'auditEvent'>, { from, to }: Span): Promise<number> {
  const { count } = await db
    .selectFrom('auditEvent')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('id', '>=', firstEventIdAt(from))
    .where('id', '<', firstEventIdAt(to + 1))
    .executeTakeFirstOrThrow()
  return count
}

/**
 * The events of a span, oldest first, as lines of JSON: `{"id", "occurredAt", "leaf", "leafIndex"}`, the leaf being the exact
 * bytes that were recorded, and its place in the ledger null for what happened in the last moment. One page at a time, fetched when the one before was taken; so a slow reader costs one page.
 */
export async function* exportLines(db: Db<'auditEvent'>, { from, to }: Span, pageRows = 500): AsyncGenerator<string> {
  let after: string | undefined
  for (;;) {
    let query = db
      .selectFrom('auditEvent')
      .select(['id', 'occurredAt', 'leaf', 'leafIndex'])
      .where('id', '>=', firstEventIdAt(from))
      .where('id', '<', firstEventIdAt(to + 1))
      .orderBy('id')
      .limit(pageRows)
    if (after !== undefined) query = query.where('id', '>', after as ReturnType<typeof firstEventIdAt>)
    const rows = await query.execute()
    if (rows.length > 0) yield `${rows.map((row) => JSON.stringify(row)).join('\n')}\n`
    if (rows.length < pageRows) return
    after = rows.at(-1)?.id
  }
}
