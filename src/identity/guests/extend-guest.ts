import { recordEvent } from '../../audit/record.ts'
import type { Database, Db } from '../../database/handles.ts'
import { conflict, forbidden, notFound, nothingLeft } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller, isAdmin } from '../caller.ts'
import type { EndAccess } from '../ending/end-access.ts'
import { checkIsWanted } from '../ending/restore-person.ts'
import { mayGive } from '../may-give.ts'
import { lockPerson } from '../recovery/void-ways-back.ts'
import { findUserByUsername, type User } from '../users.ts'
import { getGuestEnd } from './guest-days.ts'
import { findSponsor } from './guest-ends.ts'

/** By themselves: a group that makes them more takes no end date away. */
export const isGuest = ({ kind, role, baseRole }: Pick<User, 'kind' | 'role' | 'baseRole'>): boolean =>
  kind === 'person' && (baseRole ?? role) === 'guest'

/**
 * A guest whom the caller may prolong: who answers for them, or an administrator. Whoever came with a list to stay until a
 * day is prolonged as they are. @throws 403, 404, 409
 */
export async function getOwnGuest(
  db: Db<'user'>,
  caller: Pick<Caller, 'id' | 'role'>,
  username: string,
): Promise<User> {
  const user = await findUserByUsername(db, username)
  // Whoever has become a guest answers for nobody, and is not told who is here.
  if (user === undefined || caller.role === 'guest') throw notFound('This guest')
  const isOwn = user.sponsorId === caller.id
  if (!isGuest(user) && (user.kind !== 'person' || user.endsAt === null))
    throw conflict('not-a-guest', `${user.displayName} is no guest: their access has no end date.`, {
      help: nothingLeft,
    })
  if (user.id === caller.id) throw forbidden('Nobody prolongs their own access.', 'Ask another administrator.')
  if (!isAdmin(caller) && !isOwn)
    throw forbidden(`Only whoever answers for ${user.displayName} can prolong their access.`, 'Ask an administrator.')
  if (!mayGive(caller, user.role))
    throw forbidden('Only an owner can prolong the access of an administrator.', 'Ask an owner.')
  // What has ended, a member does not bring back.
  if (user.state === 'ended' && !isAdmin(caller))
    throw forbidden(`The access of ${user.displayName} has ended.`, 'An administrator can prolong it still.')
  return user
}

/** Moves the end date; where it has just passed, the account and its passkeys come back, and nothing else does. */
export async function extendGuest(
  { database, endAccess }: { database: Database; endAccess: EndAccess },
  { caller, takeSeal, now }: Act,
  { username, endsAt: wanted }: { username: string; endsAt?: number | undefined },
): Promise<User> {
  return database.write(async (tx) => {
    const seal = await takeSeal(tx)
    const at = now()
    const { id } = await getOwnGuest(tx, caller, username)
    // As it is when the day that has just come is over with them, or waits for this.
    await lockPerson(tx, id)
    const user = await getOwnGuest(tx, caller, username)
    const endsAt = await getGuestEnd(tx, wanted, at)
    const actor = actorOf(caller, seal)
    if (user.state === 'ended') {
      await checkIsWanted(tx, user)
      const restored = await endAccess.restore(tx, { userId: user.id, cause: 'guest-end', actor, sealId: seal.id, at })
      if (restored === undefined)
        throw conflict('access-ended', `The access of ${user.displayName} was ended, it did not run out.`, {
          help: 'Give it back on their page, if that is meant.',
        })
    }
    // Whoever prolongs it answers from now on where nobody does any more.
    const sponsorId = isGuest(user) ? ((await findSponsor(tx, user.sponsorId, at))?.id ?? caller.id) : user.sponsorId
    await tx.updateTable('user').set({ endsAt, sponsorId }).where('id', '=', user.id).execute()
    await recordEvent(tx, {
      action: 'guest.extended',
      actor,
      target: { kind: 'user', id: user.id },
      facts: { person: user.username, former: user.endsAt ?? 0, endsAt, seal: seal.id },
      at,
    })
    return { ...user, state: 'active', endsAt, sponsorId }
  })
}
