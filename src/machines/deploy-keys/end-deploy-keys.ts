import type { AuditActor } from '../../audit/entry.ts'
import type { NamedIn } from '../../audit/name-person.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { DeployKeyTable, TableName } from '../../database/schema.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import { endMachineUser } from '../../identity/machine-users.ts'
import type { DeployKeyParts } from './parts.ts'
import { recordKeyEvent } from './record.ts'

/**
 * Ends a key with its tap, and with it the successor that it may have brought itself: whoever ends a key because
 * somebody else has it must not leave them another.
 */
export async function endDeployKey(
  { database, cut }: DeployKeyParts,
  { caller, takeSeal, now }: Act,
  row: DeployKeyTable,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const actor = actorOf(caller, seal)
    // As it is by now: its holder may have brought one since it was looked at.
    const { successorId } = await lockDeployKey(tx, row)
    await endKeys(tx, [row.id, ...(successorId === null ? [] : [successorId])], {
      at,
      endedBy: 'person',
      cut,
      record: (key) => recordKeyEvent(tx, 'deploy-key.ended', key, { actor, at, facts: { seal: seal.id } }),
    })
  })
}

/** What follows a key and what ends it wait for each other here. */
const lockDeployKey = async (tx: Tx<'deployKey'>, row: DeployKeyTable): Promise<Pick<DeployKeyTable, 'successorId'>> =>
  (await tx
    .updateTable('deployKey')
    .set((eb) => ({ expiresAt: eb.ref('expiresAt') }))
    .where('id', '=', row.id)
    .returning('successorId')
    .executeTakeFirst()) ?? row

/** Ends one that nobody ended, by itself. Undefined where it has ended meanwhile. */
export async function endByItself(
  tx: Tx<TableName>,
  id: Id<'dpk'>,
  how: {
    at: number
    endedBy: 'expiry' | 'left-behind' | 'owner'
    /** Ends a sentence; where it names somebody, in the two ways in which the record does. */
    reason: string | NamedIn<'reason'>
    actor: AuditActor | null
  } & Pick<DeployKeyParts, 'cut'>,
): Promise<void> {
  const { at, endedBy, cut, reason, actor } = how
  await endKeys(tx, [id], {
    at,
    endedBy,
    cut,
    record: (key) =>
      recordKeyEvent(tx, 'deploy-key.expired', key, {
        actor,
        at,
        ...(typeof reason === 'string' ? { facts: { reason } } : reason),
      }),
  })
}

interface Ending extends Pick<DeployKeyParts, 'cut'> {
  at: number
  endedBy: NonNullable<DeployKeyTable['endedBy']>
  record: (key: DeployKeyTable) => Promise<void>
}

/** What they have open is cut. The actor behind them ends with the last key that has it. */
export async function endKeys(
  tx: Tx<TableName>,
  ids: readonly Id<'dpk'>[],
  { at, endedBy, cut, record }: Ending,
): Promise<void> {
  const ended = await tx
    .updateTable('deployKey')
    .set({ endedAt: at, endedBy, adoptBy: null })
    .where('id', 'in', ids)
    .where('endedAt', 'is', null)
    .returningAll()
    .execute()
  for (const row of ended) {
    // A key that waited may be followed by another now.
    if (row.predecessorId !== null)
      await tx
        .updateTable('deployKey')
        .set({ successorId: null })
        .where('id', '=', row.predecessorId)
        .where('successorId', '=', row.id)
        .where('endedAt', 'is', null)
        .execute()
    await record(row)
    await cut(tx, row.id, at)
  }
  for (const userId of new Set(ended.map((row) => row.userId))) await endMachineWithout(tx, userId, { at, cut })
}

async function endMachineWithout(
  tx: Tx<TableName>,
  userId: Id<'usr'>,
  { at, cut }: Pick<Ending, 'at' | 'cut'>,
): Promise<void> {
  const left = await tx
    .selectFrom('deployKey')
    .select('id')
    .where('userId', '=', userId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  if (left !== undefined) return
  await endMachineUser(tx, userId)
  await cut(tx, userId, at)
}
