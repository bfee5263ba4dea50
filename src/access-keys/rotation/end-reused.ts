import type { Database } from '../../database/handles.ts'
import { endShownToken } from '../end-shown-token.ts'

/** What was under way with the former secret when the new one was first used may still arrive. */
const graceMs = 60_000

/**
 * A former secret of a token that renews itself is shown: two hold what one should, and which of them is the thief nobody
 * can say. So the token ends, whoever has the newest. Of a token that only a person renews it is a straggler's, and says
 * nothing.
 */
export async function endReused(
  database: Pick<Database, 'read' | 'write'>,
  secretHash: string,
  at: number,
): Promise<void> {
  const spent = await database.read
    .selectFrom('spentTokenSecret')
    .innerJoin('apiToken', 'apiToken.id', 'spentTokenSecret.tokenId')
    .select('apiToken.id')
    .where('spentTokenSecret.secretHash', '=', secretHash)
    .where('spentAt', '<', at - graceMs)
    .where('renewableUntil', 'is not', null)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (spent === undefined) return
  await database.write((tx) => endShownToken(tx, { id: spent.id, action: 'token.reused', at }))
}
