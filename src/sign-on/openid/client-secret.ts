import { newOauthSecret } from '../token-form.ts'
import { hashSecret } from '../../http/secret.ts'

/** How long the former secret works on beside a new one. */
export const overlapMs = 24 * 3_600_000

/** Shown once; only its hash is kept. */
export function newClientSecret(): { secret: string; secretHash: string } {
  const secret = newOauthSecret('ocs')
  return { secret, secretHash: hashSecret(secret) }
}
