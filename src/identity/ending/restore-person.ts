import type { Db, Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { conflict, forbidden, nothingLeft } from '../../http/problem.ts'
import type { Act } from '../act.ts'
import { actorOf, type Caller } from '../caller.ts'
import { createRegistrationLink } from '../registration-links.ts'
import { getSetting } from '../settings.ts'
import { findUserById, type User } from '../users.ts'
import { type EndAccess, listStandingEnds } from './end-access.ts'
import { isUnwanted } from './is-unwanted.ts'

const dayMs = 24 * 3_600_000

/**
 * Gives somebody their account back, and a link to register with, which an administrator makes in the browser where a
 * program asked; nothing they had before comes back with it.
 * @throws 403, 409 where it is not the caller's to give, or the directory's
 */
export async function restorePerson(
  endAccess: EndAccess,
  tx: Tx<TableName>,
  { caller, takeSeal, now }: Act,
  known: User,
): Promise<{ token: string; expiresAt: number } | undefined> {
  const at = now()
  const seal = await takeSeal(tx)
  const user = (await findUserById(tx, known.id)) ?? known
  await checkMayRestore(tx, caller, user)
  const actor = actorOf(caller, seal)
  const isPast = user.endsAt !== null && user.endsAt <= at
  const endsAt = isPast ? { endsAt: at + (await getSetting(tx, 'guestDays')) * dayMs } : {}
  const restored = await endAccess.takeBack(tx, { userId: user.id, ...endsAt, actor, sealId: seal.id, at })
  if (restored === undefined) throw isHere(user)
  // Whoever has the link is them: it is for whoever taps, and never for a program that asked for the tap.
  if (user.kind !== 'person' || caller.by.kind !== 'session') return undefined
  return createRegistrationLink(tx, { purpose: 'invitation', userId: user.id, createdBy: caller.id, at })
}

/** @throws 403, 409 */
export async function checkMayRestore(
  db: Db<'accessEnd' | 'user' | 'scimUser' | 'directoryConnection' | 'groupMember'>,
  caller: Pick<Caller, 'role'>,
  user: User,
): Promise<void> {
  if (caller.role !== 'owner' && (user.role === 'owner' || user.role === 'admin'))
    throw forbidden('Only an owner gives owners and administrators their access back.', 'Ask an owner.')
  if (user.state === 'active') throw isHere(user)
  if (user.isDemo === 1) throw forbidden('The example people never come in again.', 'Add a person of your own.')
  const standing = await listStandingEnds(db, user.id)
  if (standing.some(({ cause }) => cause === 'scim' || cause === 'group') && user.managedBy !== null)
    throw conflict('managed', `The directory ended the access of ${user.displayName}.`, {
      help: 'Take them back there: it would end their access again.',
    })
  await checkIsWanted(db, user)
  const owner = user.ownerId === null ? undefined : await findState(db, user.ownerId)
  if (owner === 'ended')
    throw conflict('owner-ended', 'The person who answers for this agent is not here any more.', {
      help: 'Give that person their access back first, or make a new agent.',
    })
}

/** @throws 409 where the directory that manages them does not want them */
export async function checkIsWanted(
  db: Db<'scimUser' | 'directoryConnection' | 'groupMember'>,
  user: Pick<User, 'id' | 'managedBy' | 'displayName'>,
): Promise<void> {
  if (await isUnwanted(db, user))
    throw conflict('managed', `The directory does not want ${user.displayName} here any more.`, {
      help: 'Take them back there first.',
    })
}

const isHere = ({ displayName }: User) =>
  conflict('not-ended', `${displayName} has access already.`, { help: nothingLeft })

async function findState(db: Db<'user'>, id: User['id']): Promise<User['state'] | undefined> {
  return (await db.selectFrom('user').select('state').where('id', '=', id).executeTakeFirst())?.state
}
