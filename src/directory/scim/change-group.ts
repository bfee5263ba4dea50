import { recordEvent } from '../../audit/record.ts'
import { orUniqueViolation, type Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { describeManagedGroup } from '../../identity/managed-groups.ts'
import { applyPatch } from '../../protocols/scim/apply-patch.ts'
import { groupType } from '../../protocols/scim/group-schema.ts'
import type { PatchOperation } from '../../protocols/scim/patch-request.ts'
import { emptyObject, type JsonObject } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { changeMembers, type MemberPlace } from './change-members.ts'
import { checkMatch } from './change-user.ts'
import { findScimGroup, groupTag, lockScimGroup, type ScimGroup } from './group-rows.ts'
import { type GroupSaid, readGroupSaid } from './group-said.ts'
import { type GroupStep, readGroupSteps, readMemberIds } from './group-steps.ts'
import type { ScimRequest } from './scim-parts.ts'
import { writeScim } from './write-scim.ts'

export interface ChangedGroup {
  id: string
  ifMatch: string | undefined
}

/** RFC 7644 §3.5.1: whoever it does not list is no member. @throws ScimError */
export function replaceScimGroup(
  asked: ScimRequest,
  { resource, ...wanted }: ChangedGroup & { resource: JsonObject },
): Promise<ScimGroup> {
  return change(asked, wanted, async (tx, place) => {
    const ids = readMemberIds(resource['members'])
    const isKept = await keep(tx, place, readGroupSaid(resource))
    return (await changeMembers(tx, place, { kind: 'set', ids })) || isKept
  })
}

/** RFC 7644 §3.5.2. All of it or nothing; one member of 50,000 costs no more than of one. @throws ScimError */
export function patchScimGroup(
  asked: ScimRequest,
  { operations, ...wanted }: ChangedGroup & { operations: readonly PatchOperation[] },
): Promise<ScimGroup> {
  return change(asked, wanted, async (tx, place) => {
    const steps = readGroupSteps(operations)
    const patched = applyPatch(groupType, readAttributes(place.group), steps.flatMap(operationsOf))
    let isChanged = await keep(tx, place, readGroupSaid(patched))
    for (const step of steps)
      if (step.kind !== 'attributes') isChanged = (await changeMembers(tx, place, step)) || isChanged
    return isChanged
  })
}

const operationsOf = (step: GroupStep): PatchOperation[] => (step.kind === 'attributes' ? [step.operation] : [])

const readAttributes = ({ displayName, externalId }: ScimGroup): JsonObject =>
  Object.assign(emptyObject(), { displayName, ...(externalId === null ? {} : { externalId }) })

function change(
  asked: ScimRequest,
  { id, ifMatch }: ChangedGroup,
  carryOut: (tx: Tx<TableName>, place: MemberPlace) => Promise<boolean>,
): Promise<ScimGroup> {
  return writeScim(asked, async (tx, request) => {
    const group = await lockScimGroup(tx, request, id)
    checkMatch(ifMatch, groupTag(group))
    const at = request.now()
    if (!(await carryOut(tx, { request, group, at }))) return group
    await tx
      .updateTable('scimGroup')
      .set((eb) => ({ revision: eb('revision', '+', 1), updatedAt: at }))
      .where('groupId', '=', group.groupId)
      .execute()
    return (await findScimGroup(tx, request.connection.id, id)) ?? group
  })
}

async function keep(
  tx: Tx<TableName>,
  { request: { connection }, group, at }: MemberPlace,
  said: GroupSaid,
): Promise<boolean> {
  if (said.displayName === group.displayName && said.externalId === group.externalId) return false
  if (said.displayNameKey !== group.displayNameKey) {
    const held = await tx
      .selectFrom('scimGroup')
      .select('groupId')
      .where('connectionId', '=', connection.id)
      .where('displayNameKey', '=', said.displayNameKey)
      .executeTakeFirst()
    if (held !== undefined)
      throw new ScimError(409, `There is another group ${said.displayName}. Give this one another name.`, 'uniqueness')
  }
  await orUniqueViolation(tx.updateTable('scimGroup').set(said).where('groupId', '=', group.groupId).execute())
  await describeManagedGroup(tx, group.groupId, said.displayName)
  await recordEvent(tx, {
    action: 'directory.group-changed',
    actor: null,
    target: { kind: 'group', id: group.groupId },
    facts: { group: group.name, displayName: said.displayName, former: group.displayName, connection: connection.name },
    at,
  })
  return true
}
