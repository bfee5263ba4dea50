import { conflict, notFound } from '../../http/problem.ts'
import type { Act } from '../../identity/act.ts'
import { actorOf } from '../../identity/caller.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import { checkMayEnd, isLastOwner, lockOwners } from '../../identity/ending/end-person.ts'
import { findUserById } from '../../identity/users.ts'
import { domainOfAddress } from './domain-name.ts'
import { claimOver, closeClaim, findClaim, type SettleParts } from './settle-claims.ts'

/**
 * What becomes of somebody who objects: they are let go at any time, or, once the time of grace is over and their address
 * is still at the domain, their access ends. @throws 403, 404, 409
 */
export async function decideClaim(
  { database, endAccess }: Pick<SettleParts, 'database'> & { endAccess: EndAccess },
  { caller, takeSeal, now }: Act,
  { domainId, claimId, decision }: { domainId: string; claimId: string; decision: 'let-go' | 'end-access' },
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const actor = actorOf(caller, seal)
    const claim = await findClaim(tx, claimId)
    if (claim === undefined || claim.domainId !== domainId) throw notFound('This claim')
    if (claim.state !== 'noticed' && claim.state !== 'objected') throw claimOver()
    if (decision === 'let-go') {
      const reason = 'they were let go'
      if (!(await closeClaim(tx, claim, { state: 'withdrawn', actor, reason, at, sealId: seal.id }))) throw claimOver()
      return
    }
    if (claim.state !== 'objected')
      throw conflict('not-objected', 'This person has not objected.', {
        help: 'Wait until they answer or the time of grace is over, or let them go.',
      })
    if (at < claim.graceEndsAt)
      throw conflict('grace-runs', 'Until the time of grace is over they can still agree, or move their address.', {
        help: 'Wait until then, or let them go.',
      })
    const user = await findUserById(tx, claim.userId)
    if (user === undefined) throw notFound('This person')
    if (domainOfAddress(user.email) !== claim.domain)
      throw conflict('claim-over', `The address of ${user.displayName} is no longer at ${claim.domain}.`, {
        help: 'Let them go.',
      })
    await checkMayEnd(tx, caller, user)
    if (user.role === 'owner') await lockOwners(tx)
    if (await isLastOwner(tx, user))
      throw conflict('last-owner', 'This is the last owner: nobody else could own the organisation.', {
        help: 'Make somebody else an owner first.',
      })
    const reason = `objected to being managed by ${claim.domain}`
    await endAccess.end(tx, { userId: user.id, cause: 'domain', reason, actor, sealId: seal.id, at })
    if (!(await closeClaim(tx, claim, { state: 'refused', actor, reason, at, sealId: seal.id }))) throw claimOver()
  })
}
