import { recordEvent } from '../../audit/record.ts'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { Strength } from '../../database/schema.ts'
import { credentialStrength, isAtLeast } from '../../policy/strength.ts'
import { findUserById } from '../users.ts'
import type { Recovery } from './find-recovery.ts'

type Step = 'recovery.opened' | 'recovery.done' | 'recovery.expired'

/** What time alone has made of a recovery under way. */
export function dueStep(
  { state, opensAt, cancelUntil, expiresAt, newCredentialId }: Recovery,
  at: number,
): Step | undefined {
  if (newCredentialId !== null) return at >= cancelUntil ? 'recovery.done' : undefined
  if (at >= expiresAt) return 'recovery.expired'
  return state === 'waiting' && at >= opensAt ? 'recovery.opened' : undefined
}

/**
 * Carries out what time has made of a recovery. Safe to repeat, and for several nodes at once: asked when it matters, and
 * by a job each minute.
 */
export async function settleRecovery(database: Database, id: Id<'rcv'>, at: number): Promise<void> {
  const seen = await database.read
    .selectFrom('recovery')
    .selectAll()
    .where('id', '=', id)
    .where('overAt', 'is', null)
    .executeTakeFirst()
  if (seen === undefined || dueStep(seen, at) === undefined) return
  await database.write(async (tx) => {
    const row = await lockRecovery(tx, id)
    if (row !== undefined) await settleLocked(tx, row, at)
  })
}

/** The row, for this transaction alone; undefined where it is over. */
export const lockRecovery = (tx: Tx<'recovery'>, id: Id<'rcv'>): Promise<Recovery | undefined> =>
  tx
    .updateTable('recovery')
    .set((eb) => ({ state: eb.ref('state') }))
    .where('id', '=', id)
    .where('overAt', 'is', null)
    .returningAll()
    .executeTakeFirst()

export async function settleLocked(
  tx: Tx<'recovery' | 'credentialRecord' | 'registrationLink' | 'auditEvent' | 'auditPersonal'>,
  row: Recovery,
  at: number,
): Promise<void> {
  const step = dueStep(row, at)
  if (step === undefined) return
  if (step === 'recovery.opened') await change(tx, row, { state: 'open' })
  if (step === 'recovery.done') {
    await endFormer(tx, row, at)
    await change(tx, row, { state: 'done', overAt: at })
  }
  if (step === 'recovery.expired') {
    await revivePasskeys(tx, row.id)
    await change(tx, row, { state: 'expired', overAt: at })
  }
  const user = await findUserById(tx, row.userId)
  await recordEvent(tx, {
    action: step,
    actor: null,
    target: { kind: 'user', id: row.userId },
    facts: { person: user?.username ?? '', recovery: row.id },
    at,
  })
}

const change = (tx: Tx<'recovery'>, { id }: Recovery, values: Partial<Pick<Recovery, 'state' | 'overAt'>>) =>
  tx.updateTable('recovery').set(values).where('id', '=', id).execute()

/** Passkeys that a recovery had suspended work again. */
export const revivePasskeys = (tx: Tx<'credentialRecord'>, id: Id<'rcv'>): Promise<{ id: Id<'crd'> }[]> =>
  tx
    .updateTable('credentialRecord')
    .set({ suspendedBy: null })
    .where('suspendedBy', '=', id)
    .where('endedAt', 'is', null)
    .returning('id')
    .execute()

/**
 * The passkeys of before have ended. Where there was a delay in which each of them could have objected, the new one is
 * worth up to what the best of them was (decision 8), and never more: a recovery raises nothing.
 */
async function endFormer(tx: Tx<'credentialRecord'>, row: Recovery, at: number): Promise<void> {
  const former = await tx
    .updateTable('credentialRecord')
    .set({ endedAt: at, suspendedBy: null })
    .where('suspendedBy', '=', row.id)
    .where('endedAt', 'is', null)
    .returningAll()
    .execute()
  const best = former.map(credentialStrength).reduce<Strength>((a, b) => (isAtLeast(b, a) ? b : a), 'passkey')
  if (row.newCredentialId === null || row.cancelUntil <= row.createdAt || best === 'passkey') return
  await tx
    .updateTable('credentialRecord')
    .set({ strengthCap: best === 'attested' ? null : best })
    .where('id', '=', row.newCredentialId)
    .where('strengthCap', '=', 'passkey')
    .where('endorsedBy', 'is', null)
    .execute()
}
