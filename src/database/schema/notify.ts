import type { Id } from '../id.ts'
import type { Flag } from './scales.ts'

/** The tables that `notify/` writes. */
export interface NotifyTables {
  notificationChoice: NotificationChoiceTable
  pushSubscription: PushSubscriptionTable
}

/** Whether somebody wants a letter when something waits for their tap. */
export interface NotificationChoiceTable {
  userId: Id<'usr'>
  letters: Flag
  changedAt: number
}

/** A browser that its person wants to be told in, RFC 8030 and RFC 8291. */
export interface PushSubscriptionTable {
  id: Id<'psh'>
  userId: Id<'usr'>
  /** At the browser maker's push service; unique. */
  endpoint: string
  /** The browser's public key and shared secret, base64url: its messages open there alone. */
  p256dh: string
  auth: string
  userAgent: string
  createdAt: number
}
