import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { mayLetIn } from '../check-link-maker.ts'
import type { Recovery } from './find-recovery.ts'

/**
 * Those of these recoveries whose link lets nobody in: whoever made it has left, or may not let this person in as things
 * are. Nothing ends by that, as the passkeys of before may be in wrong hands; who administers the organisation decides.
 */
export async function findDeadLinks(
  db: Db<'recovery' | 'registrationLink' | 'user'>,
  recoveries: readonly Pick<Recovery, 'id'>[],
  at: number,
): Promise<ReadonlySet<Id<'rcv'>>> {
  if (recoveries.length === 0) return new Set()
  const rows = await db
    .selectFrom('recovery')
    .innerJoin('registrationLink', 'registrationLink.id', 'recovery.linkId')
    .innerJoin('user', 'user.id', 'recovery.userId')
    .leftJoin('user as maker', 'maker.id', 'registrationLink.createdBy')
    .select(['recovery.id', 'registrationLink.createdBy', 'registrationLink.consumedAt', 'user.role'])
    .select(['maker.state', 'maker.role as makerRole', 'maker.endsAt'])
    .where(
      'recovery.id',
      'in',
      recoveries.map(({ id }) => id),
    )
    .where('recovery.newCredentialId', 'is', null)
    .execute()
  const dead = rows.filter(({ createdBy, consumedAt, role, state, makerRole, endsAt }) => {
    if (consumedAt !== null) return true
    if (createdBy === null) return false
    return state === null || makerRole === null || !mayLetIn({ state, role: makerRole, endsAt }, role, at)
  })
  return new Set(dead.map(({ id }) => id))
}
