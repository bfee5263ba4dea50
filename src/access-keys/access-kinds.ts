import type { AccessKind } from '../identity/ending/access-kind.ts'

/** How the secrets of this room end with their person's access. */
export const apiTokens: AccessKind = {
  name: 'API tokens',
  tables: ['apiToken'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('apiToken')
        .select('id')
        .where('userId', '=', userId)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('apiToken')
        .set({ endedAt: at })
        .where('userId', '=', user.id)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}
