import type { Action } from '../audit/actions.ts'
import type { Db } from '../database/handles.ts'
import { countMerges, readProtections } from './count-merges.ts'
import { countSignIns } from './count-sign-ins.ts'
import { countTaps } from './count-taps.ts'
import { countPeople } from './people-keys.ts'
import { type CountedEvent, readEvents } from './read-events.ts'
import type { Insights } from './shapes.ts'

export interface FigureParts {
  db: Db<'auditEvent' | 'user' | 'credentialRecord' | 'protectedBranch'>
  rpId: string
  now: () => number
}

const dayMs = 86_400_000

/** All figures of the last so many days, from one reading of the ledger. */
export async function computeFigures({ db, rpId, now }: FigureParts, days: number): Promise<Insights> {
  const to = now()
  const from = to - days * dayMs
  const signIns = countSignIns()
  const taps = countTaps()
  const merges = countMerges(await readProtections(db))
  const counters = new Map<Action, { add(event: CountedEvent): void }>([
    ['session.started', signIns],
    ['seal.made', taps],
    ['seal.refused', taps],
    ['ref.updated', merges],
    ['ref.created', merges],
  ])
  for await (const event of readEvents(db, { from, to }, [...counters.keys()])) counters.get(event.action)?.add(event)
  return {
    days,
    from,
    to,
    ...signIns.read(),
    people: await countPeople(db, rpId),
    merges: merges.read(),
    taps: taps.read(),
  }
}

/** The same for many who ask: those who look at one period at the same time share one reading. */
export function createFigures(parts: FigureParts): (days: number) => Promise<Insights> {
  const running = new Map<number, Promise<Insights>>()
  return (days) => {
    const known = running.get(days)
    if (known !== undefined) return known
    const computing = computeFigures(parts, days).finally(() => running.delete(days))
    running.set(days, computing)
    return computing
  }
}
