import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { prepared } from '../../database/prepared.ts'
import { leafHash, rootOf } from '../../protocols/tlog/merkle.ts'
import { growTree } from './tree.ts'

/** Of one transaction, for which a sign-in may have to wait; and what others have between two of them. */
const [batchSize, pauseMs] = [200, 10]

/**
 * Folds the events that stand in no tree yet into it, oldest first. Any node may do it: the head moves from the size it was
 * read with, or not at all, so that no place is given twice.
 */
export async function sequenceEvents({
  database,
  now,
  isClosing = () => false,
}: {
  database: Database
  now: () => number
  isClosing?: () => boolean
}): Promise<void> {
  while (!isClosing()) {
    if ((await listWaiting(database.read, 1)).length === 0) return
    if ((await database.write((tx) => foldIn(tx, now()))) < batchSize) return
    // What was there before the ledger began may be millions: the thread is everybody's.
    await pause(pauseMs)
  }
}

async function foldIn(tx: Tx<'ledgerHead' | 'ledgerTile' | 'auditEvent'>, at: number): Promise<number> {
  // Its row is what nodes queue for: the tiles read below are those of this size.
  const { size } = await tx
    .updateTable('ledgerHead')
    .set({ at })
    .where('id', '=', 1)
    .returning('size')
    .executeTakeFirstOrThrow()
  const waiting = await listWaiting(tx, batchSize)
  if (waiting.length === 0) return 0
  const grown = size + waiting.length
  const tree = await growTree(
    tx,
    size,
    waiting.map(({ leaf }) => leafHash(leaf)),
  )
  const root = (await rootOf(grown, tree.node)).toString('base64')
  const { numUpdatedRows } = await tx
    .updateTable('ledgerHead')
    .set({ size: grown, root })
    .where('id', '=', 1)
    .where('size', '=', size)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) throw new Error('the ledger grew while it was locked')
  await tree.write()
  for (const [nth, { id }] of waiting.entries()) await place(tx, { id, leafIndex: size + nth })
  return waiting.length
}

const listWaiting = (db: Pick<Database['read'], 'selectFrom'>, limit: number) =>
  db.selectFrom('auditEvent').select(['id', 'leaf']).where('leafIndex', 'is', null).orderBy('id').limit(limit).execute()

const place = prepared((tx: Tx<'auditEvent'>, { id, leafIndex }: { id: Id<'evt'>; leafIndex: number }) =>
  tx.updateTable('auditEvent').set({ leafIndex }).where('id', '=', id),
)
