import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import { conflict } from '../../http/problem.ts'
import { findUserById } from '../users.ts'
import { type RecoveryStops, stopEverything } from './begin-recovery.ts'
import { lockRecovery, revivePasskeys, settleLocked } from './settle-recovery.ts'
import { lockPerson, voidWaysBack } from './void-ways-back.ts'

/**
 * Undoes a recovery: whatever came in by it ends, and what was there before works again. @throws 409 where it is over by
 * now, or was settled
 */
export async function cancelRecovery(
  tx: Tx<TableName>,
  stops: RecoveryStops,
  {
    id,
    actor,
    how,
    sealId = null,
    address,
    at,
  }: {
    id: Id<'rcv'>
    actor: AuditActor
    /** As in "was cancelled by …". */
    how: string
    sealId?: Id<'sea'> | null
    address?: string
    at: number
  },
): Promise<void> {
  // Their row first: a passkey that is being added waits, and then finds nothing to be added with.
  const begun = await tx.selectFrom('recovery').select('userId').where('id', '=', id).executeTakeFirst()
  if (begun !== undefined) await lockPerson(tx, begun.userId)
  const before = await lockRecovery(tx, id)
  if (before !== undefined) await settleLocked(tx, before, at)
  const row = before && (await lockRecovery(tx, id))
  const user = row && (await findUserById(tx, row.userId))
  if (row === undefined || user === undefined)
    throw conflict('recovery-over', 'This recovery is over: there is nothing left to cancel.', {
      help: 'If it was not you, tell an administrator at once: they can end what came in by it.',
    })
  // Every passkey there was stood suspended, so what is not came in since, by this way or behind it.
  const ended = await tx
    .updateTable('credentialRecord')
    .set({ endedAt: at, ...(sealId === null ? {} : { endedBy: sealId }) })
    .where('userId', '=', user.id)
    .where('suspendedBy', 'is', null)
    .where('endedAt', 'is', null)
    .returning('id')
    .execute()
  const revived = await revivePasskeys(tx, row.id)
  const stopped = await stopEverything(tx, stops, user, at)
  const told = await stops.endTold(tx, user.id, row.createdAt)
  await voidWaysBack(tx, user.id, { since: row.createdAt, at })
  // What the session of the new passkey handed out to others in its name.
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('createdBy', '=', user.id)
    .where('createdAt', '>=', row.createdAt)
    .where('consumedAt', 'is', null)
    .execute()
  await tx
    .updateTable('recovery')
    .set({ state: 'cancelled', overAt: at, overBy: actor.id })
    .where('id', '=', row.id)
    .execute()
  await recordEvent(tx, {
    action: 'recovery.cancelled',
    actor,
    target: { kind: 'user', id: user.id },
    facts: {
      person: user.username,
      how,
      recovery: row.id,
      passkeysEnded: ended.length,
      passkeysRevived: revived.length,
      ...stopped,
      ...(told > 0 ? { 'browsers that are told': told } : {}),
      ...(sealId === null ? {} : { seal: sealId }),
    },
    ...(address === undefined ? {} : { personal: { address } }),
    at,
  })
}
