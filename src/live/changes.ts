import { sql } from 'kysely'
import { firstEventIdAt } from '../audit/event-id.ts'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

type Tables = Db<'auditEvent' | 'sealRequest'>

/** What changed since the last look, by what it is about. Another node's changes too: only the tables tell. */
export interface Changes {
  /** Names of those of `abouts` that changed since it was last asked. */
  look(abouts: ReadonlySet<string>): Promise<string[]>
}

/** What was said in a pull request is an event about the comment. */
const pullRequestOf = (leaf: string): string => /"pullRequest":"(prq_\w+)"/.exec(leaf)?.[1] ?? ''

/** Events of one moment may be committed in any order, so each look goes this far back. */
const overlapMs = 5_000

/** `inbox:usr_…` is what waits for a person, `srq_…` one seal request, `prq_…` a pull request, `rep_…` a repository. */
export function createChanges({ db, now }: { db: Tables; now: () => number }): Changes {
  const seen = new Map<string, number>()
  const states = new Map<string, string>()
  let startedAt = now()

  async function changedEvents(abouts: ReadonlySet<string>): Promise<string[]> {
    const since = Math.max(startedAt, now() - overlapMs)
    const rows = await db
      .selectFrom('auditEvent')
      .select(['id', 'occurredAt', 'targetId', 'repositoryId', 'leaf'])
      // Events are in the order of their ids: the time alone would be looked for in all there ever were.
      .where('id', '>=', firstEventIdAt(since))
      .where('outcome', '=', 'done')
      .execute()
    const fresh = rows.filter(({ id }) => !seen.has(id))
    for (const { id, occurredAt } of rows) seen.set(id, occurredAt)
    for (const [id, at] of seen) if (at < since) seen.delete(id)
    return fresh.flatMap(({ targetId, repositoryId, leaf }) =>
      [targetId, repositoryId ?? '', pullRequestOf(leaf)].filter((about) => abouts.has(about)),
    )
  }

  /** Rows that change without an event of their own: told by comparing them with the last look. */
  async function changedStates(abouts: ReadonlySet<string>): Promise<string[]> {
    const asked = [...abouts]
    const users = asked.filter((about) => about.startsWith('inbox:')).map((about) => about.slice('inbox:'.length))
    const requests = asked.filter((about) => about.startsWith('srq_'))
    const found = new Map<string, string>(users.map((id): [string, string] => [`inbox:${id}`, '0']))
    if (users.length > 0)
      for (const { userId, count, newest } of await db
        .selectFrom('sealRequest')
        .select(['userId', (eb) => eb.fn.countAll<number>().as('count'), (eb) => eb.fn.max('createdAt').as('newest')])
        .where('userId', 'in', users as Id<'usr'>[])
        .where('state', '=', 'open')
        .where('code', 'is not', null)
        .where('expiresAt', '>', now())
        .groupBy('userId')
        .execute())
        found.set(`inbox:${userId}`, `${count} ${newest}`)
    if (requests.length > 0)
      for (const { id, state, expired } of await db
        .selectFrom('sealRequest')
        .select(['id', 'state', sql<number>`case when "expiresAt" <= ${now()} then 1 else 0 end`.as('expired')])
        .where('id', 'in', requests as Id<'srq'>[])
        .execute())
        found.set(id, `${state} ${expired}`)
    for (const about of states.keys()) if (!found.has(about)) states.delete(about)
    return [...found].flatMap(([about, state]) => {
      const before = states.get(about)
      states.set(about, state)
      return before === undefined || before === state ? [] : [about]
    })
  }

  return {
    async look(abouts) {
      if (abouts.size === 0) {
        startedAt = now()
        return []
      }
      return [...new Set([...(await changedEvents(abouts)), ...(await changedStates(abouts))])]
    },
  }
}
