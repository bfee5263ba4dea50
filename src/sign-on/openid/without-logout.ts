import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { readSettings } from './find-client.ts'

/** The names of applications that somebody is signed on to, and that nobody can tell when that is over. */
export async function withoutLogout(
  db: Db<'oauthGrant'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('oauthGrant')
    .innerJoin('openidClient', 'openidClient.applicationId', 'oauthGrant.applicationId')
    .select(['oauthGrant.clientName', 'openidClient.settings'])
    .where('oauthGrant.userId', '=', userId)
    .where('oauthGrant.endedAt', 'is', null)
    .where('oauthGrant.expiresAt', '>', at)
    .execute()
  const names = rows.filter((row) => readSettings(row).backchannelLogoutUri === null).map((row) => row.clientName)
  return [...new Set(names)].sort()
}
