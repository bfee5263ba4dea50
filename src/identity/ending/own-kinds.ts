import type { AccessKind } from './access-kind.ts'

/** What `identity/` itself keeps that somebody can come in with. */
export const sessions: AccessKind = {
  name: 'sessions',
  tables: ['session'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('session')
        .innerJoin('user', 'user.id', 'session.userId')
        .select('session.id')
        .where('session.userId', '=', userId)
        .where('session.endedAt', 'is', null)
        .where('session.expiresAt', '>', at)
        .whereRef('session.userGeneration', '=', 'user.generation')
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('session')
        .set({ endedAt: at })
        .where('userId', '=', user.id)
        .where('endedAt', 'is', null)
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}

/** Disabled and kept: the ledger and every commit they sealed still name them. */
export const passkeys: AccessKind = {
  name: 'passkeys',
  tables: ['credentialRecord'],
  count: async (db, userId) =>
    (
      await db
        .selectFrom('credentialRecord')
        .select('id')
        .where('userId', '=', userId)
        .where('endedAt', 'is', null)
        .execute()
    ).length,
  end: async (tx, { id, user, at }) =>
    (
      await tx
        .updateTable('credentialRecord')
        .set({ endedAt: at, endedWith: id })
        .where('userId', '=', user.id)
        .where('endedAt', 'is', null)
        .returning('id')
        .execute()
    ).length,
  // Never one that was removed or revoked: those have no `endedWith`.
  restore: async (tx, { id }) =>
    (
      await tx
        .updateTable('credentialRecord')
        .set({ endedAt: null, endedWith: null })
        .where('endedWith', '=', id)
        .returning('id')
        .execute()
    ).length,
}

/** Links made for them, and those they made for others. */
export const registrationLinks: AccessKind = {
  name: 'registration links',
  tables: ['registrationLink'],
  count: async (db, userId, at) =>
    (
      await db
        .selectFrom('registrationLink')
        .select('id')
        .where((eb) => eb.or([eb('userId', '=', userId), eb('createdBy', '=', userId)]))
        .where('consumedAt', 'is', null)
        .where('expiresAt', '>', at)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('registrationLink')
        .set({ consumedAt: at })
        .where((eb) => eb.or([eb('userId', '=', user.id), eb('createdBy', '=', user.id)]))
        .where('consumedAt', 'is', null)
        .where('expiresAt', '>', at)
        .returning('id')
        .execute()
    ).length,
}
