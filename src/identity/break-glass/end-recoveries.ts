import type { AuditActor } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import type { RecoveryStops } from '../recovery/begin-recovery.ts'
import { cancelRecovery } from '../recovery/cancel-recovery.ts'
import { lockRecovery, settleLocked } from '../recovery/settle-recovery.ts'

/**
 * Whoever came in by a break-glass code could make codes of recovery, and come in by one of those as well: what began so is
 * cancelled, so that whatever was there before works again. Where time has settled it already, its passkey is left.
 * @returns passkeys that came in by it
 */
export async function endRecoveriesSince(
  tx: Tx<TableName>,
  stops: RecoveryStops,
  { userId, since }: { userId: Id<'usr'>; since: number },
  { actor, sealId, at }: { actor: AuditActor; sealId: Id<'sea'>; at: number },
): Promise<Id<'crd'>[]> {
  const begun = await tx
    .selectFrom('recovery')
    .innerJoin('recoveryCode', 'recoveryCode.usedBy', 'recovery.id')
    .select(['recovery.id', 'recovery.newCredentialId'])
    .where('recovery.userId', '=', userId)
    .where('recoveryCode.createdAt', '>=', since)
    .execute()
  for (const { id } of begun) {
    const open = await lockRecovery(tx, id)
    if (open !== undefined) await settleLocked(tx, open, at)
    if ((await lockRecovery(tx, id)) === undefined) continue
    await cancelRecovery(tx, stops, { id, actor, how: 'the review of a break-glass code', sealId, at })
  }
  return begun.flatMap(({ newCredentialId }) => newCredentialId ?? [])
}
