import type { Action } from '../audit/actions.ts'
import type { RecordedDecision } from '../audit/decision.ts'
import { firstEventIdAt } from '../audit/event-id.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { createBreaks } from '../guardrails/breaks.ts'

/** Both ends included, milliseconds. */
export interface Period {
  from: number
  to: number
}

/** What happened, as far as figures need it. */
export interface CountedEvent {
  action: Action
  at: number
  method: string
  strength: string
  /** Id, or '' where none is concerned. */
  repository: string
  facts: Readonly<Record<string, string | number>>
  /** Absent where nothing was judged. */
  decision?: RecordedDecision
}

const pageRows = 250

/**
 * The events of these kinds in a period, newest first, a page at a time, with breaks in which others get their turn.
 * Pages are cut by what is looked at, not by what is found: no page is long because its events are rare.
 */
export async function* readEvents(
  db: Db<'auditEvent'>,
  { from, to }: Period,
  actions: readonly Action[],
): AsyncGenerator<CountedEvent> {
  const breathe = createBreaks(5)
  const first = firstEventIdAt(from)
  let before = firstEventIdAt(to + 1)
  for (;;) {
    const rows = await readPage(db, { first, before, actions })
    for (const { leaf } of rows) if (leaf !== null) yield JSON.parse(leaf) as CountedEvent
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) return
    before = last.id
    await breathe()
  }
}

function readPage(
  db: Db<'auditEvent'>,
  { first, before, actions }: { first: Id<'evt'>; before: Id<'evt'>; actions: readonly Action[] },
): Promise<{ id: Id<'evt'>; leaf: string | null }[]> {
  return db
    .selectFrom('auditEvent')
    .select((eb) => ['id', eb.case().when('action', 'in', actions).then(eb.ref('leaf')).else(null).end().as('leaf')])
    .where('id', '>=', first)
    .where('id', '<', before)
    .orderBy('id', 'desc')
    .limit(pageRows)
    .execute()
}
