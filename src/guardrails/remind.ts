import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { Rule } from '../policy/rule.ts'
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
  // Whoever lives by a password is asked for a passkey each time: a letter comes when it is nearly over.
  const isEnding = ({ permits }: Pick<Rule, 'permits'>): boolean =>
    permits !== undefined && permits.until > at && permits.until <= at + 7 * dayMs
  const isDated = policy.policy.rules.some(
    (rule) =>
      rule.mode === 'enforce' && ((rule.enforceFrom ?? 0) > at || rule.graceDays !== undefined || isEnding(rule)),
  )
  if (!isDated) return
  const breathe = createBreaks()
  for (const standing of await readStandings(database.read, { policies: [policy], at })) {
    await breathe()
    const upcoming = listAllUpcoming(policy, standing, { at, address: standing.address }).filter(({ rule: { id } }) => {
      const rule = rules.get(id)
      return rule?.permits === undefined || isEnding(rule)
    })
    if (upcoming.length === 0) continue
    await database.write(async (tx) => {
      for (const { rule, enforceFrom } of upcoming) {
        const stage = stages.find(([, daysLeft]) => enforceFrom - at <= daysLeft * dayMs)?.[0] ?? ''
        const { permits, requires: { strength, models } = {} } = rules.get(rule.id) ?? {}
        await queue(tx, {
          userId: standing.person.id as Id<'usr'>,
          key: `enrolment ${rule.id} ${enforceFrom} ${stage} ${standing.person.id}`,
          facts: {
            rule: rule.title,
            needs:
              permits === undefined && strength === undefined
                ? kindWords(models ?? {})
                : strengthWords[strength ?? 'passkey'],
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
  /** Somebody joined a group, whose rules they have some days to meet. */
  stir(): void
  close(): Promise<void>
} {
  let timer: NodeJS.Timeout | undefined
  let working: Promise<void> = Promise.resolve()
  let isNext = false
  // Many who join at once are one reason to look, not many.
  const remind = (): void => {
    if (isNext) return
    isNext = true
    working = working
      .then(() => {
        isNext = false
        return remindPeople(parts)
      })
      .catch(parts.onError)
  }
  return {
    start() {
      parts.policy.onChanged(remind)
      timer = setInterval(remind, hourMs).unref()
      remind()
    },
    stir: remind,
    async close() {
      clearInterval(timer)
      await working
    },
  }
}
