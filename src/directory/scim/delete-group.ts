import { recordEvent } from '../../audit/record.ts'
import type { Tx } from '../../database/handles.ts'
import type { TableName } from '../../database/schema.ts'
import { deleteManagedGroup } from '../../identity/managed-groups.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import type { ChangedGroup } from './change-group.ts'
import { changeMembers } from './change-members.ts'
import { checkMatch } from './change-user.ts'
import { groupTag, lockScimGroup, type ScimGroup } from './group-rows.ts'
import type { ScimRequest } from './scim-parts.ts'
import { writeScim } from './write-scim.ts'

/**
 * RFC 7644 §3.6. A group that a guardrail or a rule of a tool names, or that gives a role, stays here without members:
 * gone, the rule would quietly be about nobody, and a group of that name made later would be another.
 * @throws ScimError 404, 409, 412
 */
export const deleteScimGroup = (asked: ScimRequest, { id, ifMatch }: ChangedGroup): Promise<void> =>
  writeScim(asked, async (tx, request) => {
    const { connection } = request
    const group = await lockScimGroup(tx, request, id)
    checkMatch(ifMatch, groupTag(group))
    // Without it everybody's access would end, or nobody's ever again.
    if (connection.requiredGroupId === group.groupId)
      throw new ScimError(
        409,
        'People need this group to come in. Let an owner take that demand away under Directory first.',
      )
    const at = request.now()
    await changeMembers(tx, { request, group, at }, { kind: 'clear' })
    await request.forgetGroupGrants(tx, group.groupId)
    if (await isNamed(tx, request, group))
      await tx
        .updateTable('scimGroup')
        .set({ deletedAt: at, updatedAt: at, revision: group.revision + 1 })
        .where('groupId', '=', group.groupId)
        .execute()
    else {
      await tx.deleteFrom('scimGroup').where('groupId', '=', group.groupId).execute()
      await deleteManagedGroup(tx, group.groupId)
    }
    await recordEvent(tx, {
      action: 'directory.group-deleted',
      actor: null,
      target: { kind: 'group', id: group.groupId },
      facts: { group: group.name, displayName: group.displayName, connection: connection.name },
      at,
    })
  })

const isNamed = async (
  tx: Tx<TableName>,
  { policy, findToolNaming }: ScimRequest,
  { name, organisationRole }: ScimGroup,
): Promise<boolean> =>
  organisationRole !== null ||
  policy.current().policy.rules.some(({ who }) => who.includes(`group:${name}`)) ||
  (await findToolNaming(tx, name)) !== undefined
