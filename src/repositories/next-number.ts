import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { notFound } from '../http/problem.ts'

/** The next number for something that a repository counts; the row's lock keeps two transactions from sharing one. */
export async function takeNextNumber(tx: Tx<'repository'>, repositoryId: Id<'rep'>): Promise<number> {
  const row = await tx
    .updateTable('repository')
    .set((eb) => ({ nextNumber: eb('nextNumber', '+', 1) }))
    .where('id', '=', repositoryId)
    .returning('nextNumber')
    .executeTakeFirst()
  if (row === undefined) throw notFound('This repository')
  return row.nextNumber - 1
}

/** Queues behind others who count or reopen in this repository, until the transaction ends. @throws 404 where it is gone by now */
export async function lockNumbers(tx: Tx<'repository'>, repositoryId: Id<'rep'>): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('repository')
    .set((eb) => ({ nextNumber: eb.ref('nextNumber') }))
    .where('id', '=', repositoryId)
    .executeTakeFirstOrThrow()
  if (numUpdatedRows === 0n) throw notFound('This repository')
}
