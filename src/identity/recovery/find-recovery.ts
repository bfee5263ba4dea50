import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { CredentialRecordTable, RecoveryTable } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'

export type Recovery = RecoveryTable

/** The one recovery of this person that is under way, if any. */
export const findRecoveryUnderWay = (db: Db<'recovery'>, userId: Id<'usr'>): Promise<Recovery | undefined> =>
  db.selectFrom('recovery').selectAll().where('userId', '=', userId).where('overAt', 'is', null).executeTakeFirst()

export const findRecoveryOfLink = (db: Db<'recovery'>, linkId: Id<'lnk'>): Promise<Recovery | undefined> =>
  db.selectFrom('recovery').selectAll().where('linkId', '=', linkId).where('overAt', 'is', null).executeTakeFirst()

/** Whoever has come in by a recovery makes no other way in until it is settled: it could still be cancelled. @throws 409 */
export async function refuseDuringRecovery(db: Db<'recovery'>, userId: Id<'usr'>): Promise<void> {
  if ((await findRecoveryUnderWay(db, userId)) === undefined) return
  throw conflict('recovery-under-way', 'A recovery of your account is under way.', {
    help: 'Do this when it is over: Account → Getting back in says when.',
  })
}

/**
 * While a recovery is under way nothing registers a passkey but its own link, and whoever has come in by that: a password,
 * or a link from before, must not go past the former passkeys that wait. @throws 409
 */
export async function refuseBesideRecovery(
  db: Db<'recovery'>,
  { userId, enrolledVia }: Pick<CredentialRecordTable, 'userId' | 'enrolledVia'>,
): Promise<void> {
  if (enrolledVia === 'recovery') return
  const row = await findRecoveryUnderWay(db, userId)
  if (row === undefined || (enrolledVia === 'credential' && row.newCredentialId !== null)) return
  throw conflict('recovery-under-way', 'Somebody is getting back into this account by another way.', {
    help: 'Wait until that is over, or ask an administrator to cancel it.',
  })
}
