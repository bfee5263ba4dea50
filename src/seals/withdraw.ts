import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import { conflict, nothingLeft } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { titleOf } from './requests.ts'

type Writing = Tx<'sealRequest' | 'auditEvent' | 'auditPersonal'>

/** Whoever asked takes it back: it can never be sealed. @throws 409 where it no longer waits */
export async function withdrawRequest(tx: Writing, row: SealRequestTable, caller: Caller, at: number): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('sealRequest')
    .set({ state: 'withdrawn' })
    .where('id', '=', row.id)
    .where('state', '=', 'open')
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1) throw conflict('not-open', 'This no longer waits for a tap.', { help: nothingLeft })
  await recordWithdrawn(tx, row, caller, at)
}

/** What a token asked for ends with it. Returns the requests that no longer wait. */
export async function withdrawRequestsOfToken(
  tx: Writing,
  tokenId: Id<'tok'>,
  caller: Caller,
  at: number,
): Promise<Id<'srq'>[]> {
  const rows = await tx
    .updateTable('sealRequest')
    .set({ state: 'withdrawn' })
    .where('requestedToken', '=', tokenId)
    .where('state', '=', 'open')
    .where('expiresAt', '>', at)
    .returningAll()
    .execute()
  for (const row of rows) await recordWithdrawn(tx, row, caller, at)
  return rows.map(({ id }) => id)
}

/** The same without a word of its own: the event of the token's end tells it. */
export async function closeRequestsOfToken(tx: Tx<'sealRequest'>, tokenId: Id<'tok'>): Promise<void> {
  await tx
    .updateTable('sealRequest')
    .set({ state: 'withdrawn' })
    .where('requestedToken', '=', tokenId)
    .where('state', '=', 'open')
    .execute()
}

/** Nobody needs to answer any more: the thing they were asked about is settled, and its own event tells how. */
export async function closeRequestsAbout(tx: Tx<'sealRequest'>, about: readonly string[]): Promise<void> {
  await tx
    .updateTable('sealRequest')
    .set({ state: 'withdrawn' })
    .where('about', 'in', about)
    .where('state', '=', 'open')
    .execute()
}

/** Whoever asked for these is gone without a word; what became of them has its own event. */
export async function withdrawForgotten(tx: Tx<'sealRequest'>, ids: readonly Id<'srq'>[]): Promise<void> {
  if (ids.length === 0) return
  await tx
    .updateTable('sealRequest')
    .set({ state: 'withdrawn' })
    .where('id', 'in', ids)
    .where('state', '=', 'open')
    .execute()
}

async function recordWithdrawn(tx: Writing, row: SealRequestTable, caller: Caller, at: number): Promise<void> {
  await recordEvent(tx, {
    action: 'seal.withdrawn',
    actor: actorOf(caller),
    target: { kind: 'seal-request', id: row.id },
    repositoryId: row.repositoryId,
    personal: { title: titleOf(row) },
    at,
  })
}
