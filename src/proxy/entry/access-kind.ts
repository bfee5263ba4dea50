import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import type { AccessKind } from '../../identity/ending/access-kind.ts'

/** Sessions that live, or have ended in this very decision. */
const sessionsOf = (db: Pick<Db<TableName>, 'selectFrom'>, userId: Id<'usr'>, at: number) =>
  db
    .selectFrom('session')
    .select('session.id')
    .where('session.userId', '=', userId)
    .where('session.expiresAt', '>', at)
    .where((eb) => eb.or([eb('session.endedAt', 'is', null), eb('session.endedAt', '>=', at)]))

/** What their browsers hold on the hosts of routes, and the codes under way there. */
export const routeSessions: AccessKind = {
  name: 'tools opened through the proxy',
  tables: ['routeSession', 'routeCode'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('routeSession')
        .select('id')
        .where('endedAt', 'is', null)
        .where('sessionId', 'in', sessionsOf(db, userId, at))
        .execute()
    ).length,
  async end(tx, { user, at }) {
    const ended = await tx
      .updateTable('routeSession')
      .set({ endedAt: at })
      .where('endedAt', 'is', null)
      .where('sessionId', 'in', sessionsOf(tx, user.id, at))
      .returning('id')
      .execute()
    await tx
      .deleteFrom('routeCode')
      .where('sessionId', 'in', sessionsOf(tx, user.id, at))
      .execute()
    return ended.length
  },
}
