import type { Id } from '../database/id.ts'
import type { WebhookTable } from '../database/schema.ts'
import type { Secrets } from '../secrets/secrets.ts'
import { newWebhookSecret } from './standard-webhooks.ts'

/** The former secret signs beside the new one for so long. */
export const formerSecretMs = 24 * 3_600_000

const purposeOf = (id: Id<'whk'>): string => `webhook ${id}`

/** A fresh secret, to be shown once, and the box in which it is kept. */
export function makeSecret(secrets: Secrets, id: Id<'whk'>): { secret: string; box: string } {
  const secret = newWebhookSecret()
  return { secret, box: secrets.seal(secret, purposeOf(id)) }
}

/** What a delivery is signed with now, newest first. */
export function openSecrets(
  secrets: Secrets,
  { id, secret, formerSecret, formerSecretUntil }: WebhookTable,
  at: number,
): string[] {
  const boxes = [secret, ...(formerSecret !== null && at < (formerSecretUntil ?? 0) ? [formerSecret] : [])]
  return boxes.map((box) => secrets.open(box, purposeOf(id)))
}
