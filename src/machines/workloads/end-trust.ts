import { endMachineTokens } from '../../access-keys/issue-token.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName, WorkloadTrustTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { endMachineUser } from '../../identity/machine-users.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { recordTrustEvent, type TrustParts } from './trust-parts.ts'

/** Nothing of it is honoured from now on, and what it has open is cut. @throws 404 where it has ended already */
export async function endTrust(
  parts: TrustParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  id: Id<'wlt'>,
): Promise<void> {
  await parts.database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const row = await closeTrust(parts, tx, id, at)
    if (row === undefined) throw notFound('This pipeline')
    await recordTrustEvent(tx, 'workload.ended', { caller, seal, place, row, at })
  })
}

/** The end itself, whoever decided it; undefined where it was over. */
export async function closeTrust(
  { cut }: Pick<TrustParts, 'cut'>,
  tx: Tx<TableName>,
  id: Id<'wlt'>,
  at: number,
): Promise<WorkloadTrustTable | undefined> {
  const row = await tx
    .updateTable('workloadTrust')
    .set({ endedAt: at })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) return undefined
  await endMachineUser(tx, row.userId)
  await endMachineTokens(tx, { userId: row.userId, at })
  await cut(tx, row.userId, at)
  return row
}
