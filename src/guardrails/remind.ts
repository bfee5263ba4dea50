import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { kindWords, strengthWords } from '../policy/words.ts'
import type { LoadedPolicy } from './in-force.ts'
import { createBreaks } from './breaks.ts'
import { listAllUpcoming } from './own-requirements.ts'
import { readStandings } from './standings.ts'

/** One letter to one person about one rule. Whoever sends it sends a letter of one `key` once. */
export interface Reminder {
  userId: Id<'usr'>
  key: string
  facts: { rule: string; needs: string; deadline: number }
}

export interface ReminderParts {
  database: Database
  policy: PolicyInForce
  now: () => number
  queue: (tx: Tx<TableName>, reminder: Reminder) => Promise<void>
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** When a rule is made with a date, a week before it and a day before it. */
const stages: readonly [name: string, daysLeft: number][] = [
  ['day', 1],
  ['week', 7],
  ['announced', Infinity],
]

/**
 * Tells everybody who does not have yet what a rule will ask of them from its date on. Safe to repeat, and to run on
 * several nodes.
 */
export async function remindPeople(parts: ReminderParts): Promise<void> {
  const { database, now, queue } = parts
  const at = now()
  const policy = parts.policy.current()
  const rules = new Map(policy.policy.rules.map((rule) => [rule.id, rule]))
  const isDated = policy.policy.rules.some(({ mode, enforceFrom = 0 }) => mode === 'enforce' && enforceFrom > at)
  if (!isDated) return
  const breathe = createBreaks()
  for (const standing of await readStandings(database.read, { policies: [policy], at })) {
    await breathe()
    const upcoming = listAllUpcoming(policy, standing, { at, address: standing.address })
    if (upcoming.length === 0) continue
    await database.write(async (tx) => {
      for (const { rule, enforceFrom } of upcoming) {
        const stage = stages.find(([, daysLeft]) => enforceFrom - at <= daysLeft * dayMs)?.[0] ?? ''
        const { strength, models } = rules.get(rule.id)?.requires ?? {}
        await queue(tx, {
          userId: standing.person.id as Id<'usr'>,
          key: `enrolment ${rule.id} ${enforceFrom} ${stage} ${standing.person.id}`,
          facts: {
            rule: rule.title,
            needs: strength === undefined ? kindWords(models ?? {}) : strengthWords[strength],
            deadline: enforceFrom,
          },
        })
      }
    })
  }
}

/** Reminds each hour, and as soon as other rules are in force. */
export function createReminders(parts: ReminderParts & { policy: LoadedPolicy; onError: (error: unknown) => void }): {
  start(): void
  close(): Promise<void>
} {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()
  const remind = (): void => {
    working = working.then(() => remindPeople(parts)).catch(parts.onError)
  }
  return {
    start() {
      parts.policy.onChanged(remind)
      timer = setInterval(remind, hourMs).unref()
      remind()
    },
    async close() {
      clearInterval(timer)
      await working
    },
  }
}
