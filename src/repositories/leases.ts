import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

/** How long a branch waits for one person's tap. */
export const leaseMs = 60_000

interface Branch {
  repositoryId: Id<'rep'>
  ref: string
}

/**
 * Keeps a branch for one person while they tap, so that two do not tap for the same base. A courtesy only: git's own
 * comparison with the old tip decides who was first. Returns who holds it now.
 */
export async function takeLease(
  tx: Tx<'branchLease'>,
  wanted: Branch & { userId: Id<'usr'>; at: number },
): Promise<Id<'usr'>> {
  const { at, ...row } = wanted
  const expiresAt = at + leaseMs
  await tx
    .insertInto('branchLease')
    .values({ ...row, expiresAt })
    .onConflict((conflict) =>
      conflict
        .columns(['repositoryId', 'ref'])
        .doUpdateSet({ userId: row.userId, expiresAt })
        .where((eb) => eb.or([eb('branchLease.userId', '=', row.userId), eb('branchLease.expiresAt', '<=', at)])),
    )
    .execute()
  return (await findLeaseHolder(tx, row, at)) ?? row.userId
}

export async function findLeaseHolder(
  db: Db<'branchLease'>,
  { repositoryId, ref }: Branch,
  at: number,
): Promise<Id<'usr'> | undefined> {
  const row = await db
    .selectFrom('branchLease')
    .select('userId')
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .where('expiresAt', '>', at)
    .executeTakeFirst()
  return row?.userId
}

/** Once the branch has moved, or the person no longer wants it. */
export async function endLease(tx: Tx<'branchLease'>, { repositoryId, ref }: Branch): Promise<void> {
  await tx.deleteFrom('branchLease').where('repositoryId', '=', repositoryId).where('ref', '=', ref).execute()
}
