import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { CredentialRecord } from '../credential-records.ts'
import type { RegistrationLink } from '../registration-links.ts'

/** Which passkey came in by a break-glass code, for whoever reviews that. */
export async function noteBrokenGlass(
  tx: Tx<'breakGlass' | 'auditEvent' | 'auditPersonal'>,
  { link, record, at }: { link: RegistrationLink; record: CredentialRecord; at: number },
): Promise<void> {
  const row = await tx
    .updateTable('breakGlass')
    .set({ newCredentialId: record.id })
    .where('linkId', '=', link.id)
    .returning('id')
    .executeTakeFirstOrThrow()
  await recordEvent(tx, {
    action: 'break-glass.registered',
    actor: { id: record.userId, method: 'link', strength: 'passkey' },
    target: { kind: 'break-glass', id: row.id },
    facts: { credential: record.name, credentialRecord: record.id },
    at,
  })
}
