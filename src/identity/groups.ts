import { recordEvent } from '../audit/record.ts'
import { type Database, type Db, orUniqueViolation, UniqueViolation } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import type { UserGroupTable } from '../database/schema.ts'
import { conflict, notFound, type ProblemError } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf } from './caller.ts'
import { getPersonByName } from './people.ts'
import type { Group } from './shapes.ts'

/** All groups with their members, by name. */
export async function listGroups(db: Db<'userGroup' | 'groupMember'>): Promise<Group[]> {
  const groups = await db.selectFrom('userGroup').selectAll().orderBy('name').execute()
  const members = await db
    .selectFrom('groupMember')
    .innerJoin('user', 'user.id', 'groupMember.userId')
    .select(['groupId', 'user.id', 'username', 'displayName'])
    .where('user.state', '=', 'active')
    .orderBy('username')
    .execute()
  return groups.map((group) => ({
    id: group.id,
    name: group.name,
    description: group.description,
    isDemo: group.isDemo === 1,
    members: members
      .filter((member) => member.groupId === group.id)
      .map(({ id, username, displayName }) => ({ id, username, displayName })),
  }))
}

export async function getGroup(db: Db<'userGroup'>, name: string): Promise<UserGroupTable> {
  const group = await findGroup(db, name)
  if (group === undefined) throw notFound('This group')
  return group
}

export const findGroup = (db: Db<'userGroup'>, name: string): Promise<UserGroupTable | undefined> =>
  db
    .selectFrom('userGroup')
    .selectAll()
    .where((eb) => eb(eb.fn<string>('lower', ['name']), '=', name.toLowerCase()))
    .executeTakeFirst()

/** @throws 409 where the name is taken, in whatever case */
export async function refuseTakenGroupName(db: Db<'userGroup'>, name: string): Promise<void> {
  if ((await findGroup(db, name)) !== undefined) throw groupExists(name)
}

const groupExists = (name: string): ProblemError => conflict('group-exists', `There is already a group ${name}.`)

export async function createGroup(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { name: string; description: string },
) {
  return database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const group: UserGroupTable = {
      id: newId('grp'),
      ...wanted,
      isDemo: caller.isDemo ? 1 : 0,
      createdAt: at,
      managedBy: null,
      organisationRole: null,
      demand: null,
    }
    try {
      await orUniqueViolation(tx.insertInto('userGroup').values(group).execute())
    } catch (error) {
      if (error instanceof UniqueViolation) throw groupExists(wanted.name)
      throw error
    }
    await recordEvent(tx, {
      action: 'group.created',
      actor: actorOf(caller, seal),
      target: { kind: 'group', id: group.id },
      facts: { group: group.name, seal: seal.id },
      at,
    })
    return group
  })
}

/** The roles given to the group go with it: `forgetGrants` belongs to the folder that keeps them. */
export async function deleteGroup(
  database: Database,
  { caller, takeSeal, now }: Act,
  name: string,
  forgetGrants: (tx: Parameters<Parameters<Database['write']>[0]>[0], groupId: string) => Promise<void>,
): Promise<void> {
  const group = await getGroup(database.read, name)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    await forgetGrants(tx, group.id)
    await tx.deleteFrom('groupMember').where('groupId', '=', group.id).execute()
    await tx.deleteFrom('userGroup').where('id', '=', group.id).execute()
    await recordEvent(tx, {
      action: 'group.deleted',
      actor: actorOf(caller, seal),
      target: { kind: 'group', id: group.id },
      facts: { group: group.name, seal: seal.id },
      at,
    })
  })
}

/** Puts a person into a group or takes them out; doing it twice changes nothing. */
export async function setGroupMember(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { group: string; username: string; isMember: boolean },
): Promise<void> {
  const group = await getGroup(database.read, wanted.group)
  const user = await getPersonByName(database.read, wanted.username)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const changed = wanted.isMember
      ? await tx
          .insertInto('groupMember')
          .values({ groupId: group.id, userId: user.id, joinedAt: at })
          .onConflict((conflictOn) => conflictOn.doNothing())
          .executeTakeFirst()
          .then((result) => Number(result.numInsertedOrUpdatedRows ?? 0))
      : await tx
          .deleteFrom('groupMember')
          .where('groupId', '=', group.id)
          .where('userId', '=', user.id)
          .executeTakeFirst()
          .then((result) => Number(result.numDeletedRows))
    if (changed === 0) return
    await recordEvent(tx, {
      action: wanted.isMember ? 'group.member-added' : 'group.member-removed',
      actor: actorOf(caller, seal),
      target: { kind: 'group', id: group.id },
      facts: { group: group.name, person: user.username, personId: user.id, seal: seal.id },
      at,
    })
  })
}
