import { forgetExpiredTokens, issueToken } from '../../access-keys/issue-token.ts'
import type { TokenScope } from '../../access-keys/shapes.ts'
import { recordEvent } from '../../audit/record.ts'
import type { Database } from '../../database/handles.ts'
import type { WorkloadTrustTable } from '../../database/schema.ts'
import { hashSecret } from '../../http/secret.ts'
import type { Proven } from './check-claims.ts'
import { NotTrusted } from './exchange-refused.ts'
import { isStanding } from './trusts.ts'

/** A token as it is handed out; times in seconds as RFC 6749 §5.1 wants them. */
export interface Traded {
  secret: string
  expiresInSeconds: number
  scopes: readonly TokenScope[]
}

const minuteMs = 60_000
const hourMs = 60 * minuteMs

/** One transaction: the trust still stands as it was judged, the token is used up, ours is made and told of. */
export function trade(
  { database, now }: { database: Database; now: () => number },
  repository: { id: WorkloadTrustTable['repositoryId']; path: string },
  { trust, proven, scopes }: { trust: WorkloadTrustTable; proven: Proven; scopes: readonly TokenScope[] },
): Promise<Traded> {
  const { subject, once, goneAt } = proven
  return database.write(async (tx) => {
    const at = now()
    const standing = await tx
      .updateTable('workloadTrust')
      .set({ lastUsedAt: at, lastSubject: subject })
      .where('id', '=', trust.id)
      .where('endedAt', 'is', null)
      .where('conditions', '=', trust.conditions)
      .where('audience', '=', trust.audience)
      .where('access', '=', trust.access)
      .where('keys', trust.keys === null ? 'is' : '=', trust.keys)
      .returningAll()
      .executeTakeFirst()
    if (standing === undefined || !isStanding(standing, at))
      throw new NotTrusted('condition', 'This pipeline has just been changed or ended.', subject)
    const { userId, name, runHours, lifetimeMinutes } = standing
    const endsAt = at + runHours * hourMs
    const expiresAt = Math.min(endsAt, at + lifetimeMinutes * minuteMs)
    await tx.deleteFrom('workloadRun').where('trustId', '=', trust.id).where('forgetAt', '<', at).execute()
    await forgetExpiredTokens(tx, userId, at)
    const { id: tokenId, secret } = await issueToken(tx, {
      userId,
      name,
      scopes,
      repositoryId: repository.id,
      at,
      expiresAt,
    })
    const run = { trustId: trust.id, proof: hashSecret(once) }
    const first = await tx
      .insertInto('workloadRun')
      .values({ ...run, subject, startedAt: at, endsAt, tokenId, forgetAt: Math.max(endsAt, goneAt) })
      .onConflict((conflict) => conflict.columns(['trustId', 'proof']).doNothing())
      .returning('proof')
      .executeTakeFirst()
    // Thrown, so that the token made above is gone again.
    if (first === undefined)
      throw new NotTrusted('condition', 'It was traded before: each token is traded once.', subject)
    await tx
      .insertInto('workloadToken')
      .values({ tokenId, ...run })
      .execute()
    await recordEvent(tx, {
      action: 'workload.traded',
      actor: { id: userId, method: 'token', strength: 'password' },
      target: { kind: 'workload', id: trust.id },
      repositoryId: repository.id,
      facts: {
        repository: repository.path,
        pipeline: name,
        issuer: trust.issuer,
        subject,
        token: tokenId,
        scopes: scopes.join(' '),
        expiresAt,
      },
      at,
    })
    return { secret, expiresInSeconds: Math.floor((expiresAt - at) / 1000), scopes }
  })
}
