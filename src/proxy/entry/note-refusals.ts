import type { Application } from '../../applications/application.ts'
import { recordRefusal } from '../../applications/record-refusal.ts'
import type { RecordedDecision } from '../../audit/decision.ts'
import type { Caller } from '../../identity/caller.ts'
import type { RuleRef } from '../../policy/rule.ts'
import type { EntryParts } from './parts.ts'

/** A page that is refused loads fifty things, and somebody may try all day: once in so long is enough to be seen. */
const noteEveryMs = 3_600_000
const mostKept = 10_000

/** Writes down that a tool did not open for somebody: once an hour for each person, tool and rule. */
export function noteRefusals({ database, now }: Pick<EntryParts, 'database' | 'now'>) {
  const noted = new Map<string, number>()
  return async (
    application: Application,
    caller: Caller,
    { rule, recorded, address }: { rule: RuleRef | null; recorded?: RecordedDecision | undefined; address: string },
  ): Promise<void> => {
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
