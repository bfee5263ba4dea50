import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { WebhookTable } from '../database/schema.ts'
import { notFound } from '../http/problem.ts'
import { listPersonRefs } from '../identity/users.ts'
import type { WebhookView } from './shapes.ts'

type Readable = Db<'webhook' | 'webhookDelivery' | 'user'>

/** The webhooks of a repository, oldest first. */
export async function listWebhooks(db: Readable, repositoryId: Id<'rep'>): Promise<WebhookView[]> {
  const rows = await db
    .selectFrom('webhook')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return renderWebhooks(db, rows)
}

/** @throws 404 also for one of another repository */
export async function getWebhook(db: Db<'webhook'>, repositoryId: Id<'rep'>, id: string): Promise<WebhookTable> {
  const row = await db
    .selectFrom('webhook')
    .selectAll()
    .where('id', '=', id as Id<'whk'>)
    .where('repositoryId', '=', repositoryId)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This webhook')
  return row
}

export async function viewWebhook(db: Readable, repositoryId: Id<'rep'>, id: string): Promise<WebhookView> {
  const [view] = await renderWebhooks(db, [await getWebhook(db, repositoryId, id)])
  if (view === undefined) throw notFound('This webhook')
  return view
}

async function renderWebhooks(db: Readable, rows: WebhookTable[]): Promise<WebhookView[]> {
  if (rows.length === 0) return []
  const people = await listPersonRefs(
    db,
    rows.flatMap(({ createdBy, stewardId }) => [createdBy, stewardId]),
  )
  const waiting = await db
    .selectFrom('webhookDelivery')
    .select((eb) => ['webhookId', eb.fn.countAll<number>().as('count')])
    .where('state', '=', 'waiting')
    .where(
      'webhookId',
      'in',
      rows.map(({ id }) => id),
    )
    .groupBy('webhookId')
    .execute()
  const waitingOf = new Map(waiting.map(({ webhookId, count }) => [webhookId, count]))
  return rows.map((row) => ({
    id: row.id,
    url: row.url,
    events: JSON.parse(row.events) as string[],
    isActive: row.isActive === 1,
    createdAt: row.createdAt,
    createdBy: people.get(row.createdBy) ?? null,
    steward: people.get(row.stewardId ?? row.createdBy) ?? null,
    keepBy: row.adoptBy,
    last: row.lastAt === null ? null : { at: row.lastAt, status: row.lastStatus, error: row.lastError },
    failingSince: row.failingSince,
    offReason: row.offReason,
    waiting: waitingOf.get(row.id) ?? 0,
    formerSecretUntil: row.formerSecretUntil,
  }))
}
