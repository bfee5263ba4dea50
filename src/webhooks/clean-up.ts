import type { Database } from '../database/handles.ts'

const keptMs = 30 * 24 * 3_600_000
const keptOfOne = 1_000

/** Forgets deliveries after 30 days, all but the newest thousand of a webhook, and webhooks whose repository is gone. */
export async function cleanUp(database: Database, at: number): Promise<void> {
  await database.write((tx) =>
    tx
      .deleteFrom('webhookDelivery')
      .where('state', '!=', 'waiting')
      .where('createdAt', '<', at - keptMs)
      .execute(),
  )
  const webhooks = await database.read.selectFrom('webhook').select(['id', 'repositoryId']).execute()
  for (const { id, repositoryId } of webhooks) {
    const last = await database.read
      .selectFrom('webhookDelivery')
      .select('createdAt')
      .where('webhookId', '=', id)
      .orderBy('createdAt', 'desc')
      .offset(keptOfOne)
      .limit(1)
      .executeTakeFirst()
    if (last !== undefined)
      await database.write((tx) =>
        tx
          .deleteFrom('webhookDelivery')
          .where('webhookId', '=', id)
          .where('state', '!=', 'waiting')
          .where('createdAt', '<=', last.createdAt)
          .execute(),
      )
    const repository = await database.read
      .selectFrom('repository')
      .select('id')
      .where('id', '=', repositoryId)
      .executeTakeFirst()
    if (repository === undefined)
      await database.write((tx) =>
        tx
          .deleteFrom('webhook')
          .where('id', '=', id)
          // What it has still to tell goes first.
          .where(({ not, exists, selectFrom }) =>
            not(
              exists(
                selectFrom('webhookDelivery')
                  .select('webhookDelivery.id')
                  .whereRef('webhookDelivery.webhookId', '=', 'webhook.id')
                  .where('state', '=', 'waiting'),
              ),
            ),
          )
          .execute(),
      )
  }
}
