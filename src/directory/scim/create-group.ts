import { recordEvent } from '../../audit/record.ts'
import { orUniqueViolation, type Tx } from '../../database/handles.ts'
import type { ScimGroupTable, TableName } from '../../database/schema.ts'
import { createManagedGroup } from '../../identity/managed-groups.ts'
import type { JsonObject } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { changeMembers } from './change-members.ts'
import { type ScimGroup, selectScimGroups } from './group-rows.ts'
import { type GroupSaid, readGroupSaid } from './group-said.ts'
import { readMemberIds } from './group-steps.ts'
import type { ScimRequest } from './scim-parts.ts'
import { writeScim } from './write-scim.ts'

/** A group that the directory brings, RFC 7644 §3.3. @throws ScimError 409 `uniqueness`, 400 for members who are nobody */
export function createScimGroup(asked: ScimRequest, resource: JsonObject): Promise<ScimGroup> {
  const said = readGroupSaid(resource)
  const ids = readMemberIds(resource['members'])
  return writeScim(asked, async (tx, request) => {
    const at = request.now()
    const known = await selectScimGroups(tx)
      .where('scimGroup.connectionId', '=', request.connection.id)
      .where('displayNameKey', '=', said.displayNameKey)
      .executeTakeFirst()
    if (known !== undefined && known.deletedAt === null)
      throw new ScimError(
        409,
        `There is already a group ${said.displayName}. Give this one another name.`,
        'uniqueness',
      )
    const group = await bring(tx, request, said, known, at)
    if (ids.length > 0) await changeMembers(tx, { request, group, at }, { kind: 'add', ids })
    return group
  })
}

async function bring(
  tx: Tx<TableName>,
  { connection }: ScimRequest,
  said: GroupSaid,
  former: ScimGroup | undefined,
  at: number,
): Promise<ScimGroup> {
  const here =
    former === undefined
      ? await createManagedGroup(tx, { displayName: said.displayName, managedBy: connection.id, at })
      : { id: former.groupId, name: former.name, organisationRole: former.organisationRole }
  const row: ScimGroupTable = {
    groupId: here.id,
    connectionId: connection.id,
    ...said,
    revision: (former?.revision ?? 0) + 1,
    createdAt: at,
    updatedAt: at,
    deletedAt: null,
  }
  const { groupId, ...changed } = row
  await orUniqueViolation<unknown>(
    former === undefined
      ? tx.insertInto('scimGroup').values(row).execute()
      : tx.updateTable('scimGroup').set(changed).where('groupId', '=', groupId).execute(),
  )
  await recordEvent(tx, {
    action: 'directory.group-created',
    actor: null,
    target: { kind: 'group', id: groupId },
    facts: { group: here.name, displayName: said.displayName, connection: connection.name },
    at,
  })
  return { ...row, name: here.name, organisationRole: here.organisationRole }
}
