import type { RecordedDecision } from '../audit/decision.ts'
import { firstEventIdAt } from '../audit/event-id.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { createBreaks } from './breaks.ts'

/** Both ends included, milliseconds. */
export interface Period {
  from: number
  to: number
}

/** The leaf of an event that was judged, as far as it is read here. */
export interface JudgedLeaf {
  action: string
  actor: string
  facts: Record<string, string | number>
  decision: RecordedDecision
}

export interface JudgedRow {
  id: Id<'evt'>
  occurredAt: number
  leaf: string
  /** Null where it was erased, was never known, or nobody asked for it. */
  address: string | null
}

const pageRows = 250

/** The judged events of a period, newest first, a page at a time, with breaks in which others get their turn. */
export async function* readJudged(
  db: Db<'auditEvent' | 'auditPersonal'>,
  { from, to }: Period,
  options: { withAddress: boolean },
): AsyncGenerator<JudgedRow[]> {
  const breathe = createBreaks(5)
  let before = firstEventIdAt(to + 1)
  for (;;) {
    const rows = await readPage(db, { from: firstEventIdAt(from), before }, options)
    if (rows.length > 0) yield rows
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return
    before = last.id
    await breathe()
  }
}

function readPage(
  db: Db<'auditEvent' | 'auditPersonal'>,
  { from, before }: { from: Id<'evt'>; before: Id<'evt'> },
  { withAddress }: { withAddress: boolean },
): Promise<JudgedRow[]> {
  const page = db
    .selectFrom('auditEvent')
    .select(['auditEvent.id', 'auditEvent.occurredAt', 'auditEvent.leaf'])
    .where('policyAct', 'is not', null) // the partial index auditEventJudged
    .where('auditEvent.id', '>=', from)
    .where('auditEvent.id', '<', before)
    .orderBy('auditEvent.id', 'desc')
    .limit(pageRows)
  if (!withAddress) return page.select((eb) => eb.val<string | null>(null).as('address')).execute()
  return page
    .leftJoin('auditPersonal', (on) =>
      on.onRef('auditPersonal.eventId', '=', 'auditEvent.id').on('auditPersonal.field', '=', 'address'),
    )
    .select('auditPersonal.value as address')
    .execute()
}
