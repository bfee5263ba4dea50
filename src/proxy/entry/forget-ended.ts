import type { Database } from '../../database/handles.ts'

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
