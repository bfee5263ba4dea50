import type { Database } from '../database/handles.ts'

const lookEveryMs = 60_000

/** Removes codes and tokens that have expired: nothing looks at them any more. Safe to repeat, and on several nodes. */
export async function forgetExpired({ database, now }: { database: Database; now: () => number }): Promise<void> {
  const at = now()
  await database.write((tx) => tx.deleteFrom('oauthState').where('expiresAt', '<=', at).execute())
}

/** The job that does it. */
export function createForgetting(parts: { database: Database; now: () => number; onError: (error: unknown) => void }) {
  let timer: NodeJS.Timeout | undefined
  let forgetting = Promise.resolve()
  return {
    start(): void {
      timer = setInterval(() => {
        forgetting = forgetExpired(parts).catch(parts.onError)
      }, lookEveryMs).unref()
    },
    async close(): Promise<void> {
      clearInterval(timer)
      await forgetting
    },
  }
}
