import type { AccessKind } from '../ending/access-kind.ts'

export const breakGlassCodes: AccessKind = {
  name: 'break-glass codes',
  tables: ['breakGlass'],
  count: async (db, userId) =>
    (
      await db
        .selectFrom('breakGlass')
        .select('id')
        .where('userId', '=', userId)
        .where('usedAt', 'is', null)
        .where('voidedAt', 'is', null)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('breakGlass')
        .set({ voidedAt: at })
        .where('userId', '=', user.id)
        .where('usedAt', 'is', null)
        .where('voidedAt', 'is', null)
        .returning('id')
        .execute()
    ).length,
}
