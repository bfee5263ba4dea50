import type { EventFollower } from '../../audit/follow-events.ts'
import type { Id } from '../../database/id.ts'
import { findUserById } from '../../identity/users.ts'
import { domainOfAddress } from './domain-name.ts'
import { closeClaim, findClaim } from './settle-claims.ts'

/**
 * Whoever moves their address away from the domain, or is no longer here, is no longer asked for: in the transaction that
 * moves or ends them. Where the claim itself ended them, its own decision stands.
 */
export const followPeople: EventFollower = async (tx, event) => {
  const { action, actor, at } = event
  const hasEnded = action === 'access.ended' && event.facts?.['cause'] !== 'domain'
  if (!hasEnded && action !== 'profile.changed') return
  const userId = event.target.id as Id<'usr'>
  const open = await tx
    .selectFrom('domainClaim')
    .select('id')
    .where('userId', '=', userId)
    .where('state', 'in', ['noticed', 'objected'])
    .executeTakeFirst()
  if (open === undefined) return
  const claim = await findClaim(tx, open.id)
  const user = await findUserById(tx, userId)
  if (claim === undefined || user === undefined) return
  const hasMoved = domainOfAddress(user.email) !== claim.domain
  if (!hasEnded && !hasMoved) return
  const reason = hasEnded ? 'their access ended' : 'their address is elsewhere now'
  await closeClaim(tx, claim, { state: 'withdrawn', actor, reason, at })
}
