import type { AccessKind } from '../identity/ending/access-kind.ts'

/** Browsers that are told what waits: nothing is said to them any more. */
export const toldBrowsers: AccessKind = {
  name: 'browsers that are told',
  tables: ['pushSubscription'],
  count: async (db, userId) =>
    (await db.selectFrom('pushSubscription').select('id').where('userId', '=', userId).execute()).length,
  end: async (tx, { user }) =>
    (await tx.deleteFrom('pushSubscription').where('userId', '=', user.id).returning('id').execute()).length,
}
