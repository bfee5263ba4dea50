import type { RecordedDecision } from '../audit/decision.ts'
import type { Database } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import type { RuleRef } from '../policy/rule.ts'
import type { Application } from './application.ts'
import { recordRefusal } from './record-refusal.ts'

/** A page that is refused loads fifty things, and somebody may try all day: once in so long is enough to be seen. */
const noteEveryMs = 3_600_000
const mostKept = 10_000

export type NoteRefusal = (
  application: Application,
  caller: Caller,
  refusal: { rule: RuleRef | null; recorded?: RecordedDecision | undefined; address: string },
) => Promise<void>

/** Writes down that a tool did not open for somebody: once an hour for each person, tool and rule. */
export function noteRefusals({ database, now }: { database: Pick<Database, 'write'>; now: () => number }): NoteRefusal {
  const noted = new Map<string, number>()
  return async (application, caller, { rule, recorded, address }) => {
    const at = now()
    const key = `${caller.id} ${application.id} ${rule?.id ?? ''}`
    if (at - (noted.get(key) ?? -Infinity) < noteEveryMs) return
    noted.delete(key)
    noted.set(key, at)
    const [oldest] = noted.keys()
    if (noted.size > mostKept && oldest !== undefined) noted.delete(oldest)
    await database.write((tx) => recordRefusal(tx, application, { caller, rule, recorded, address, at }))
  }
}
