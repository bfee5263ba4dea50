import type { Tx } from '../../database/handles.ts'
import { notFound } from '../../http/problem.ts'
import type { Provider } from './openid.ts'
import { UpstreamError } from './upstream-error.ts'

/** The place as it is now, its row locked: whoever changes it or comes in by it meanwhile does so before or after. */
const hold = (tx: Tx<'identityProvider'>, id: string): Promise<Provider | undefined> =>
  tx
    .updateTable('identityProvider')
    .set((eb) => ({ endedAt: eb.ref('endedAt') }))
    .where('id', '=', id as Provider['id'])
    .where('endedAt', 'is', null)
    .returningAll()
    .executeTakeFirst()

/** The same for a change of it: what somebody else has decided a moment before is not undone by it. @throws 404 */
export async function holdProvider(tx: Tx<'identityProvider'>, id: string): Promise<Provider> {
  const provider = await hold(tx, id)
  if (provider === undefined) throw notFound('This place to sign in')
  return provider
}

/**
 * The place as it is set up now, held, which may be otherwise than when its answer was asked for.
 * @throws UpstreamError where it is gone, or what was asked and verified is not what would be asked now
 */
export async function lockProvider(tx: Tx<'identityProvider'>, asked: Provider): Promise<Provider> {
  const provider = await hold(tx, asked.id)
  if (provider === undefined) throw new UpstreamError('provider-gone', 'It is no longer set up here.')
  const isAsBefore = judgedBy.every((field) => provider[field] === asked[field])
  if (!isAsBefore) throw new UpstreamError('not-finished', 'It was set up otherwise meanwhile. Begin again.')
  return provider
}

/** What the answer was verified by, and read by. */
const judgedBy = ['issuer', 'clientId', 'clientSecretBox', 'trustsAcr', 'demandsLocalPasskey', 'groupClaim'] as const
