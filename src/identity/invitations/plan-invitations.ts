import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName, UserGroupTable } from '../../database/schema.ts'
import { conflict, forbidden, invalid } from '../../http/problem.ts'
import { listHolders } from '../account-addresses.ts'
import type { Caller } from '../caller.ts'
import { getGuestEnd } from '../guests/guest-days.ts'
import { checkMayKeepMembers, findGroup } from '../groups.ts'
import { checkMayGive } from '../may-give.ts'
import { isOnlyWritten } from '../profile/release-address.ts'
import { findUserByUsername, type User } from '../users.ts'
import { refuseReplacingAbove } from './above-caller.ts'
import type { Grant, GrantPlaces } from './grant-places.ts'
import type { NewInvitations } from './shapes.ts'

/** What is asked for, with every name looked up. */
export interface InvitationPlan {
  emails: string[]
  role: NewInvitations['role']
  groups: Pick<UserGroupTable, 'id' | 'name'>[]
  grants: (Grant & { path: string })[]
  endsAt: number | null
  sponsor: Pick<User, 'id' | 'username' | 'displayName'> | null
  message: string
}

/** @throws 403, 409 or 422 with what is wrong; nobody is invited then */
export async function planInvitations(
  db: Db<TableName>,
  places: GrantPlaces,
  { caller, wanted, at }: { caller: Pick<Caller, 'id' | 'role'>; wanted: NewInvitations; at: number },
): Promise<InvitationPlan> {
  checkMayGive(caller, wanted.role)
  const emails = [...new Map(wanted.emails.map((email) => [email.toLowerCase(), email])).values()]
  await refuseKnownAddresses(db, emails)
  await refuseReplacingAbove(db, caller, { emails, at })
  const isGuest = wanted.role === 'guest'
  if (!isGuest && (wanted.endsAt !== undefined || wanted.sponsor !== undefined))
    throw invalid('endsAt', 'Only a guest has an end date and somebody who answers for them.')
  return {
    emails,
    role: wanted.role,
    groups: await Promise.all((wanted.groups ?? []).map((name) => getInvitingGroup(db, caller, name))),
    grants: await Promise.all((wanted.grants ?? []).map((grant) => getGrant(db, places, grant))),
    endsAt: isGuest ? await getGuestEnd(db, wanted.endsAt, at) : null,
    sponsor: isGuest ? await getSponsor(db, wanted.sponsor, caller.id) : null,
    message: (wanted.message ?? '').trim(),
  }
}

async function refuseKnownAddresses(db: Db<'accountAddress' | 'user'>, emails: readonly string[]): Promise<void> {
  const here: string[] = []
  for (const email of emails) if (await isHere(db, email)) here.push(email)
  if (here.length === 0) return
  throw conflict('already-here', `${here.length === 1 ? 'Somebody' : 'People'} with ${list(here)} are here already.`, {
    help: 'Leave them out, and invite the others.',
    fields: { emails: here.join(', ') },
  })
}

const isHere = async (db: Db<'accountAddress' | 'user'>, email: string): Promise<boolean> =>
  (await listHolders(db, email)).some(
    (holder) => holder.isCurrent && holder.user.state === 'active' && !isOnlyWritten(holder),
  )

const list = (emails: readonly string[]): string =>
  emails.length === 1 ? 'this address' : `${emails.length} of these addresses`

async function getInvitingGroup(db: Db<'userGroup'>, caller: Pick<Caller, 'role'>, name: string) {
  const group = await findGroup(db, name)
  if (group === undefined) throw invalid('groups', `There is no group ${name}.`)
  checkMayKeepMembers(caller, group)
  return { id: group.id, name: group.name }
}

async function getGrant(db: Db<TableName>, places: GrantPlaces, { path, role }: { path: string; role: Grant['role'] }) {
  const place = await places.find(db, path)
  if (place === undefined) throw invalid('grants', `There is no project or repository ${path}.`)
  return { ...place, role }
}

/** Somebody who is here to stay: a guest cannot answer for another. */
async function getSponsor(
  db: Db<'user'>,
  username: string | undefined,
  otherwise: Id<'usr'>,
): Promise<NonNullable<InvitationPlan['sponsor']>> {
  const user =
    username === undefined
      ? await db.selectFrom('user').selectAll().where('id', '=', otherwise).executeTakeFirst()
      : await findUserByUsername(db, username)
  if (user === undefined || user.state !== 'active' || user.kind !== 'person')
    throw invalid('sponsor', 'Nobody of this name is here who could answer for a guest. Name a member.')
  if (user.role === 'guest') throw forbidden('A guest cannot answer for another guest.', 'Name a member.')
  return { id: user.id, username: user.username, displayName: user.displayName }
}
