import type { AccessKind } from '../identity/ending/access-kind.ts'
import { getKeepBy, recordPassedOn } from './stewards.ts'

/**
 * What one person looks after in a repository. It belongs to the repository, and goes on until nobody has kept it in time.
 */
export const lookedAfter = (what: 'webhook' | 'mirror'): AccessKind => ({
  name: `${what}s they look after`,
  tables: [what],
  fate: 'passed on',
  count: async (db, userId) =>
    (
      await db
        .selectFrom(what)
        .select('id')
        .where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), '=', userId))
        .where('isActive', '=', 1)
        .where('adoptBy', 'is', null)
        .execute()
    ).length,
  async end(tx, { user, at }) {
    const keepBy = await getKeepBy(tx, at)
    const rows = await tx
      .updateTable(what)
      .set({ adoptBy: keepBy })
      .where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), '=', user.id))
      .where('isActive', '=', 1)
      .where('adoptBy', 'is', null)
      .returning(['id', 'repositoryId', 'url'])
      .execute()
    for (const row of rows) await recordPassedOn(tx, { what, ...row, person: user, keepBy }, at)
    return rows.length
  },
})
