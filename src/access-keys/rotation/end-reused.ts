import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import { closeRequestsOfToken } from '../../seals/withdraw.ts'

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
  await database.write(async (tx) => {
    const ended = await tx
      .updateTable('apiToken')
      .set({ endedAt: at })
      .where('id', '=', spent.id)
      .where('endedAt', 'is', null)
      .returning(['id', 'name', 'userId'])
      .executeTakeFirst()
    if (ended === undefined) return
    const owner = await tx.selectFrom('user').select('username').where('id', '=', ended.userId).executeTakeFirst()
    await recordEvent(tx, {
      action: 'token.reused',
      actor: null,
      target: { kind: 'token', id: ended.id },
      facts: { token: ended.name, owner: owner?.username ?? '' },
      at,
    })
    await closeRequestsOfToken(tx, ended.id)
  })
}
