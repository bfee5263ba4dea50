import type { Db } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import { inOneLine, notFound, ProblemError } from '../http/problem.ts'
import { type Caller, isAdmin } from './caller.ts'
import { checkRoleChange } from './change-role.ts'
import { listCredentialRecords } from './credential-records.ts'
import type { GrantPlaces } from './invitations/grant-places.ts'
import type { ListReachedTools } from './reached-tools.ts'
import { renderPerson } from './render-people.ts'
import { listSessionRows } from './sessions.ts'
import type { PersonDetail } from './shapes.ts'
import { findUserByUsername } from './users.ts'
import { renderCredential } from './views.ts'

/**
 * All that is known of one person or agent, for administrators, for themselves and for whoever answers for them.
 * @throws 404 for anybody else
 */
export async function getPersonDetail(
  db: Db<TableName>,
  {
    caller,
    username,
    places,
    listReachedTools,
    at,
  }: {
    caller: Pick<Caller, 'id' | 'role'>
    username: string
    places: GrantPlaces
    listReachedTools: ListReachedTools
    at: number
  },
): Promise<PersonDetail> {
  const user = await findUserByUsername(db, username)
  // Whoever has become a guest answers for nobody.
  const answering = caller.role === 'guest' ? [] : [user?.sponsorId, user?.ownerId]
  const isTheirs = [user?.id, ...answering].includes(caller.id)
  if (user === undefined || (!isAdmin(caller) && !isTheirs)) throw notFound('This person')
  const groups = await db
    .selectFrom('groupMember')
    .innerJoin('userGroup', 'userGroup.id', 'groupMember.groupId')
    .select('userGroup.name')
    .where('groupMember.userId', '=', user.id)
    .orderBy('userGroup.name')
    .execute()
  const answeredFor = await db
    .selectFrom('user')
    .select(['id', 'username', 'displayName', 'ownerId'])
    .where((eb) => eb.or([eb('ownerId', '=', user.id), eb('sponsorId', '=', user.id)]))
    .where('state', '=', 'active')
    .orderBy('username')
    .execute()
  const tokens = await db
    .selectFrom('apiToken')
    .select('id')
    .where('userId', '=', user.id)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', at)
    .execute()
  const refsOf = (isAgent: boolean) =>
    answeredFor
      .filter(({ ownerId }) => (ownerId === user.id) === isAgent)
      .map(({ id, username, displayName }) => ({ id, username, displayName }))
  return {
    person: await renderPerson(db, user),
    credentials: (await listCredentialRecords(db, user.id)).map((record) => renderCredential(record, null)),
    groups: groups.map(({ name }) => name),
    reaches: (await places.listReached(db, [user.id])).get(user.id) ?? [],
    tools: (await listReachedTools(db, [user])).get(user.id) ?? [],
    agents: refsOf(true),
    guests: refsOf(false),
    sessionCount: (await listSessionRows(db, user.id, at)).length,
    tokenCount: tokens.length,
    roleRefusal: isAdmin(caller) ? await findRoleRefusal(db, { caller, user }) : null,
  }
}

/** Asked with a role that nothing but a group or the lack of another owner speaks against. */
async function findRoleRefusal(
  db: Db<TableName>,
  { caller, user }: { caller: Pick<Caller, 'role'>; user: Parameters<typeof checkRoleChange>[2]['user'] },
): Promise<string | null> {
  try {
    await checkRoleChange(db, caller, {
      user,
      role: user.role !== 'member' ? 'member' : caller.role === 'owner' ? 'admin' : 'guest',
    })
    return null
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return inOneLine(error)
  }
}
