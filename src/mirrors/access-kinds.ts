import type { AccessKind } from '../identity/ending/access-kind.ts'
import { getKeepBy, recordPassedOn } from '../repositories/stewards.ts'

/** They belong to their repositories, and go on until nobody has kept them in time. */
export const mirrorsLookedAfter: AccessKind = {
  name: 'mirrors they look after',
  tables: ['mirror'],
  fate: 'passed on',
  count: async (db, userId) =>
    (
      await db
        .selectFrom('mirror')
        .select('id')
        .where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), '=', userId))
        .where('isActive', '=', 1)
        .where('adoptBy', 'is', null)
        .execute()
    ).length,
  async end(tx, { user, at }) {
    const keepBy = await getKeepBy(tx, at)
    const rows = await tx
      .updateTable('mirror')
      .set({ adoptBy: keepBy })
      .where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), '=', user.id))
      .where('isActive', '=', 1)
      .where('adoptBy', 'is', null)
      .returningAll()
      .execute()
    for (const { id, repositoryId, url } of rows)
      await recordPassedOn(tx, { what: 'mirror', id, repositoryId, url, person: user.displayName, keepBy }, at)
    return rows.length
  },
}

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
