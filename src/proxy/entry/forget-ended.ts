import type { Database } from '../../database/handles.ts'

const lookEveryMs = 3_600_000
/** Whoever shows the cookie of one that is gone is a stranger, as with one that has ended. */
const keepMs = 24 * 3_600_000

/** Removes what browsers held on hosts of tools, a day after it or its session was over. Safe to repeat, on several nodes too. */
export async function forgetEnded({ database, now }: { database: Database; now: () => number }): Promise<void> {
  const before = now() - keepMs
  await database.write((tx) =>
    tx
      .deleteFrom('routeSession')
      .where((eb) =>
        eb.or([
          eb('endedAt', '<', before),
          eb.exists(
            eb
              .selectFrom('session')
              .select('session.id')
              .whereRef('session.id', '=', 'routeSession.sessionId')
              .where((of) => of.or([of('session.endedAt', '<', before), of('session.expiresAt', '<', before)])),
          ),
        ]),
      )
      .execute(),
  )
}

/** The job that does it. */
export function createToolForgetting(parts: {
  database: Database
  now: () => number
  onError: (error: unknown) => void
}) {
  let timer: NodeJS.Timeout | undefined
  let forgetting = Promise.resolve()
  return {
    start(): void {
      timer = setInterval(() => {
        forgetting = forgetEnded(parts).catch(parts.onError)
      }, lookEveryMs).unref()
    },
    async close(): Promise<void> {
      clearInterval(timer)
      await forgetting
    },
  }
}
