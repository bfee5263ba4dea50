import { recordEvent } from '../audit/record.ts'
import { type Database, type Db, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { TableName, UserGroupTable } from '../database/schema.ts'
import { conflict, notFound, type ProblemError } from '../http/problem.ts'
import type { Act } from './act.ts'
import { actorOf, type Caller } from './caller.ts'
import { lockGroup } from './lock-group.ts'
import { checkMayGive } from './may-give.ts'
import { getPersonByName } from './people.ts'
import { recomputeRole } from './recompute-role.ts'

export async function getGroup(db: Db<'userGroup'>, name: string): Promise<UserGroupTable> {
  const group = await findGroup(db, name)
  if (group === undefined) throw notFound('This group')
  return group
}

/** As it is when nobody else changes it, or who is in it, any more. @throws 404 */
async function getLockedGroup(tx: Tx<'userGroup'>, name: string): Promise<UserGroupTable> {
  const group = await getGroup(tx, name)
  return { ...group, organisationRole: await lockGroup(tx, group) }
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

/**
 * Who may say who is in a group, or let it go: not the console where something else keeps it, and only an owner where it
 * makes administrators. @throws 403, 409
 */
export function checkMayKeepMembers(
  caller: Pick<Caller, 'role'>,
  { name, managedBy, organisationRole }: Pick<UserGroupTable, 'name' | 'managedBy' | 'organisationRole'>,
): void {
  if (managedBy !== null)
    throw conflict('managed-group', `Who is in ${name} is set by your directory, and only there.`, {
      help: 'Change the group in the directory.',
    })
  if (organisationRole !== null) checkMayGive(caller, organisationRole)
}

const groupExists = (name: string): ProblemError =>
  conflict('group-exists', `There is already a group ${name}.`, { help: 'Choose another name.' })

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

interface ElsewhereOfGroups {
  /** @throws 409 where a rule names the group */
  refuseNamed: (db: Db<TableName>, name: string) => Promise<void>
  /** The roles given to the group go with it. */
  forgetGrants: (tx: Tx<TableName>, groupId: string) => Promise<void>
}

/** What else knows of the group belongs to other folders. */
export async function deleteGroup(
  database: Database,
  { caller, takeSeal, now }: Act,
  name: string,
  { refuseNamed, forgetGrants }: ElsewhereOfGroups,
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const group = await getLockedGroup(tx, name)
    checkMayKeepMembers(caller, group)
    await refuseNamed(tx, group.name)
    await forgetGrants(tx, group.id)
    const members = await tx.deleteFrom('groupMember').where('groupId', '=', group.id).returning('userId').execute()
    if (group.organisationRole !== null) for (const { userId } of members) await recomputeRole(tx, userId)
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

export const isGroupMember = async (db: Db<'groupMember'>, groupId: Id<'grp'>, userId: Id<'usr'>): Promise<boolean> =>
  (await db
    .selectFrom('groupMember')
    .select('userId')
    .where('groupId', '=', groupId)
    .where('userId', '=', userId)
    .executeTakeFirst()) !== undefined

/** Puts a person into a group or takes them out; doing it twice changes nothing. */
export async function setGroupMember(
  database: Database,
  { caller, takeSeal, now }: Act,
  wanted: { group: string; username: string; isMember: boolean },
): Promise<void> {
  const user = await getPersonByName(database.read, wanted.username)
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const group = await getLockedGroup(tx, wanted.group)
    checkMayKeepMembers(caller, group)
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
    if (group.organisationRole !== null) await recomputeRole(tx, user.id)
    await recordEvent(tx, {
      action: wanted.isMember ? 'group.member-added' : 'group.member-removed',
      actor: actorOf(caller, seal),
      target: { kind: 'group', id: group.id },
      facts: { group: group.name, person: user.username, personId: user.id, seal: seal.id },
      at,
    })
  })
}

/**
 * What the members of a group are in the organisation at least, managed or not: the rights it gives are decided here.
 * @throws 403 unless an owner makes or unmakes administrators
 */
export async function setGroupRole(
  database: Database,
  { caller, takeSeal, now }: Act,
  { name, organisationRole }: { name: string; organisationRole: UserGroupTable['organisationRole'] },
): Promise<void> {
  await database.write(async (tx) => {
    const at = now()
    const seal = await takeSeal(tx)
    const group = await getLockedGroup(tx, name)
    checkMayChangeRole(caller, group, organisationRole)
    await tx.updateTable('userGroup').set({ organisationRole }).where('id', '=', group.id).execute()
    const members = await tx
      .selectFrom('groupMember')
      .select('userId')
      .where('groupId', '=', group.id)
      .orderBy('userId')
      .execute()
    for (const { userId } of members) await recomputeRole(tx, userId)
    await recordEvent(tx, {
      action: 'group.changed',
      actor: actorOf(caller, seal),
      target: { kind: 'group', id: group.id },
      facts: {
        group: group.name,
        role: organisationRole ?? 'nothing more',
        former: group.organisationRole ?? 'nothing more',
        people: members.length,
        seal: seal.id,
      },
      at,
    })
  })
}

/** @throws 403 */
export function checkMayChangeRole(
  caller: Pick<Caller, 'role'>,
  group: Pick<UserGroupTable, 'organisationRole'>,
  organisationRole: UserGroupTable['organisationRole'],
): void {
  for (const role of [group.organisationRole, organisationRole]) if (role !== null) checkMayGive(caller, role)
}
