import { createHmac } from 'node:crypto'
import { randomSecret } from '../http/secret.ts'

export type WebhookSecret = `whsec_${string}`

/** Standard Webhooks 1.0, "Signature scheme": 24 to 64 random bytes, base64, behind a prefix. */
export const newWebhookSecret = (): WebhookSecret => `whsec_${randomSecret().toString('base64')}`

/**
 * The three headers of Standard Webhooks 1.0. Every secret signs, so that a receiver may hold the former one for a
 * while. @param sentAt milliseconds; receivers refuse what is minutes old, so each attempt is signed anew
 */
export function signWebhook(given: {
  id: string
  sentAt: number
  body: string
  secrets: readonly string[]
}): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const timestamp = String(Math.floor(given.sentAt / 1000))
  const sign = (secret: string): string =>
    createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
      .update(`${given.id}.${timestamp}.${given.body}`)
      .digest('base64')
  return {
    'webhook-id': given.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': given.secrets.map((secret) => `v1,${sign(secret)}`).join(' '),
  }
}
