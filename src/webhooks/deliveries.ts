import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { WebhookAttemptTable, WebhookDeliveryTable, WebhookTable } from '../database/schema.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { conflict, notFound } from '../http/problem.ts'
import { newDelivery } from './queue-deliveries.ts'
import { type ToldAbout, renderBody } from './render-body.ts'
import type { AttemptView, DeliverySummary, DeliveryView } from './shapes.ts'

/** A page of what was told and is to be told, newest first. */
export async function listDeliveries(db: Db<'webhookDelivery'>, webhookId: Id<'whk'>, cursor: string | undefined) {
  let query = db
    .selectFrom('webhookDelivery')
    .selectAll()
    .where('webhookId', '=', webhookId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(pageSize + 1)
  if (cursor !== undefined) {
    const [at, id] = parseCursor(cursor, 'number', 'string')
    query = query.where(({ eb, or, and }) =>
      or([eb('createdAt', '<', at), and([eb('createdAt', '=', at), eb('id', '<', id as Id<'dlv'>)])]),
    )
  }
  return cutPage(await query.execute(), ({ createdAt, id }) => [createdAt, id], summarise)
}

/** One delivery with every attempt. @throws 404 also for one of another webhook */
export async function viewDelivery(
  db: Db<'webhookDelivery' | 'webhookAttempt'>,
  webhookId: Id<'whk'>,
  id: string,
): Promise<DeliveryView> {
  const row = await getDelivery(db, webhookId, id)
  const attempts = await db
    .selectFrom('webhookAttempt')
    .selectAll()
    .where('deliveryId', '=', row.id)
    .orderBy('number', 'desc')
    .execute()
  return { ...summarise(row), body: row.body, history: attempts.map(renderAttempt) }
}

async function getDelivery(db: Db<'webhookDelivery'>, webhookId: Id<'whk'>, id: string): Promise<WebhookDeliveryTable> {
  const row = await db
    .selectFrom('webhookDelivery')
    .selectAll()
    .where('id', '=', id as Id<'dlv'>)
    .where('webhookId', '=', webhookId)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This delivery')
  return row
}

/** Sends it again now, under the same id and with the same body; what was settled gets one attempt. */
export async function replayDelivery(database: Database, webhook: WebhookTable, id: string, at: number): Promise<void> {
  checkIsOn(webhook)
  const row = await getDelivery(database.read, webhook.id, id)
  await database.write(async (tx) => {
    await tx
      .updateTable('webhookDelivery')
      .set({ notBefore: at, ...(row.state === 'waiting' ? {} : { state: 'waiting', tries: 0, giveUpAt: at }) })
      .where('id', '=', row.id)
      .execute()
    await tx.updateTable('webhook').set({ pausedUntil: null }).where('id', '=', webhook.id).execute()
  })
}

/** A word to see whether it arrives: tried once. @returns the delivery's id */
export async function ping(
  database: Database,
  webhook: WebhookTable,
  about: Pick<ToldAbout, 'repository'> & { actor: NonNullable<ToldAbout['actor']> },
  at: number,
): Promise<string> {
  checkIsOn(webhook)
  const target = { kind: 'webhook', id: webhook.id }
  const sentence = `${about.actor.username} sent a test`
  const body = renderBody({ event: null, sentence, ...about }, { action: 'ping', target, facts: {}, at })
  const row = newDelivery(webhook.id, { type: 'ping', body, at, keepTrying: false })
  await database.write(async (tx) => {
    await tx.insertInto('webhookDelivery').values(row).execute()
    await tx.updateTable('webhook').set({ pausedUntil: null }).where('id', '=', webhook.id).execute()
  })
  return row.id
}

function checkIsOn({ isActive }: WebhookTable): void {
  if (isActive === 0)
    throw conflict('webhook-off', 'This webhook is switched off.', { help: 'Switch it on, then send again.' })
}

const summarise = (row: WebhookDeliveryTable): DeliverySummary => ({
  id: row.id,
  type: row.type,
  state: row.state,
  createdAt: row.createdAt,
  attempts: row.attempts,
  status: row.lastStatus,
  error: row.lastError,
  nextAt: row.state === 'waiting' ? row.notBefore : null,
})

const renderAttempt = (row: WebhookAttemptTable): AttemptView => ({
  number: row.number,
  startedAt: row.startedAt,
  durationMs: row.durationMs,
  url: row.url,
  requestHeaders: parseHeaders(row.requestHeaders),
  status: row.status,
  responseHeaders: parseHeaders(row.responseHeaders),
  responseBody: row.responseBody,
  isCut: row.isCut === 1,
  error: row.error,
})

const parseHeaders = (json: string) =>
  (JSON.parse(json) as [string, string][]).map(([name, value]) => ({ name, value }))
