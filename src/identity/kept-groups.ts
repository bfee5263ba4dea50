import { type Db, orUniqueViolation, type Tx, UniqueViolation } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { UserGroupTable } from '../database/schema.ts'
import { conflict } from '../http/problem.ts'
import { findGroup } from './groups.ts'
import { addGroupMembers, removeGroupMembers } from './managed-groups.ts'

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9-]{1,62}$/

/** Whether something outside may keep the group of this name: nobody has it, or itself does. @throws 409 */
export async function checkMayKeep(db: Db<'userGroup'>, name: string, managedBy: string): Promise<void> {
  if (!namePattern.test(name))
    throw conflict('group-name', `${name} cannot be the name of a group here.`, {
      help: 'Use 2 to 63 letters, digits and dashes, and begin with a letter or digit.',
    })
  const found = await findGroup(db, name)
  if (found !== undefined && found.managedBy !== managedBy)
    throw conflict('group-exists', `The group ${found.name} is kept by somebody else: people here, or a directory.`, {
      help: 'Choose another name, or delete that group first.',
    })
}

/** The group of this name, made where there is none, whose members are from now on set from outside alone. @throws 409 */
export async function keepGroup(
  tx: Tx<'userGroup'>,
  { name, managedBy, at }: { name: string; managedBy: string; at: number },
): Promise<Id<'grp'>> {
  await checkMayKeep(tx, name, managedBy)
  const found = await findGroup(tx, name)
  if (found !== undefined) return found.id
  const group: UserGroupTable = {
    id: newId('grp'),
    name,
    description: '',
    isDemo: 0,
    createdAt: at,
    managedBy,
    organisationRole: null,
  }
  try {
    await orUniqueViolation(tx.insertInto('userGroup').values(group).execute())
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw conflict('group-exists', `There is already a group ${name}.`, { help: 'Choose another name.' })
    throw error
  }
  return group.id
}

/**
 * Puts a person into exactly these of the groups that one keeper has, with the role these give; groups of others stay as
 * they are.
 * @param names of groups; those that it does not keep are passed over
 */
export async function setKeptGroups(
  tx: Tx<'groupMember' | 'user' | 'userGroup'>,
  { userId, managedBy, names, at }: { userId: Id<'usr'>; managedBy: string; names: ReadonlySet<string>; at: number },
): Promise<{ added: string[]; removed: string[] }> {
  const kept = await tx
    .selectFrom('userGroup')
    .leftJoin('groupMember', (on) =>
      on.onRef('groupMember.groupId', '=', 'userGroup.id').on('groupMember.userId', '=', userId),
    )
    .select(['userGroup.id', 'userGroup.name', 'groupMember.userId as memberId'])
    .where('userGroup.managedBy', '=', managedBy)
    .orderBy('userGroup.name')
    .execute()
  const joined = kept.filter(({ name, memberId }) => names.has(name) && memberId === null)
  const left = kept.filter(({ name, memberId }) => !names.has(name) && memberId !== null)
  for (const group of joined) await addGroupMembers(tx, group, [userId], at)
  for (const group of left) await removeGroupMembers(tx, group, [userId])
  return { added: joined.map(({ name }) => name), removed: left.map(({ name }) => name) }
}

/** People here keep those of its groups that are not among these from now on; who is in them stays. */
export async function releaseOtherGroups(
  tx: Tx<'userGroup'>,
  { managedBy, names }: { managedBy: string; names: ReadonlySet<string> },
): Promise<void> {
  const kept = await tx.selectFrom('userGroup').select(['id', 'name']).where('managedBy', '=', managedBy).execute()
  for (const { id, name } of kept)
    if (!names.has(name)) await tx.updateTable('userGroup').set({ managedBy: null }).where('id', '=', id).execute()
}
