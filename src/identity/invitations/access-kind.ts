import type { AccessKind } from '../ending/access-kind.ts'

/** What somebody invites to, they vouch for: it is void when they are gone. */
export const invitationsMade: AccessKind = {
  name: 'invitations they made',
  tables: ['invitation'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('invitation')
        .select('id')
        .where('createdBy', '=', userId)
        .where('acceptedAt', 'is', null)
        .where('withdrawnAt', 'is', null)
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('invitation')
        .set({ withdrawnAt: at })
        .where('createdBy', '=', user.id)
        .where('acceptedAt', 'is', null)
        .where('withdrawnAt', 'is', null)
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}
