import type { Db, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'

/** How long a branch waits for one person's tap while others ask for it. */
export const leaseMs = 60_000
/** Whoever has not come back by then begins to wait anew. */
const waitingMs = 10 * leaseMs

interface Branch {
  repositoryId: Id<'rep'>
  ref: string
}

/** Since when others were turned away, by their id. */
type Waiting = Record<string, number>

/**
 * Keeps a branch for one person while they tap, so that two do not tap for the same base. A courtesy only: git's own
 * comparison with the old tip decides who was first. Whoever was turned away a whole lease ago goes before whoever holds
 * it, however often that one has renewed it or handed it on. Returns who holds it now.
 */
export async function takeLease(
  tx: Tx<'branchLease'>,
  wanted: Branch & { userId: Id<'usr'>; at: number },
): Promise<Id<'usr'>> {
  const { at, userId, ...branch } = wanted
  const { [userId]: since, ...others } = await readWaiting(tx, branch, at)
  const hasWaited = since !== undefined && at - since >= leaseMs
  const lease = { userId, expiresAt: at + leaseMs }
  await tx
    .insertInto('branchLease')
    .values({ ...branch, ...lease, waiting: '{}' })
    .onConflict((conflict) =>
      conflict
        .columns(['repositoryId', 'ref'])
        .doUpdateSet(lease)
        .where((eb) =>
          eb.or([
            eb('branchLease.userId', '=', userId),
            eb('branchLease.expiresAt', '<=', at),
            ...(hasWaited ? [eb.lit(true)] : []),
          ]),
        ),
    )
    .execute()
  const holder = (await findLeaseHolder(tx, branch, at)) ?? userId
  await writeWaiting(tx, branch, holder === userId ? others : { ...others, [userId]: since ?? at })
  return holder
}

async function readWaiting(db: Db<'branchLease'>, { repositoryId, ref }: Branch, at: number): Promise<Waiting> {
  const row = await db
    .selectFrom('branchLease')
    .select('waiting')
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .executeTakeFirst()
  const all = Object.entries(JSON.parse(row?.waiting ?? '{}') as Waiting)
  return Object.fromEntries(all.filter(([, since]) => at - since < waitingMs))
}

async function writeWaiting(tx: Tx<'branchLease'>, { repositoryId, ref }: Branch, waiting: Waiting): Promise<void> {
  await tx
    .updateTable('branchLease')
    .set({ waiting: JSON.stringify(waiting) })
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .execute()
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

/** Once the branch has moved. Who waits for it goes on waiting. */
export async function endLease(tx: Tx<'branchLease'>, { repositoryId, ref }: Branch): Promise<void> {
  await tx
    .updateTable('branchLease')
    .set({ expiresAt: 0 })
    .where('repositoryId', '=', repositoryId)
    .where('ref', '=', ref)
    .execute()
}
