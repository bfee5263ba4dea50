import type { AccessKind } from '../identity/ending/access-kind.ts'

/** What they began to bring in stops: nothing of it lands in their name any more. */
export const importsUnderWay: AccessKind = {
  name: 'imports under way',
  tables: ['repositoryImport'],
  count: async (db, userId) =>
    (
      await db
        .selectFrom('repositoryImport')
        .select('id')
        .where('createdBy', '=', userId)
        .where('state', 'in', ['waiting', 'running'])
        .where('isCancelled', '=', 0)
        .execute()
    ).length,
  end: async (tx, { user }) =>
    (
      await tx
        .updateTable('repositoryImport')
        .set({ isCancelled: 1 })
        .where('createdBy', '=', user.id)
        .where('state', 'in', ['waiting', 'running'])
        .where('isCancelled', '=', 0)
        .returning('id')
        .execute()
    ).length,
}
