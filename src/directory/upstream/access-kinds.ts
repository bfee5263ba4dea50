import type { AccessKind } from '../../identity/ending/access-kind.ts'

/**
 * Accounts elsewhere that sign in as this person. Kept, but of no use from then on; they come back only with a person
 * whom the same cause gives back, and else are joined anew by a tap.
 */
export const signInLinks: AccessKind = {
  name: 'sign-in links',
  tables: ['externalIdentity'],
  count: async (db, userId) =>
    (
      await db
        .selectFrom('externalIdentity')
        .select('id')
        .where('userId', '=', userId)
        .where('endedAt', 'is', null)
        .execute()
    ).length,
  end: async (tx, { id, user, at }) =>
    (
      await tx
        .updateTable('externalIdentity')
        .set({ endedAt: at, endedWith: id })
        .where('userId', '=', user.id)
        .where('endedAt', 'is', null)
        .returning('id')
        .execute()
    ).length,
  restore: async (tx, { id }) =>
    (
      await tx
        .updateTable('externalIdentity')
        .set({ endedAt: null, endedWith: null, broughtEnd: null })
        .where('endedWith', '=', id)
        .returning('id')
        .execute()
    ).length,
}
