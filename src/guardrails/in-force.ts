import type { Database, Db } from '../database/handles.ts'
import type { PolicyChangeTable } from '../database/schema.ts'
import { ProblemError } from '../http/problem.ts'
import { type CompiledPolicy, compilePolicy } from '../policy/compile.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { firstPolicy, type Policy } from '../policy/rule.ts'

export interface LoadedPolicy extends PolicyInForce {
  readonly version: number
  /** Reads the policy again, after a change was committed. */
  refresh(): Promise<void>
  /** Told after another version came into force, on this node or elsewhere. */
  onChanged(listener: () => void): void
  close(): void
}

const pollEveryMs = 1000
/** Older than this, nobody knows whether another node changed it. */
const staleAfterMs = 10_000

export const findCurrent = (db: Db<'policyChange'>): Promise<PolicyChangeTable | undefined> =>
  db
    .selectFrom('policyChange')
    .selectAll()
    .where('version', 'is not', null)
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst()

export const policyOf = (row: Pick<PolicyChangeTable, 'policy'> | undefined): Policy =>
  row === undefined ? firstPolicy : (JSON.parse(row.policy) as Policy)

/**
 * Keeps the policy in force compiled in memory. On PostgreSQL other nodes may change it: it is asked for each second,
 * and where it cannot be, decisions stop rather than follow rules that may be gone.
 */
export async function loadPolicy(
  database: Database,
  { onError, decided }: { onError: (error: unknown) => void; decided: NonNullable<PolicyInForce['decided']> },
): Promise<LoadedPolicy> {
  let version = 0
  let compiled: CompiledPolicy = compilePolicy(firstPolicy)
  let checkedAt = performance.now()
  const listeners: (() => void)[] = []

  async function refresh(): Promise<void> {
    const row = await findCurrent(database.read)
    if ((row?.version ?? 0) !== version) {
      compiled = compilePolicy(policyOf(row))
      version = row?.version ?? 0
      for (const listener of listeners) listener()
    }
    checkedAt = performance.now()
  }

  await refresh()
  const mayChangeElsewhere = database.dialect === 'postgres'
  const poll = mayChangeElsewhere ? setInterval(() => void refresh().catch(onError), pollEveryMs).unref() : undefined
  return {
    get version() {
      return version
    },
    current() {
      if (mayChangeElsewhere && performance.now() - checkedAt > staleAfterMs)
        throw new ProblemError(503, 'policy-unknown', 'The rules in force cannot be read at this moment.', {
          help: 'Try again in a moment.',
          headers: { 'retry-after': '5' },
        })
      return compiled
    },
    decided,
    refresh,
    onChanged: (listener) => void listeners.push(listener),
    close: () => clearInterval(poll),
  }
}
