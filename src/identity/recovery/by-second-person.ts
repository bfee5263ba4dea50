import { namePerson } from '../../audit/name-person.ts'
import type { Database, Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import { conflict, forbidden, notFound } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller } from '../caller.ts'
import { listCredentialRecords } from '../credential-records.ts'
import { getPersonByName } from '../people.ts'
import { getSetting } from '../settings.ts'
import { findUserById, type User } from '../users.ts'
import { beginRecovery, type RecoveryStops } from './begin-recovery.ts'
import { cancelRecovery } from './cancel-recovery.ts'
import { findRecoveryUnderWay } from './find-recovery.ts'

const hourMs = 3_600_000

/** Who may let whom back in: nobody themself, and only an owner an owner or administrator. @throws 403, 404, 409 */
export async function getRecoverable(
  db: Db<'user' | 'recovery' | 'credentialRecord'>,
  caller: Pick<Caller, 'id' | 'role'>,
  username: string,
): Promise<User> {
  const user = await getPersonByName(db, username)
  if (user.id === caller.id)
    throw forbidden(
      'Nobody can let themselves back in.',
      'Use one of your recovery codes, or ask another administrator.',
    )
  if (user.kind !== 'person')
    throw conflict('not-a-person', `${user.username} is an agent: it has no passkey to lose.`, {
      help: 'Make a token for it instead.',
    })
  if ((user.role === 'owner' || user.role === 'admin') && caller.role !== 'owner')
    throw forbidden('Only an owner can let owners and administrators back in.', 'Ask an owner.')
  if (user.isDemo === 1) throw forbidden('The example people never come in again.', 'Add a person of your own.')
  if (user.state !== 'active')
    throw conflict('access-ended', `The access of ${user.displayName} has ended: there is nothing to get back into.`, {
      help: 'Give them their access back first.',
    })
  if ((await findRecoveryUnderWay(db, user.id)) !== undefined)
    throw conflict('recovery-under-way', `A recovery of the account of ${user.displayName} is under way already.`, {
      help: 'It stands under Getting back in, where you can cancel it.',
    })
  if ((await listCredentialRecords(db, user.id)).length === 0)
    throw conflict('no-passkey', `${user.displayName} has no passkey that could be lost.`, {
      help: 'Make a registration link for them under People.',
    })
  return user
}

/** A second person begins it: everything stops at once, and the link opens after the delay that the owners have set. */
export async function recoverPerson(
  { database, stops }: { database: Database; stops: RecoveryStops },
  { caller, takeSeal, now }: Act,
  username: string,
): Promise<{ token: string; opensAt: number; expiresAt: number; user: User }> {
  return database.write(async (tx) => {
    const user = await getRecoverable(tx, caller, username)
    const seal = await takeSeal(tx)
    const delayHours = await getSetting(tx, 'recoveryDelayHours')
    const { recovery, token } = await beginRecovery(tx, stops, {
      user,
      kind: 'second-person',
      delayMs: delayHours * hourMs,
      startedBy: actorOf(caller, seal),
      sealId: seal.id,
      address: '',
      how: namePerson('how', caller, (name) =>
        delayHours === 0 ? `${name} lets them in, WITHOUT A DELAY` : `${name} lets them in`,
      ),
      at: now(),
    })
    return { token, opensAt: recovery.opensAt, expiresAt: recovery.expiresAt, user }
  })
}

/** An administrator stops a recovery under way, whoever began it. @throws 403 for one's own, 404, 409 */
export async function cancelAsAdministrator(
  { database, stops }: { database: Database; stops: RecoveryStops },
  { caller, takeSeal, now }: Act,
  id: string,
): Promise<void> {
  await database.write(async (tx) => {
    const { recovery } = await getCancellable(tx, caller, id)
    const seal = await takeSeal(tx)
    await cancelRecovery(tx, stops, {
      id: recovery.id,
      actor: actorOf(caller, seal),
      how: 'an administrator',
      sealId: seal.id,
      at: now(),
    })
  })
}

/** @throws 403 for one's own: what came in by a recovery does not judge it */
export async function getCancellable(db: Db<'user' | 'recovery'>, caller: Pick<Caller, 'id'>, id: string) {
  const recovery = await db
    .selectFrom('recovery')
    .selectAll()
    .where('id', '=', id as Id<'rcv'>)
    .executeTakeFirst()
  const user = recovery && (await findUserById(db, recovery.userId))
  if (recovery === undefined || user === undefined) throw notFound('This recovery')
  if (user.id === caller.id)
    throw forbidden(
      'Whoever gets back in does not decide about that.',
      'With a passkey you had before, sign in: you are asked whether it was you. Or ask another administrator.',
    )
  return { recovery, user }
}
