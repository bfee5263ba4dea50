import type { AccessKind } from '../ending/access-kind.ts'
import { lockRecovery, revivePasskeys, settleLocked } from './settle-recovery.ts'

/** What a person has written down for the day their passkeys are gone. */
export const recoveryCodes: AccessKind = {
  name: 'recovery codes',
  tables: ['recoveryCode'],
  count: async (db, userId) =>
    (
      await db
        .selectFrom('recoveryCode')
        .select('codeHash')
        .where('userId', '=', userId)
        .where('usedBy', 'is', null)
        .where('voidedAt', 'is', null)
        .execute()
    ).length,
  end: async (tx, { user, at }) =>
    (
      await tx
        .updateTable('recoveryCode')
        .set({ voidedAt: at })
        .where('userId', '=', user.id)
        .where('usedBy', 'is', null)
        .where('voidedAt', 'is', null)
        .returning('codeHash')
        .execute()
    ).length,
}

/**
 * Goes before the passkeys: what came in by a recovery that is not settled never comes back with its person, and what was
 * there before it does.
 */
export const recoveries: AccessKind = {
  name: 'recoveries under way',
  tables: ['recovery'],
  count: async (db, userId) =>
    (await db.selectFrom('recovery').select('id').where('userId', '=', userId).where('overAt', 'is', null).execute())
      .length,
  async end(tx, { user, at }) {
    const open = await tx
      .selectFrom('recovery')
      .select('id')
      .where('userId', '=', user.id)
      .where('overAt', 'is', null)
      .execute()
    for (const { id } of open) {
      // What time has settled already is not undone by this.
      const row = await lockRecovery(tx, id)
      if (row !== undefined) await settleLocked(tx, row, at)
      if (row === undefined || (await lockRecovery(tx, id)) === undefined) continue
      await tx
        .updateTable('credentialRecord')
        .set({ endedAt: at })
        .where('userId', '=', user.id)
        .where('suspendedBy', 'is', null)
        .where('endedAt', 'is', null)
        .execute()
      await revivePasskeys(tx, id)
      await tx.updateTable('recovery').set({ state: 'cancelled', overAt: at }).where('id', '=', id).execute()
    }
    return open.length
  },
}
