import { recordEvent } from '../audit/record.ts'
import type { Database, Db, Tx } from '../database/handles.ts'
import type { OrganisationRole } from '../database/schema.ts'
import { conflict, forbidden } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf, type Caller } from './caller.ts'
import { countOwners } from './count-owners.ts'
import { getGuestEnd } from './guests/guest-days.ts'
import { getPersonByName } from './people.ts'
import { strongestRole } from './recompute-role.ts'
import type { User } from './users.ts'

export const roleWords: Record<OrganisationRole, string> = {
  owner: 'an owner',
  admin: 'an administrator',
  member: 'a member',
  guest: 'a guest',
}

const isHigh = (role: OrganisationRole): boolean => role === 'owner' || role === 'admin'

/** @throws 403 or 409 with why this person's role stays */
export async function checkRoleChange(
  db: Db<'user' | 'userGroup' | 'groupMember'>,
  caller: Pick<Caller, 'role'>,
  { user, role }: { user: User; role: OrganisationRole },
): Promise<void> {
  if (user.kind !== 'person')
    throw conflict('not-a-person', `${user.displayName} is an agent: it has no role.`, {
      help: 'Give it a role in a project or repository instead.',
    })
  if (user.state !== 'active')
    throw conflict('access-ended', `The access of ${user.displayName} has ended.`, {
      help: 'Give them their access back first.',
    })
  if (user.isDemo === 1) throw forbidden('The example people stay as they are.', 'Add a person of your own.')
  if (caller.role !== 'owner' && (isHigh(role) || isHigh(user.role)))
    throw forbidden('Only an owner makes and unmakes owners and administrators.', 'Ask an owner.')
  if (user.role === 'owner' && role !== 'owner' && (await countOwners(db)) < 2) throw lastOwner()
  if (role === 'guest') await checkAnswersForNoAgent(db, user)
  const least = await findLeastRole(db, user)
  if (strongestRole([role, least]) !== role)
    throw conflict('role-from-groups', `A group or directory makes ${user.displayName} ${roleWords[least]} at least.`, {
      help: 'Put them into other groups, or change what those groups make of their members.',
    })
}

/** A guest answers for no agent, and one for whom nobody answers stops. @throws 409 */
async function checkAnswersForNoAgent(db: Db<'user'>, user: User): Promise<void> {
  const agents = await db
    .selectFrom('user')
    .select('username')
    .where('ownerId', '=', user.id)
    .where('kind', '=', 'agent')
    .where('state', '=', 'active')
    .orderBy('username')
    .execute()
  if (agents.length === 0) return
  const names = agents.map(({ username }) => username).join(', ')
  throw conflict('answers-for-agents', `${user.displayName} answers for agents, which a guest cannot: ${names}.`, {
    help: 'Hand them over under People, Agents, or end them, and try again.',
  })
}

/** API tokens of agents that this person has made, and so has seen: a guest knows none that count. */
export async function countTokensSeen(db: Db<'apiToken'>, userId: User['id'], at: number): Promise<number> {
  const rows = await db
    .selectFrom('apiToken')
    .select('id')
    .where((eb) => eb.or([eb('madeBy', '=', userId), eb('nextMadeBy', '=', userId)]))
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .execute()
  return rows.length
}

const lastOwner = () =>
  conflict('last-owner', 'This is the last owner.', { help: 'Make somebody else an owner before.' })

/** What somebody is by their groups, and because a directory brought them. */
async function findLeastRole(db: Db<'groupMember'>, user: Pick<User, 'id' | 'managedBy'>): Promise<OrganisationRole> {
  const rows = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select('organisationRole')
    .where('groupMember.userId', '=', user.id)
    .where('organisationRole', 'is not', null)
    .execute()
  const given = rows.flatMap(({ organisationRole }) => organisationRole ?? [])
  return strongestRole(user.managedBy?.startsWith('dir_') === true ? [...given, 'member'] : given)
}

/** A guest gets an end date and somebody who answers for them, whoever stays loses both. */
export async function changeRole(
  database: Database,
  { caller, takeSeal, now }: Act,
  { username, role }: { username: string; role: OrganisationRole },
): Promise<User> {
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    await lockOwners(tx)
    const user = await getPersonByName(tx, username)
    await checkRoleChange(tx, caller, { user, role })
    if (user.role === role && user.baseRole === null) return user
    // Also where a group had made more of them: their end date was a guest's.
    const wasGuest = (user.baseRole ?? user.role) === 'guest'
    const changed =
      role === 'guest'
        ? { role, baseRole: null, endsAt: await getGuestEnd(tx, undefined, at), sponsorId: caller.id }
        : { role, baseRole: null, endsAt: wasGuest ? null : user.endsAt, sponsorId: null }
    await tx.updateTable('user').set(changed).where('id', '=', user.id).execute()
    // Made when they were less: whoever holds one would now get more.
    await tx
      .updateTable('registrationLink')
      .set({ consumedAt: at })
      .where('userId', '=', user.id)
      .where('consumedAt', 'is', null)
      .execute()
    await recordEvent(tx, {
      action: 'person.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'user', id: user.id },
      facts: { person: user.username, role, former: user.role, seal: seal.id },
      at,
    })
    return { ...user, ...changed }
  })
}

/** Two owners who step back at once wait here for each other, so that one of them stays. */
async function lockOwners(tx: Tx<'user'>): Promise<void> {
  await tx
    .updateTable('user')
    .set((eb) => ({ generation: eb.ref('generation') }))
    .where('role', '=', 'owner')
    .execute()
}
