import type { Tx } from '../../database/handles.ts'
import type { Provider } from './openid.ts'
import { UpstreamError } from './upstream-error.ts'

/**
 * The place as it is set up now, which may be otherwise than when its answer was asked for; its row is locked, so that
 * whoever removes or changes it comes before or after.
 * @throws UpstreamError where it is gone, or what was asked and verified is not what would be asked now
 */
export async function lockProvider(tx: Tx<'identityProvider'>, asked: Provider): Promise<Provider> {
  const provider = await tx
    .updateTable('identityProvider')
    .set((eb) => ({ endedAt: eb.ref('endedAt') }))
    .where('id', '=', asked.id)
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()
  if (provider === undefined) throw new UpstreamError('provider-gone', 'It is no longer set up here.')
  const isAsBefore = judgedBy.every((field) => provider[field] === asked[field])
  if (!isAsBefore) throw new UpstreamError('not-finished', 'It was set up otherwise meanwhile. Begin again.')
  return provider
}

/** What the answer was verified by, and read by. */
const judgedBy = ['issuer', 'clientId', 'clientSecretBox', 'trustsAcr', 'demandsLocalPasskey', 'groupClaim'] as const
