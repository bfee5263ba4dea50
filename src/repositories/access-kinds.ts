import type { AccessKind } from '../identity/ending/access-kind.ts'

/** Nobody can tap for them any more; what they hold open is cut with the other connections. */
export const heldPushes: AccessKind = {
  name: 'pushes that wait for a tap',
  tables: ['heldPush'],
  count: async (db, userId) =>
    (
      await db
        .selectFrom('heldPush')
        .select('requestId')
        .where('actorId', '=', userId)
        .where('endedAt', 'is', null)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('heldPush')
        .set({ endedAt: at, outcome: 'overtaken' })
        .where('actorId', '=', user.id)
        .where('endedAt', 'is', null)
        .returning('requestId')
        .execute()
    ).length,
}
