import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import type { RouteSessionTable } from '../../database/schema.ts'
import { hashSecret, newSecret } from '../../http/secret.ts'

/** Cuts what somebody has open by it, on every node, once the transaction has committed. */
export type CutRouteSession = (tx: Tx<'busHead' | 'busMessage'>, id: Id<'rse'>, at: number) => Promise<unknown>

/** Begins one under a fresh secret, which only the cookie on the route's host will know. */
export async function createRouteSession(
  tx: Tx<'routeSession'>,
  { sessionId, applicationId }: Pick<RouteSessionTable, 'sessionId' | 'applicationId'>,
  at: number,
): Promise<{ id: Id<'rse'>; secret: string }> {
  const id = newId('rse')
  const secret = newSecret()
  const row = { id, sessionId, applicationId, secretHash: hashSecret(secret), createdAt: at, endedAt: null }
  await tx.insertInto('routeSession').values(row).execute()
  return { id, secret }
}

export const findRouteSession = prepared((db: Db<'routeSession'>, of: { secretHash: string }) =>
  db
    .selectFrom('routeSession')
    .select(['id', 'sessionId', 'applicationId', 'createdAt'])
    .where('secretHash', '=', of.secretHash)
    .where('endedAt', 'is', null),
)

/** Which of them: one, those of an application, or those that hang on a session. */
type Which = { id: Id<'rse'> } | { applicationId: Id<'app'> } | { sessionId: Id<'ses'> }

/** Ends them and cuts what is open by them. Returns how many ended. */
export async function endRouteSessions(
  tx: Tx<'routeSession' | 'busHead' | 'busMessage'>,
  which: Which,
  { cut, at }: { cut: CutRouteSession; at: number },
): Promise<number> {
  const ended = await tx
    .updateTable('routeSession')
    .set({ endedAt: at })
    .where('endedAt', 'is', null)
    .$if('id' in which, (query) => query.where('id', '=', (which as { id: Id<'rse'> }).id))
    .$if('applicationId' in which, (query) =>
      query.where('applicationId', '=', (which as { applicationId: Id<'app'> }).applicationId),
    )
    .$if('sessionId' in which, (query) => query.where('sessionId', '=', (which as { sessionId: Id<'ses'> }).sessionId))
    .returning('id')
    .execute()
  for (const { id } of ended) await cut(tx, id, at)
  return ended.length
}
