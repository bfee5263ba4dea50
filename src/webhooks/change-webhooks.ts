import type { Action } from '../audit/actions.ts'
import { recordEvent } from '../audit/record.ts'
import type { Database, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { TableName, WebhookTable } from '../database/schema.ts'
import type { TakenSeal } from '../http/access.ts'
import { conflict, notFound } from '../http/problem.ts'
import type { Act } from '../identity/act.ts'
import { actorOf } from '../identity/caller.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { dropWaiting } from './switch-off.ts'
import { formerSecretMs, makeSecret } from './webhook-secrets.ts'

interface WebhookParts {
  database: Database
  secrets: Secrets
}

const mostInOneRepository = 20

/** Makes a webhook of a checked address and events. @returns its id and its secret, which nothing shows again */
export async function createWebhook(
  { database, secrets }: WebhookParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { url, events }: { url: URL; events: string[] },
): Promise<{ id: Id<'whk'>; secret: string }> {
  const id = newId('whk')
  const { secret, box } = makeSecret(secrets, id)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const there = await tx.selectFrom('webhook').select('id').where('repositoryId', '=', place.repository.id).execute()
    if (there.length >= mostInOneRepository)
      throw conflict('too-many-webhooks', `A repository has at most ${mostInOneRepository} webhooks.`, {
        help: 'Remove one of them first.',
      })
    await record(
      tx,
      'webhook.created',
      { caller, seal, place, webhook: { id, url: url.href }, at },
      { events: events.join(' ') },
    )
    await tx
      .insertInto('webhook')
      .values({
        id,
        repositoryId: place.repository.id,
        url: url.href,
        events: JSON.stringify(events),
        isActive: 1,
        secret: box,
        formerSecret: null,
        formerSecretUntil: null,
        createdAt: at,
        createdBy: caller.id,
        stewardId: caller.id,
        adoptBy: null,
        failures: 0,
        failingSince: null,
        pausedUntil: null,
        offReason: null,
        lastAt: null,
        lastStatus: null,
        lastError: null,
      })
      .execute()
  })
  return { id, secret }
}

/** What is changed starts afresh: earlier failures no longer count against it. */
export async function changeWebhook(
  { database }: WebhookParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id }: Pick<WebhookTable, 'id'>,
  changes: { url: URL | undefined; events: string[] | undefined; isActive: boolean | undefined },
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const webhook = await holdWebhook(tx, id)
    const url = changes.url?.href ?? webhook.url
    const events = changes.events === undefined ? webhook.events : JSON.stringify(changes.events)
    const isActive = changes.isActive ?? webhook.isActive === 1
    await tx
      .updateTable('webhook')
      .set({
        url,
        events,
        isActive: isActive ? 1 : 0,
        // Whoever switches it on again looks after it.
        ...(isActive && webhook.isActive === 0 ? { stewardId: caller.id, adoptBy: null } : {}),
        failures: 0,
        failingSince: null,
        pausedUntil: null,
        ...(isActive ? { offReason: null } : {}),
      })
      .where('id', '=', webhook.id)
      .execute()
    if (!isActive) await dropWaiting(tx, webhook.id, 'The webhook was switched off.')
    await record(
      tx,
      'webhook.changed',
      { caller, seal, place, webhook: { id: webhook.id, url }, at },
      {
        formerHost: new URL(webhook.url).host,
        events: (JSON.parse(events) as string[]).join(' '),
        isActive: isActive ? 'yes' : 'no',
      },
    )
  })
}

/** Gives it another secret; the present one signs beside it for a day. */
export async function changeWebhookSecret(
  { database, secrets }: WebhookParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id }: Pick<WebhookTable, 'id'>,
): Promise<string> {
  const { secret, box } = makeSecret(secrets, id)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const webhook = await holdWebhook(tx, id)
    await tx
      .updateTable('webhook')
      .set({ secret: box, formerSecret: webhook.secret, formerSecretUntil: at + formerSecretMs })
      .where('id', '=', webhook.id)
      .execute()
    await record(tx, 'webhook.secret-changed', { caller, seal, place, webhook, at })
  })
  return secret
}

/** With all its deliveries. */
export async function deleteWebhook(
  { database }: WebhookParts,
  { caller, takeSeal, now }: Act,
  place: RepositoryPlace,
  { id }: Pick<WebhookTable, 'id'>,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const webhook = await holdWebhook(tx, id)
    await tx.deleteFrom('webhook').where('id', '=', webhook.id).execute()
    await record(tx, 'webhook.deleted', { caller, seal, place, webhook, at })
  })
}

/** As it is now, and so until this is done: another change of it, by a person or by itself, comes before or after. @throws 404 */
async function holdWebhook(tx: Tx<'webhook'>, id: Id<'whk'>): Promise<WebhookTable> {
  const webhook = await tx
    .updateTable('webhook')
    .set((eb) => ({ isActive: eb.ref('isActive') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()
  if (webhook === undefined) throw notFound('This webhook')
  return webhook
}

/** The ledger keeps for ever, so it names the host alone: the rest of an address may be a secret of the receiver's. */
const record = (
  tx: Tx<TableName>,
  action: Action,
  of: {
    caller: Act['caller']
    seal: TakenSeal
    place: RepositoryPlace
    webhook: { id: Id<'whk'>; url: string }
    at: number
  },
  facts: Record<string, string> = {},
) =>
  recordEvent(tx, {
    action,
    actor: actorOf(of.caller, of.seal),
    target: { kind: 'webhook', id: of.webhook.id },
    repositoryId: of.place.repository.id,
    facts: {
      repository: of.place.path,
      webhook: of.webhook.id,
      host: new URL(of.webhook.url).host,
      ...facts,
      seal: of.seal.id,
    },
    at: of.at,
  })
