import { recordEvent } from '../../audit/record.ts'
import { removeFromKeptGroups } from '../../identity/managed-groups.ts'
import { endByDirectory } from './change-access.ts'
import { checkMatch, lockScimUser } from './change-user.ts'
import { userTag } from './render-user.ts'
import type { ScimRequest } from './scim-parts.ts'
import { writeScim } from './write-scim.ts'

/**
 * RFC 7644 §3.6: the resource is gone, the access ends, the account stays with what its person did. Its name stays
 * theirs. @throws ScimError 404, 412
 */
export const deleteScimUser = (
  asked: ScimRequest,
  { id, ifMatch }: { id: string; ifMatch: string | undefined },
): Promise<void> =>
  writeScim(asked, async (tx, request) => {
    const user = await lockScimUser(tx, request, id)
    checkMatch(ifMatch, userTag(user))
    const at = request.now()
    await endByDirectory(tx, request, { ...user, cause: 'scim', at })
    await removeFromKeptGroups(tx, user.userId, request.connection.id)
    await tx
      .updateTable('scimUser')
      .set({ deletedAt: at, updatedAt: at, addressKey: null, isWanted: 0, revision: user.revision + 1 })
      .where('userId', '=', user.userId)
      .execute()
    await recordEvent(tx, {
      action: 'directory.user-deleted',
      actor: null,
      target: { kind: 'user', id: user.userId },
      facts: { person: user.username, connection: request.connection.name },
      at,
    })
  })
