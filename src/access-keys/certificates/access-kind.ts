import type { AccessKind } from '../../identity/ending/access-kind.ts'

/** Theirs, however they were asked for. Those that end before their time go onto the list of revoked ones. */
export const sshCertificates: AccessKind = {
  name: 'SSH certificates',
  tables: ['sshCertificate'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('sshCertificate')
        .select('id')
        .where('userId', '=', userId)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('sshCertificate')
        .set({ endedAt: at })
        .where('userId', '=', user.id)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}
