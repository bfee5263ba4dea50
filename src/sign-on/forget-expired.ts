import type { Database } from '../database/handles.ts'

/** As long as anything lasts that began with an access token: it is looked at again at its end. */
const longestUseMs = 24 * 3_600_000

/** Removes codes and tokens that have expired: nothing looks at them any more. Safe to repeat, and on several nodes. */
export async function forgetExpired({ database, now }: { database: Database; now: () => number }): Promise<void> {
  const at = now()
  await database.write((tx) =>
    tx
      .deleteFrom('oauthState')
      .where('expiresAt', '<=', at)
      .where((eb) => eb.or([eb('model', '!=', 'AccessToken'), eb('expiresAt', '<=', at - longestUseMs)]))
      .execute(),
  )
}
