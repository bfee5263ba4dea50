import { recordEvent } from '../../audit/record.ts'
import type { Db, Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { ProblemError } from '../../http/problem.ts'
import type { CredentialRecord } from '../credential-records.ts'
import type { RegistrationLink } from '../registration-links.ts'
import type { User } from '../users.ts'
import { type RecoveryStops, stopEverything } from './begin-recovery.ts'
import { findRecoveryOfLink } from './find-recovery.ts'
import { lockRecovery, settleLocked } from './settle-recovery.ts'

/** @throws 409 while the link of a recovery does not open yet, 410 where the recovery is over */
export async function checkRecoveryOpen(db: Db<'recovery'>, link: RegistrationLink, at: number): Promise<void> {
  if (link.purpose !== 'recovery') return
  const recovery = await findRecoveryOfLink(db, link.id)
  if (recovery === undefined) throw recoveryOver()
  if (at < recovery.opensAt)
    throw new ProblemError(409, 'recovery-not-open', `This link opens on ${inUtc(recovery.opensAt)}.`, {
      help: 'Come back then with the same link. Until then, whoever holds a former passkey can cancel it.',
      expiresAt: link.expiresAt,
    })
}

/**
 * What the machine's own shell made goes before a recovery under way: that is over, and nothing comes back. Whether the
 * passkey of an owner was lost or stolen nobody can tell, so nothing that they had goes on beside the new one; who only
 * moves to another address keeps it. Returns how many of each kind ended.
 */
export async function endByShell(
  tx: Tx<TableName>,
  { kindsOfShell, cut }: RecoveryStops,
  { link, user, at }: { link: RegistrationLink; user: User; at: number },
): Promise<Record<string, number>> {
  if (link.purpose !== 'next-owner' && link.purpose !== 'rehome') return {}
  await tx
    .updateTable('recovery')
    .set({ state: 'cancelled', overAt: at })
    .where('userId', '=', user.id)
    .where('overAt', 'is', null)
    .execute()
  if (link.purpose !== 'next-owner' || link.userId === null) return {}
  // Of a break-glass code that was typed already, too.
  await tx
    .updateTable('registrationLink')
    .set({ consumedAt: at })
    .where('userId', '=', user.id)
    .where('consumedAt', 'is', null)
    .execute()
  return stopEverything(tx, { kinds: kindsOfShell, cut }, user, at)
}

/** The passkey by which somebody is back: former ones stay suspended until nobody can object any more. */
export async function noteRecovered(
  tx: Tx<'recovery' | 'credentialRecord' | 'registrationLink' | 'auditEvent' | 'auditPersonal'>,
  { link, record, at }: { link: RegistrationLink; record: CredentialRecord; at: number },
): Promise<void> {
  const found = await findRecoveryOfLink(tx, link.id)
  const row = found && (await lockRecovery(tx, found.id))
  if (row === undefined || row.newCredentialId !== null) throw recoveryOver()
  const registered = { ...row, state: 'open' as const, newCredentialId: record.id }
  await tx.updateTable('recovery').set({ state: 'open', newCredentialId: record.id }).where('id', '=', row.id).execute()
  await recordEvent(tx, {
    action: 'recovery.registered',
    actor: { id: record.userId, method: 'link', strength: 'passkey' },
    target: { kind: 'user', id: record.userId },
    facts: { credential: record.name, credentialRecord: record.id, recovery: row.id, cancelUntil: row.cancelUntil },
    at,
  })
  await settleLocked(tx, registered, at)
}

const recoveryOver = (): ProblemError =>
  new ProblemError(410, 'link-used', 'This recovery was cancelled, or replaced by a newer one.', {
    help: 'Begin again with another recovery code, or ask an administrator.',
  })

const inUtc = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC`
