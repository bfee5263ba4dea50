import { newId } from '../../src/database/id.ts'
import type { WebhookDeliveryTable, WebhookTable } from '../../src/database/schema.ts'

/** A webhook that is on, is told everything, and has sent nothing. */
export const webhookRow = (
  given: Pick<WebhookTable, 'repositoryId' | 'url' | 'createdBy'> & Partial<WebhookTable>,
): WebhookTable => ({
  id: newId('whk'),
  events: '["*"]',
  isActive: 1,
  secret: '',
  stewardId: null,
  adoptBy: null,
  formerSecret: null,
  formerSecretUntil: null,
  createdAt: 1,
  failures: 0,
  failingSince: null,
  pausedUntil: null,
  offReason: null,
  lastAt: null,
  lastStatus: null,
  lastError: null,
  ...given,
})

/** A delivery that has failed without an attempt. */
export const deliveryRow = (
  given: Pick<WebhookDeliveryTable, 'webhookId' | 'createdAt'> & Partial<WebhookDeliveryTable>,
): WebhookDeliveryTable => ({
  id: newId('dlv'),
  type: 'ref.updated',
  body: '{"type":"ref.updated"}',
  state: 'failed',
  notBefore: given.createdAt,
  attempts: 0,
  tries: 0,
  giveUpAt: given.createdAt,
  lastStatus: null,
  lastError: null,
  ...given,
})
