import type { AccessKind } from '../ending/access-kind.ts'

/** Deleted and not kept: of a secret that somebody else may know as well, nothing is worth remembering. */
export const passwords: AccessKind = {
  name: 'passwords',
  tables: ['passwordLogin'],
  count: async (db, userId) =>
    (await db.selectFrom('passwordLogin').select('userId').where('userId', '=', userId).execute()).length,
  end: async (tx, { user }) =>
    (await tx.deleteFrom('passwordLogin').where('userId', '=', user.id).returning('userId').execute()).length,
}

export const oneTimeCodes: AccessKind = {
  name: 'one-time code secrets',
  tables: ['totp'],
  count: async (db, userId) =>
    (await db.selectFrom('totp').select('userId').where('userId', '=', userId).execute()).length,
  end: async (tx, { user }) =>
    (await tx.deleteFrom('totp').where('userId', '=', user.id).returning('userId').execute()).length,
}
