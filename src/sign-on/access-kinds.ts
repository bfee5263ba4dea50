import type { AccessKind } from '../identity/ending/access-kind.ts'

/** What programs were let in to do; the codes and tokens of each go with it. */
export const oauthGrants: AccessKind = {
  name: 'programs let in',
  tables: ['oauthGrant', 'oauthState'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('oauthGrant')
        .select('id')
        .where('userId', '=', userId)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  async end(tx, { user, at }) {
    const ended = await tx
      .updateTable('oauthGrant')
      .set({ endedAt: at })
      .where('userId', '=', user.id)
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .returning('id')
      .execute()
    await tx
      .deleteFrom('oauthState')
      .where('grantId', 'in', (eb) => eb.selectFrom('oauthGrant').select('id').where('userId', '=', user.id))
      .execute()
    return ended.length
  },
}
