import type { Database } from '../../database/handles.ts'
import { settleRecovery } from './settle-recovery.ts'

const lookEveryMs = 60_000
const mostAtOnce = 200

/** Settles every recovery whose time has come. */
export async function settleDue({ database, now }: { database: Database; now: () => number }): Promise<number> {
  const at = now()
  const due = await database.read
    .selectFrom('recovery')
    .select('id')
    .where('overAt', 'is', null)
    .where((eb) =>
      eb.or([
        eb('expiresAt', '<=', at),
        eb.and([eb('cancelUntil', '<=', at), eb('newCredentialId', 'is not', null)]),
        eb.and([eb('opensAt', '<=', at), eb('state', '=', 'waiting')]),
      ]),
    )
    .orderBy('createdAt')
    .limit(mostAtOnce)
    .execute()
  for (const { id } of due) await settleRecovery(database, id, at)
  return due.length
}

/** Looks at the start and every minute. */
export function createRecoveryJob(parts: {
  database: Database
  now: () => number
  /** Passkeys have ended. */
  onSettled: () => void
  /** What else is due at such times. */
  also: () => Promise<void>
  onError: (error: unknown) => void
}): { start(): void; close(): Promise<void> } {
  let timer: NodeJS.Timeout | undefined
  let working = Promise.resolve()
  async function work(): Promise<void> {
    if ((await settleDue(parts)) > 0) parts.onSettled()
    await parts.also()
  }
  const look = (): void => {
    working = working.then(work).catch(parts.onError)
  }
  return {
    start() {
      timer = setInterval(look, lookEveryMs).unref()
      look()
    },
    async close() {
      clearInterval(timer)
      await working
    },
  }
}
