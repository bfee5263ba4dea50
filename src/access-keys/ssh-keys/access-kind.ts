import type { AccessKind } from '../../identity/ending/access-kind.ts'

/** Their own. They stay known, so that what they signed before can be judged, and never come back. */
export const sshKeys: AccessKind = {
  name: 'SSH keys',
  tables: ['sshKey'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('sshKey')
        .select('id')
        .where('userId', '=', userId)
        .where('endedAt', 'is', null)
        .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', at)]))
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('sshKey')
        .set({ endedAt: at })
        .where('userId', '=', user.id)
        .where('endedAt', 'is', null)
        .returning('id')
        .execute()
    ).length,
}
