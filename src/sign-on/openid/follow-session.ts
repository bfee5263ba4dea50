import type { Bus } from '../../bus/bus.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import { endGrant } from '../grants.ts'

/**
 * The browser of one session has another one now. What it is signed on to goes along where the same person goes on, and
 * is over where not; applications that want to hear of it are told like of any other end.
 */
export async function followSession(
  tx: Tx<TableName>,
  {
    bus,
    from,
    to,
    at,
  }: { bus: Pick<Bus, 'publish'>; from: Id<'ses'>; to: { id: Id<'ses'>; expiresAt: number } | null; at: number },
): Promise<void> {
  if (to !== null) {
    await tx
      .updateTable('oauthGrant')
      .set({ sessionId: to.id, expiresAt: to.expiresAt })
      .where('sessionId', '=', from)
      .where('endedAt', 'is', null)
      .execute()
    return
  }
  const over = await tx
    .selectFrom('oauthGrant')
    .select('id')
    .where('sessionId', '=', from)
    .where('endedAt', 'is', null)
    .execute()
  for (const { id } of over) await endGrant(tx, { bus, id, at }, { as: 'left-behind' })
}
