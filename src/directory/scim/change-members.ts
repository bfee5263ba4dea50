import { setImmediate } from 'node:timers/promises'
import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import { addGroupMembers, removeGroupMembers } from '../../identity/managed-groups.ts'
import type { Filter } from '../../protocols/scim/filter.ts'
import { matchesFilter } from '../../protocols/scim/match-filter.ts'
import { isObject } from '../../protocols/scim/schema.ts'
import { badRequest } from '../../protocols/scim/scim-error.ts'
import { endByDirectory, takeBackByDirectory } from './change-access.ts'
import { listMembersOf, type ScimGroup } from './group-rows.ts'
import type { GroupStep } from './group-steps.ts'
import type { ScimRequest } from './scim-parts.ts'

// Below what the stores take as values of one statement; and as many names as one event may hold.
const batch = 500
const namesInEvent = 100

type MemberStep = Exclude<GroupStep, { kind: 'attributes' }>

/** Which group, for which request. */
export interface MemberPlace {
  request: ScimRequest
  group: ScimGroup
  at: number
}

/** Carries one step out; nobody is read who is not named in it. @returns whether it changed anything @throws ScimError */
export async function changeMembers(tx: Tx<TableName>, place: MemberPlace, step: MemberStep): Promise<boolean> {
  const { group, at } = place
  const key = { id: group.groupId }
  if (step.kind === 'add')
    return noteAdded(tx, place, await addGroupMembers(tx, key, await checkPeople(tx, place, step.ids), at))
  if (step.kind === 'set') {
    const wanted = await checkPeople(tx, place, step.ids)
    const isWanted = new Set(wanted)
    const former = await tx.selectFrom('groupMember').select('userId').where('groupId', '=', group.groupId).execute()
    const gone = former.flatMap(({ userId }) => (isWanted.has(userId) ? [] : [userId]))
    const isFormer = new Set(former.map(({ userId }) => userId))
    const removed = await noteRemoved(tx, place, await removeGroupMembers(tx, key, gone))
    const added = await addGroupMembers(
      tx,
      key,
      wanted.filter((id) => !isFormer.has(id)),
      at,
    )
    return (await noteAdded(tx, place, added)) || removed
  }
  if (step.kind === 'clear') return noteRemoved(tx, place, await removeGroupMembers(tx, key, 'everybody'))
  const ids = step.kind === 'remove-matching' ? await findMatching(tx, place, step.filter) : step.ids
  return noteRemoved(tx, place, await removeGroupMembers(tx, key, ids))
}

async function findMatching(tx: Tx<TableName>, { request, group }: MemberPlace, filter: Filter): Promise<Id<'usr'>[]> {
  const { connection, base } = request
  const listed = await listMembersOf(tx, { connectionId: connection.id, groupIds: [group.groupId], base })
  return (listed.get(group.groupId) ?? []).flatMap((member) =>
    isObject(member) && matchesFilter(member, filter) ? [member['value'] as Id<'usr'>] : [],
  )
}

/** Only people whom this connection brought. @throws ScimError `invalidValue` */
async function checkPeople(
  tx: Tx<TableName>,
  { request }: MemberPlace,
  ids: readonly Id<'usr'>[],
): Promise<Id<'usr'>[]> {
  const distinct = [...new Set(ids)]
  for (let from = 0; from < distinct.length; from += batch) {
    await setImmediate()
    const some = distinct.slice(from, from + batch)
    const rows = await tx
      .selectFrom('scimUser')
      .select('userId')
      .where('userId', 'in', some)
      .where('connectionId', '=', request.connection.id)
      .where('deletedAt', 'is', null)
      .execute()
    if (rows.length === some.length) continue
    const known = new Set<string>(rows.map(({ userId }) => userId))
    throw badRequest('invalidValue', `There is no user ${(some.find((id) => !known.has(id)) ?? '').slice(0, 100)}.`)
  }
  return distinct
}

async function noteAdded(tx: Tx<TableName>, place: MemberPlace, ids: readonly Id<'usr'>[]): Promise<boolean> {
  await record(tx, place, 'directory.members-added', ids)
  if (isRequired(place))
    for (const { userId, isWanted } of await readPeople(tx, ids)) {
      await setImmediate()
      if (isWanted === 1) await takeBackByDirectory(tx, place.request, { userId, at: place.at })
    }
  return ids.length > 0
}

async function noteRemoved(tx: Tx<TableName>, place: MemberPlace, ids: readonly Id<'usr'>[]): Promise<boolean> {
  await record(tx, place, 'directory.members-removed', ids)
  if (isRequired(place))
    for (const { userId } of await readPeople(tx, ids)) {
      await setImmediate()
      await endByDirectory(tx, place.request, { userId, cause: 'group', at: place.at })
    }
  return ids.length > 0
}

const isRequired = ({ request, group }: MemberPlace): boolean => request.connection.requiredGroupId === group.groupId

async function readPeople(tx: Tx<TableName>, ids: readonly Id<'usr'>[]) {
  const people = []
  for (let from = 0; from < ids.length; from += batch)
    people.push(
      ...(await tx
        .selectFrom('scimUser')
        .innerJoin('user', 'user.id', 'scimUser.userId')
        .select(['scimUser.userId', 'scimUser.isWanted', 'user.username'])
        .where('scimUser.userId', 'in', ids.slice(from, from + batch))
        .orderBy('scimUser.userId')
        .execute()),
    )
  return people
}

/** Who came or went stands in the record by name, a hundred to an event. */
async function record(
  tx: Tx<TableName>,
  { request, group, at }: MemberPlace,
  action: 'directory.members-added' | 'directory.members-removed',
  ids: readonly Id<'usr'>[],
): Promise<void> {
  const people = await readPeople(tx, ids)
  for (let from = 0; from < people.length; from += namesInEvent) {
    // Long work on the thread that serves everybody.
    if (from > 0) await setImmediate()
    const some = people.slice(from, from + namesInEvent)
    await recordEvent(tx, {
      action,
      actor: null,
      target: { kind: 'group', id: group.groupId },
      facts: {
        group: group.name,
        connection: request.connection.name,
        count: some.length,
        people: some.map(({ username }) => username).join(', '),
      },
      at,
    })
  }
}
