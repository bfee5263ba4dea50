import type { Database, Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { sessionLimits } from '../../identity/sessions.ts'
import { findRow, readSettings } from './find-client.ts'

const mostAtOnce = 500

/**
 * Sees to sign-ons that are over, whatever ended them: their session, the account, the application, its audience, a tap.
 * What hangs on them goes, and who wants to be told is noted. Safe to repeat, and on several nodes. Returns how many there were.
 */
export async function settleEnds({ database, now }: { database: Database; now: () => number }): Promise<number> {
  const at = now()
  const over = await findOver(database.read, at)
  if (over.length === 0) return 0
  await database.write(async (tx) => {
    const ids = over.map(({ id }) => id)
    const settled = await tx
      .updateTable('oauthGrant')
      .set((eb) => ({ toldAt: at, endedAt: eb.fn.coalesce('endedAt', eb.val(at)) }))
      .where('id', 'in', ids)
      .where('toldAt', 'is', null)
      .returning(['id', 'applicationId'])
      .execute()
    await tx.deleteFrom('oauthState').where('grantId', 'in', ids).execute()
    await noteLogouts(tx, settled, at)
  })
  return over.length
}

const findOver = (
  db: Db<'oauthGrant' | 'session' | 'user' | 'application' | 'credentialRecord' | 'applicationGroup' | 'groupMember'>,
  at: number,
): Promise<{ id: Id<'gra'> }[]> =>
  db
    .selectFrom('oauthGrant')
    .innerJoin('session', 'session.id', 'oauthGrant.sessionId')
    .innerJoin('user', 'user.id', 'oauthGrant.userId')
    .innerJoin('application', 'application.id', 'oauthGrant.applicationId')
    .leftJoin('credentialRecord', 'credentialRecord.id', 'session.credentialRecordId')
    .select('oauthGrant.id')
    .where('oauthGrant.applicationId', 'is not', null)
    .where('oauthGrant.toldAt', 'is', null)
    .where((eb) =>
      eb.or([
        eb('oauthGrant.endedAt', 'is not', null),
        eb('oauthGrant.expiresAt', '<=', at),
        eb('session.endedAt', 'is not', null),
        eb('session.expiresAt', '<=', at),
        eb('user.state', '!=', 'active'),
        eb('user.endsAt', '<=', at),
        eb('session.userGeneration', '!=', eb.ref('user.generation')),
        eb('application.endedAt', 'is not', null),
        eb('credentialRecord.endedAt', 'is not', null),
        eb('credentialRecord.suspendedBy', 'is not', null),
        eb('session.lastSeenAt', '<=', at - sessionLimits.idleMs),
        // As `isInAudience` has it, for all at once.
        eb.and([eb('application.audience', '=', 'members'), eb('user.role', '=', 'guest')]),
        eb.and([
          eb('application.audience', '=', 'groups'),
          eb.not(
            eb.exists(
              eb
                .selectFrom('applicationGroup')
                .innerJoin('groupMember', 'groupMember.groupId', 'applicationGroup.groupId')
                .select('groupMember.groupId')
                .whereRef('applicationGroup.applicationId', '=', 'application.id')
                .whereRef('groupMember.userId', '=', 'user.id'),
            ),
          ),
        ]),
      ]),
    )
    .limit(mostAtOnce)
    .execute()

async function noteLogouts(
  tx: Tx<'backchannelLogout'>,
  settled: readonly { id: Id<'gra'>; applicationId: Id<'app'> | null }[],
  at: number,
): Promise<void> {
  const wanted = new Map<Id<'app'>, boolean>()
  for (const { applicationId } of settled) {
    if (applicationId === null || wanted.has(applicationId)) continue
    const row = await findRow(tx, applicationId)
    wanted.set(applicationId, row !== undefined && readSettings(row).backchannelLogoutUri !== null)
  }
  const told = settled.filter(({ applicationId }) => applicationId !== null && wanted.get(applicationId) === true)
  if (told.length > 0)
    await tx
      .insertInto('backchannelLogout')
      .values(told.map(({ id }) => ({ grantId: id, createdAt: at, notBefore: at, attempts: 0, lastError: null })))
      .execute()
}
