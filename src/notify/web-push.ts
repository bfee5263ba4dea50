import type { VapidKeys } from 'web-push'
import type { PushSubscriptionTable } from '../database/schema.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Secrets } from '../secrets/secrets.ts'

export interface WebPush {
  /** VAPID public key, RFC 8292, for a browser to subscribe with. */
  publicKey: string
  /** Whether the browser still listens. @throws OutboundError where its push service cannot be reached */
  send(to: Pick<PushSubscriptionTable, 'endpoint' | 'p256dh' | 'auth'>, message: PushMessage): Promise<boolean>
}

/** All that is shown on a locked screen: nothing about what waits. */
export interface PushMessage {
  title: string
  body: string
  /** Path to open. */
  path: string
  ttlSeconds: number
}

const timeoutMs = 10_000

// Where no browser listens, it is never read: a start would wait for it.
const load = async () => (await import('web-push')).default

/** Tells browsers through their makers' push services, which see neither the words nor for whom they are. */
export async function createWebPush(parts: { secrets: Secrets; outbound: Outbound; origin: string }): Promise<WebPush> {
  const { outbound, origin } = parts
  const keys = JSON.parse(
    await parts.secrets.getOrCreate('web-push', async () => JSON.stringify((await load()).generateVAPIDKeys())),
  ) as VapidKeys
  const subject = origin.startsWith('https:') ? origin : 'mailto:postern@localhost'
  return {
    publicKey: keys.publicKey,
    async send({ endpoint, p256dh, auth }, { ttlSeconds, ...shown }) {
      const { method, headers, body } = (await load()).generateRequestDetails(
        { endpoint, keys: { p256dh, auth } },
        JSON.stringify(shown),
        { vapidDetails: { subject, ...keys }, TTL: ttlSeconds, urgency: 'high', contentEncoding: 'aes128gcm' },
      )
      const { status } = await outbound.request(endpoint, {
        method,
        headers,
        body,
        timeoutMs,
        maxResponseBytes: 4_096,
      })
      // RFC 8030 §7.3: gone for good.
      return status !== 404 && status !== 410
    },
  }
}
