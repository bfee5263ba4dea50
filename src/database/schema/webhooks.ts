import type { Id } from '../id.ts'
import type { Flag } from './scales.ts'

/** The tables that `webhooks/` writes. */
export interface WebhooksTables {
  webhook: WebhookTable
  webhookDelivery: WebhookDeliveryTable
  webhookAttempt: WebhookAttemptTable
}

/** An address that is told what happens in a repository. */
export interface WebhookTable {
  id: Id<'whk'>
  repositoryId: Id<'rep'>
  /** May hold secrets of the receiver's in its path: shown to administrators of the repository alone. */
  url: string
  /** JSON list of actions, or `["*"]`. */
  events: string
  isActive: Flag
  /** Closed boxes: what deliveries are signed with, and what was before, which signs too for a while. */
  secret: string
  formerSecret: string | null
  formerSecretUntil: number | null
  createdAt: number
  createdBy: Id<'usr'>
  /** Who looks after it; null: whoever made it. */
  stewardId: Id<'usr'> | null
  /** The steward's access has ended: by then somebody must have kept it, or it is switched off. Null: nothing to do. */
  adoptBy: number | null
  /** Failures in a row, those at once counted as one, and since when. */
  failures: number
  failingSince: number | null
  /** Nothing is sent before then: the receiver asked for it, or needs a rest. */
  pausedUntil: number | null
  /** Why it was switched off by itself. */
  offReason: string | null
  /** How the last attempt went; no error where it succeeded. */
  lastAt: number | null
  lastStatus: number | null
  lastError: string | null
}

/** One event for one webhook; its id is the `webhook-id` of every attempt. */
export interface WebhookDeliveryTable {
  id: Id<'dlv'>
  webhookId: Id<'whk'>
  /** The action, or `ping`. */
  type: string
  /** Exact bytes that are sent. */
  body: string
  state: 'waiting' | 'delivered' | 'failed'
  createdAt: number
  /** The next attempt; taking a delivery moves this on, so that no other node takes it too. */
  notBefore: number
  /** All attempts there were, and those since it was last asked for. */
  attempts: number
  tries: number
  /** No attempt after then. */
  giveUpAt: number
  lastStatus: number | null
  lastError: string | null
}

/** One request and what came back. Its body is the delivery's. */
export interface WebhookAttemptTable {
  deliveryId: Id<'dlv'>
  number: number
  startedAt: number
  durationMs: number
  url: string
  /** JSON lists of name and value. */
  requestHeaders: string
  status: number | null
  responseHeaders: string
  /** The first 16 KB, as text. */
  responseBody: string
  isCut: Flag
  /** Why it counts as failed, in a sentence; null where it was delivered. */
  error: string | null
}
