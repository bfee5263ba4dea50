import type { AuditEntry } from '../audit/entry.ts'
import type { Db, Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import { prepared } from '../database/prepared.ts'
import { isWanted } from './event-groups.ts'
import { renderBody } from './render-body.ts'
import { giveUpAfterMs } from './retry.ts'

const listActive = prepared((db: Db<'webhook'>, { repositoryId }: { repositoryId: Id<'rep'> }) =>
  db.selectFrom('webhook').select(['id', 'events']).where('repositoryId', '=', repositoryId).where('isActive', '=', 1),
)

/** Writes, in the transaction of an event, what is to be told of it. */
export async function queueDeliveries(
  tx: Tx<'webhookDelivery'>,
  entry: AuditEntry,
  { event, origin }: { event: Id<'evt'>; origin: string },
): Promise<void> {
  const { repositoryId } = entry
  if (repositoryId === undefined || repositoryId === null) return
  const webhooks = (await listActive(tx, { repositoryId })).filter(({ events }) =>
    isWanted(JSON.parse(events) as string[], entry.action),
  )
  if (webhooks.length === 0) return
  const repository = await describeRepository(tx, repositoryId, origin, entry)
  const actor = await findActor(tx, entry)
  const body = renderBody({ event, repository, actor }, entry)
  await tx
    .insertInto('webhookDelivery')
    .values(webhooks.map(({ id }) => newDelivery(id, { type: entry.action, body, at: entry.at })))
    .execute()
}

/** @param keepTrying false: one attempt, and no other where it fails */
export const newDelivery = (
  webhookId: Id<'whk'>,
  { type, body, at, keepTrying = true }: { type: string; body: string; at: number; keepTrying?: boolean },
) => ({
  id: newId('dlv'),
  webhookId,
  type,
  body,
  state: 'waiting' as const,
  createdAt: at,
  notBefore: at,
  attempts: 0,
  tries: 0,
  giveUpAt: keepTrying ? at + giveUpAfterMs : at,
  lastStatus: null,
  lastError: null,
})

async function describeRepository(
  db: Db<'repository' | 'project'>,
  id: Id<'rep'>,
  origin: string,
  { facts }: AuditEntry,
) {
  const row = await db
    .selectFrom('repository')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .select(['project.name as project', 'repository.name as repository'])
    .where('repository.id', '=', id)
    .executeTakeFirst()
  // Deleted in this very transaction.
  const path = row === undefined ? String(facts?.['repository'] ?? '') : `${row.project}/${row.repository}`
  return { id, path, url: `${origin}/${path}` }
}

async function findActor(db: Db<'user'>, { actor }: AuditEntry) {
  if (actor === null) return null
  const row = await db
    .selectFrom('user')
    .select(['id', 'username', 'kind'])
    .where('id', '=', actor.id)
    .executeTakeFirst()
  return row ?? null
}
