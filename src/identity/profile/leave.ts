import type { Database } from '../../database/handles.ts'
import { conflict, notFound } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf } from '../caller.ts'
import { checkStillHere } from '../ending/check-still-here.ts'
import type { EndAccess } from '../ending/end-access.ts'
import { isLastOwner, lockOwners } from '../ending/end-person.ts'
import { findUserById } from '../users.ts'
import { managedProblem } from './change-profile.ts'

/** Ends one's own access. @throws 409 for the last owner, and where somebody else manages the account */
export async function leave(
  { database, endAccess }: { database: Database; endAccess: EndAccess },
  { caller, takeSeal, now }: Act,
): Promise<void> {
  await database.write(async (tx) => {
    const seal = await takeSeal(tx)
    if (caller.role === 'owner') await lockOwners(tx)
    await checkStillHere(tx, caller.id)
    const user = await findUserById(tx, caller.id)
    if (user === undefined) throw notFound('Your account')
    if (user.managedBy !== null) throw managedProblem('leave')
    if (await isLastOwner(tx, user))
      throw conflict('last-owner', 'You are the last owner: nobody else could own the organisation.', {
        help: 'Make somebody else an owner first.',
      })
    const actor = actorOf(caller, seal)
    const reason = 'left by themselves'
    await endAccess.end(tx, { userId: user.id, cause: 'console', reason, actor, sealId: seal.id, at: now() })
  })
}
