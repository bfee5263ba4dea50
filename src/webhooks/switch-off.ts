import type { NamedIn } from '../audit/name-person.ts'
import { recordEvent } from '../audit/record.ts'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName, WebhookTable } from '../database/schema.ts'
import { findPath } from '../repositories/stewards.ts'
import { switchOffAfterMs } from './retry.ts'

export interface SwitchedOff {
  toUserId: Id<'usr'>
  repository: string
  host: string
  /** Ends a sentence. */
  reason: string
  at: number
}

/** Tells whoever looks after a webhook that it has ended by itself, in the transaction of that. */
export type TellOwner = (tx: Tx<TableName>, off: SwitchedOff) => Promise<void>

export function findReasonToSwitchOff(given: {
  isGone: boolean
  failingSince: number | null
  at: number
}): string | undefined {
  if (given.isGone) return 'it answered 410, by which it says that it wants nothing any more'
  if (given.failingSince !== null && given.at - given.failingSince >= switchOffAfterMs)
    return 'for 5 days there was nothing but failures'
  return undefined
}

export async function switchOff(
  tx: Tx<TableName>,
  webhook: WebhookTable,
  { reason, at, tell, named }: { reason: string; at: number; tell: TellOwner; named?: NamedIn<'person'> },
): Promise<void> {
  await tx.updateTable('webhook').set({ isActive: 0, offReason: reason }).where('id', '=', webhook.id).execute()
  await dropWaiting(tx, webhook.id, `The webhook was switched off: ${reason}.`)
  const repository = await findPath(tx, webhook.repositoryId)
  // Nobody is left to be told about a repository that is gone.
  if (repository === undefined) return
  const { host } = new URL(webhook.url)
  await recordEvent(tx, {
    action: 'webhook.switched-off',
    actor: null,
    target: { kind: 'webhook', id: webhook.id },
    repositoryId: webhook.repositoryId,
    facts: { repository, webhook: webhook.id, host, reason, ...named?.facts },
    personal: { ...named?.personal },
    at,
  })
  await tell(tx, { toUserId: webhook.stewardId ?? webhook.createdBy, repository, host, reason, at })
}

/** What waits is not sent any more, and says why; it can be sent again by hand. */
export const dropWaiting = (tx: Tx<'webhookDelivery'>, webhookId: Id<'whk'>, why: string) =>
  tx
    .updateTable('webhookDelivery')
    .set({ state: 'failed', lastError: why })
    .where('webhookId', '=', webhookId)
    .where('state', '=', 'waiting')
    .execute()
