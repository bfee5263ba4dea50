import { setImmediate } from 'node:timers/promises'
import { type Db, orUniqueViolation, type Tx } from '../database/handles.ts'
import { type Id, newId } from '../database/id.ts'
import type { UserGroupTable } from '../database/schema.ts'
import { lockGroup } from './lock-group.ts'
import { recomputeRole } from './recompute-role.ts'
import { plain } from './users.ts'

// Below what the stores take as values of one statement.
const batch = 500

/**
 * A group whose members a directory sets. Its name here is made from the one it has there and stays, whatever it is
 * called later: rules and code owners name it.
 * @throws UniqueViolation where another transaction took the name meanwhile
 */
export async function createManagedGroup(
  tx: Tx<'userGroup'>,
  { displayName, managedBy, at }: { displayName: string; managedBy: string; at: number },
): Promise<UserGroupTable> {
  const group: UserGroupTable = {
    id: newId('grp'),
    name: await freeGroupName(tx, displayName),
    description: plain(displayName),
    isDemo: 0,
    createdAt: at,
    managedBy,
    organisationRole: null,
  }
  await orUniqueViolation(tx.insertInto('userGroup').values(group).execute())
  return group
}

async function freeGroupName(db: Db<'userGroup'>, displayName: string): Promise<string> {
  const letters = displayName
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-zA-Z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 50)
  const base = letters.length >= 2 ? letters : `group-${letters || 'new'}`
  const taken = await db
    .selectFrom('userGroup')
    .select('name')
    .where((eb) => eb(eb.fn<string>('lower', ['name']), 'like', `${base.toLowerCase()}%`))
    .execute()
  const names = new Set(taken.map(({ name }) => name.toLowerCase()))
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${number}`
    if (!names.has(name.toLowerCase())) return name
  }
}

export const describeManagedGroup = (tx: Tx<'userGroup'>, id: Id<'grp'>, displayName: string): Promise<unknown> =>
  tx
    .updateTable('userGroup')
    .set({ description: plain(displayName) })
    .where('id', '=', id)
    .execute()

export const deleteManagedGroup = (tx: Tx<'userGroup'>, id: Id<'grp'>): Promise<unknown> =>
  tx.deleteFrom('userGroup').where('id', '=', id).execute()

type Group = Pick<UserGroupTable, 'id'>

/** Puts people into a group. @returns those who were not in it */
export async function addGroupMembers(
  tx: Tx<'groupMember' | 'user' | 'userGroup'>,
  group: Group,
  userIds: readonly Id<'usr'>[],
  at: number,
): Promise<Id<'usr'>[]> {
  const role = await lockGroup(tx, group)
  const added: Id<'usr'>[] = []
  for (const some of batchesOf(userIds)) {
    // Long work on the thread that serves everybody.
    if (added.length > 0) await setImmediate()
    const rows = await tx
      .insertInto('groupMember')
      .values(some.map((userId) => ({ groupId: group.id, userId, joinedAt: at })))
      .onConflict((on) => on.doNothing())
      .returning('userId')
      .execute()
    added.push(...rows.map(({ userId }) => userId))
  }
  await recomputeRoles(tx, role, added)
  return added
}

/** Takes people out of a group, or everybody. @returns those who were in it */
export async function removeGroupMembers(
  tx: Tx<'groupMember' | 'user' | 'userGroup'>,
  group: Group,
  userIds: readonly Id<'usr'>[] | 'everybody',
): Promise<Id<'usr'>[]> {
  const role = await lockGroup(tx, group)
  const removed: Id<'usr'>[] = []
  for (const some of userIds === 'everybody' ? [undefined] : batchesOf(userIds)) {
    const query = tx.deleteFrom('groupMember').where('groupId', '=', group.id)
    const rows = await (some === undefined ? query : query.where('userId', 'in', some)).returning('userId').execute()
    removed.push(...rows.map(({ userId }) => userId))
  }
  await recomputeRoles(tx, role, removed)
  return removed
}

/** In one order everywhere, so that two groups that change at once do not wait for each other. */
async function recomputeRoles(
  tx: Tx<'user'>,
  role: UserGroupTable['organisationRole'],
  userIds: readonly Id<'usr'>[],
): Promise<void> {
  if (role === null) return
  for (const userId of userIds.toSorted()) {
    await recomputeRole(tx, userId)
    await setImmediate()
  }
}

function* batchesOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let from = 0; from < items.length; from += batch) yield items.slice(from, from + batch)
}

/** Takes somebody out of every group that one keeper has. */
export async function removeFromKeptGroups(
  tx: Tx<'groupMember' | 'user'>,
  userId: Id<'usr'>,
  managedBy: string,
): Promise<void> {
  await tx
    .deleteFrom('groupMember')
    .where('userId', '=', userId)
    .where('groupId', 'in', (eb) =>
      eb.selectFrom('userGroup').select('userGroup.id').where('userGroup.managedBy', '=', managedBy),
    )
    .execute()
  await recomputeRole(tx, userId)
}
