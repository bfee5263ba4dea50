import { type AuditActor, recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { InvitationTable, TableName } from '../../database/schema.ts'

/** Ends an open invitation and its link, once. */
export async function withdraw(
  tx: Tx<TableName>,
  row: Pick<InvitationTable, 'id' | 'linkId' | 'email'>,
  { actor, reason, seal, at }: { actor: AuditActor; reason: string; seal?: string; at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('invitation')
    .set({ withdrawnAt: at })
    .where('id', '=', row.id)
    .where('acceptedAt', 'is', null)
    .where('withdrawnAt', 'is', null)
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1) return false
  await endLink(tx, row, at)
  await recordEvent(tx, {
    action: 'invitation.withdrawn',
    actor,
    target: { kind: 'invitation', id: row.id },
    facts: { reason, ...(seal === undefined ? {} : { seal }) },
    personal: { email: row.email },
    at,
  })
  return true
}

export async function endLink(
  tx: Tx<'registrationLink'>,
  { linkId }: Pick<InvitationTable, 'linkId'>,
  at: number,
): Promise<void> {
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('id', '=', linkId)
    .where('consumedAt', 'is', null)
    .execute()
}
