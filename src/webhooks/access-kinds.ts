import type { AccessKind } from '../identity/ending/access-kind.ts'
import { getKeepBy, recordPassedOn } from '../repositories/stewards.ts'

/** They belong to their repositories, and go on until nobody has kept them in time. */
export const webhooksLookedAfter: AccessKind = {
  name: 'webhooks they look after',
  tables: ['webhook'],
  fate: 'passed on',
  count: async (db, userId) =>
    (
      await db
        .selectFrom('webhook')
        .select('id')
        .where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), '=', userId))
        .where('isActive', '=', 1)
        .where('adoptBy', 'is', null)
        .execute()
    ).length,
  async end(tx, { user, at }) {
    const keepBy = await getKeepBy(tx, at)
    const rows = await tx
      .updateTable('webhook')
      .set({ adoptBy: keepBy })
      .where((eb) => eb(eb.fn.coalesce('stewardId', 'createdBy'), '=', user.id))
      .where('isActive', '=', 1)
      .where('adoptBy', 'is', null)
      .returningAll()
      .execute()
    for (const { id, repositoryId, url } of rows)
      await recordPassedOn(tx, { what: 'webhook', id, repositoryId, url, person: user.displayName, keepBy }, at)
    return rows.length
  },
}
