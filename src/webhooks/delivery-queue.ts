import type { Database, Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName, WebhookDeliveryTable, WebhookTable } from '../database/schema.ts'
import type { Outcome } from './outcome.ts'
import { pauseAfter, waitAfter } from './retry.ts'
import { findReasonToSwitchOff, switchOff, type TellOwner } from './switch-off.ts'

export interface DueDelivery {
  delivery: WebhookDeliveryTable
  webhook: WebhookTable
}

/** Longer than an attempt can take: a node that falls over with a delivery leaves it to the next attempt. */
const takenMs = 60_000

/**
 * The delivery that has waited longest for its next attempt, of a webhook that is on, does not rest, and is none of
 * `busy`.
 */
export async function findDue(
  { read }: Database,
  { at, busy }: { at: number; busy: readonly Id<'whk'>[] },
): Promise<DueDelivery | undefined> {
  let query = read
    .selectFrom('webhookDelivery')
    .innerJoin('webhook', 'webhook.id', 'webhookDelivery.webhookId')
    .selectAll('webhookDelivery')
    .where('webhookDelivery.state', '=', 'waiting')
    .where('webhookDelivery.notBefore', '<=', at)
    .where('webhook.isActive', '=', 1)
    .where(({ eb, or }) => or([eb('webhook.pausedUntil', 'is', null), eb('webhook.pausedUntil', '<=', at)]))
    .orderBy('webhookDelivery.notBefore')
    .orderBy('webhookDelivery.id')
    .limit(1)
  if (busy.length > 0) query = query.where('webhookDelivery.webhookId', 'not in', busy)
  const delivery = await query.executeTakeFirst()
  if (delivery === undefined) return undefined
  const webhook = await read.selectFrom('webhook').selectAll().where('id', '=', delivery.webhookId).executeTakeFirst()
  return webhook && { delivery, webhook }
}

/** Takes a delivery for one attempt. Of two nodes that want one, one gets it; the other is told undefined. */
export async function takeDelivery(
  database: Database,
  { id, attempts, tries }: WebhookDeliveryTable,
  at: number,
): Promise<{ attempts: number; tries: number } | undefined> {
  const taken = { attempts: attempts + 1, tries: tries + 1 }
  const { numUpdatedRows } = await database.write((tx) =>
    tx
      .updateTable('webhookDelivery')
      .set({ ...taken, notBefore: at + takenMs })
      .where('id', '=', id)
      .where('attempts', '=', attempts)
      .where('state', '=', 'waiting')
      .executeTakeFirst(),
  )
  return Number(numUpdatedRows) === 1 ? taken : undefined
}

/** Gives an attempt back that was broken off by the end of this server, for the next start. */
export async function giveBackDelivery(database: Database, { delivery }: DueDelivery, attempts: number): Promise<void> {
  await database.write((tx) =>
    tx
      .updateTable('webhookDelivery')
      .set({ attempts: delivery.attempts, tries: delivery.tries, notBefore: delivery.notBefore })
      .where('id', '=', delivery.id)
      .where('attempts', '=', attempts)
      .where('state', '=', 'waiting')
      .execute(),
  )
}

export interface Attempt {
  /** As `takeDelivery` counted it. */
  attempts: number
  tries: number
  startedAt: number
  durationMs: number
  url: string
  requestHeaders: [string, string][]
  outcome: Outcome
}

/** Notes how an attempt went, and what follows from it for the delivery and its webhook. */
export async function settleDelivery(
  database: Database,
  { delivery, webhook }: DueDelivery,
  attempt: Attempt,
  { at, tell }: { at: number; tell: TellOwner },
): Promise<void> {
  const { outcome } = attempt
  await database.write(async (tx) => {
    const isThere = await tx.selectFrom('webhookDelivery').select('id').where('id', '=', delivery.id).executeTakeFirst()
    // Deleted with its webhook while the answer was on its way.
    if (isThere === undefined) return
    await recordAttempt(tx, delivery.id, attempt)
    const next = at + Math.max(waitAfter(attempt.tries), outcome.retryAfterMs)
    const isOver = outcome.error === null || next > delivery.giveUpAt
    await tx
      .updateTable('webhookDelivery')
      .set({
        lastStatus: outcome.status,
        lastError: outcome.error,
        ...(isOver ? { state: outcome.error === null ? 'delivered' : 'failed' } : { notBefore: next }),
      })
      .where('id', '=', delivery.id)
      // Asked for again meanwhile: that attempt decides.
      .where('attempts', '=', attempt.attempts)
      .execute()
    await noteOnWebhook(tx, webhook, outcome, at, tell)
  })
}

const recordAttempt = (tx: Tx<'webhookAttempt'>, deliveryId: Id<'dlv'>, attempt: Attempt) =>
  tx
    .insertInto('webhookAttempt')
    .values({
      deliveryId,
      number: attempt.attempts,
      startedAt: attempt.startedAt,
      durationMs: attempt.durationMs,
      url: attempt.url,
      requestHeaders: JSON.stringify(attempt.requestHeaders),
      status: attempt.outcome.status,
      responseHeaders: JSON.stringify(attempt.outcome.headers),
      responseBody: attempt.outcome.body,
      isCut: attempt.outcome.isCut ? 1 : 0,
      error: attempt.outcome.error,
    })
    .execute()

async function noteOnWebhook(
  tx: Tx<TableName>,
  { id, url }: WebhookTable,
  outcome: Outcome,
  at: number,
  tell: TellOwner,
): Promise<void> {
  const row = await tx.selectFrom('webhook').selectAll().where('id', '=', id).executeTakeFirst()
  // What another address said than the one it has by now is nothing about that one.
  if (row?.url !== url) return
  const isFailed = outcome.error !== null
  // What was on its way together fails together, and counts once.
  const isResting = row.pausedUntil !== null && row.pausedUntil > at
  const failures = isFailed ? row.failures + (isResting ? 0 : 1) : 0
  const failingSince = isFailed ? (row.failingSince ?? at) : null
  const restMs = Math.max(outcome.isExhausted ? pauseAfter(failures) : 0, outcome.retryAfterMs)
  const pausedUntil = restMs === 0 ? row.pausedUntil : Math.max(row.pausedUntil ?? 0, at + restMs)
  await tx
    .updateTable('webhook')
    .set({
      failures,
      failingSince,
      pausedUntil: isFailed ? pausedUntil : null,
      lastAt: at,
      lastStatus: outcome.status,
      lastError: outcome.error,
    })
    .where('id', '=', id)
    .execute()
  const reason = findReasonToSwitchOff({ isGone: outcome.isGone, failingSince, at })
  if (reason !== undefined && row.isActive === 1) await switchOff(tx, row, { reason, at, tell })
}
