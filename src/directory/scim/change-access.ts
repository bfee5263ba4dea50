import type { Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import { endSentInvitation } from '../../identity/registration-links.ts'
import { findUserById } from '../../identity/users.ts'
import type { ScimRequest } from './scim-parts.ts'

type Parts = Pick<ScimRequest, 'endAccess' | 'connection'>

const reasons = {
  scim: { as: 'scim', words: 'said so' },
  group: { as: 'group', words: 'took them out of the group they need' },
  'not-in-group': { as: 'group', words: 'has not put them into the group they need yet' },
} as const

/**
 * Ends the access of somebody the directory no longer wants here, the last owner's too (decision 38): refusing would
 * leave in whoever was let go.
 */
export async function endByDirectory(
  tx: Tx<TableName>,
  { endAccess, connection }: Parts,
  { userId, cause, at }: { userId: Id<'usr'>; cause: keyof typeof reasons; at: number },
): Promise<void> {
  const { as, words } = reasons[cause]
  const reason = `${connection.name} ${words}`
  await endAccess.end(tx, { userId, cause: as, reason, actor: null, at })
}

/**
 * Takes somebody back whom the directory wants here again and whom it had ended itself. Where a group is required they
 * have to be in it. What somebody here ended, no directory undoes. Whoever has never registered gets the link for it.
 */
export async function takeBackByDirectory(
  tx: Tx<TableName>,
  { endAccess, connection, invite }: Parts & Pick<ScimRequest, 'invite'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<void> {
  const { requiredGroupId } = connection
  if (requiredGroupId !== null && !(await isMember(tx, requiredGroupId, userId))) return
  for (const cause of ['scim', 'group'] as const)
    if ((await endAccess.restore(tx, { userId, cause, actor: null, at })) !== undefined) {
      const user = await findNewcomer(tx, userId)
      if (user !== undefined) await invite(tx, user, { connection: connection.name, at })
      return
    }
}

/** Whoever has not come in yet gets their link at the address of today: at the one of before it may be a stranger's. */
export async function inviteAtNewAddress(
  tx: Tx<TableName>,
  { connection, invite }: Pick<ScimRequest, 'connection' | 'invite'>,
  { userId, at }: { userId: Id<'usr'>; at: number },
): Promise<void> {
  const user = (await endSentInvitation(tx, { userId, at })) ? await findNewcomer(tx, userId) : undefined
  if (user !== undefined) await invite(tx, user, { connection: connection.name, at })
}

/** Undefined where they ever had a passkey. */
async function findNewcomer(tx: Tx<TableName>, userId: Id<'usr'>) {
  const passkey = await tx.selectFrom('credentialRecord').select('id').where('userId', '=', userId).executeTakeFirst()
  return passkey === undefined ? findUserById(tx, userId) : undefined
}

const isMember = async (tx: Tx<TableName>, groupId: Id<'grp'>, userId: Id<'usr'>): Promise<boolean> =>
  (await tx
    .selectFrom('groupMember')
    .select('userId')
    .where('groupId', '=', groupId)
    .where('userId', '=', userId)
    .executeTakeFirst()) !== undefined
