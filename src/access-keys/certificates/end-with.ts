import type { EventFollower } from '../../audit/follow-events.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'

/**
 * A certificate ends with what it was made by, the program that its person let in or the passkey that tapped for it, and
 * with its person's SSH key of the same bytes: whoever holds one holds the other. In the transaction of that end.
 */
export const createCertificateFollower =
  (cut: (tx: Tx<TableName>, id: Id<'sct'>, at: number) => Promise<unknown>): EventFollower =>
  async (tx, { action, target, at, actor }) => {
    if (action !== 'grant.ended' && action !== 'credential.removed' && action !== 'ssh-key.ended') return
    const ended = await tx
      .updateTable('sshCertificate')
      .set({ endedAt: at })
      .where('endedAt', 'is', null)
      .where('expiresAt', '>', at)
      .where(({ eb, exists, selectFrom }) => {
        if (action === 'grant.ended') return eb('grantId', '=', target.id as Id<'gra'>)
        if (action === 'ssh-key.ended')
          return exists(
            selectFrom('sshKey')
              .select('sshKey.id')
              .where('sshKey.id', '=', target.id as Id<'ssk'>)
              .whereRef('sshKey.userId', '=', 'sshCertificate.userId')
              .whereRef('sshKey.fingerprint', '=', 'sshCertificate.fingerprint'),
          )
        const made = selectFrom('seal').select('seal.id')
        return eb('sealId', 'in', made.where('credentialRecordId', '=', target.id as Id<'crd'>))
      })
      .returning(['id', 'serial', 'fingerprint'])
      .execute()
    for (const { id, serial, fingerprint } of ended) {
      await recordEvent(tx, {
        action: 'certificate.ended',
        actor,
        target: { kind: 'ssh-certificate', id },
        facts: { serial, fingerprint, because: action },
        at,
      })
      await cut(tx, id, at)
    }
  }
