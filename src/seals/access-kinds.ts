import type { AccessKind } from '../identity/ending/access-kind.ts'

/** What waits for their tap, and what they asked others to tap: neither can be sealed once their access has ended. */
export const sealRequests: AccessKind = {
  name: 'seal requests',
  tables: ['sealRequest'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('sealRequest')
        .select('id')
        .where((eb) => eb.or([eb('userId', '=', userId), eb('requestedBy', '=', userId)]))
        .where('state', '=', 'open')
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  async remains(db, userId) {
    const { count } = await db
      .selectFrom('seal')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      // By their passkeys, as seals are found; each is tapped with one of its person's own.
      .where('credentialRecordId', 'in', (eb) =>
        eb.selectFrom('credentialRecord').select('credentialRecord.id').where('credentialRecord.userId', '=', userId),
      )
      .where('consumedAt', 'is not', null)
      .executeTakeFirstOrThrow()
    return count === 0
      ? []
      : [{ what: `What they sealed stays proven: ${count} ${count === 1 ? 'tap' : 'taps'}.`, until: null }]
  },
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('sealRequest')
        .set({ state: 'withdrawn' })
        .where((eb) => eb.or([eb('userId', '=', user.id), eb('requestedBy', '=', user.id)]))
        .where('state', '=', 'open')
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}
