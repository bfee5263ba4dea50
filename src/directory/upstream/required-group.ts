import type { Db, Tx } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { TableName } from '../../database/schema.ts'
import type { EndAccess } from '../../identity/ending/end-access.ts'
import type { Joined } from './find-or-make-person.ts'
import type { Provider } from './openid.ts'
import type { ProvenIdentity } from './proven-identity.ts'
import { UpstreamError } from './upstream-error.ts'

/**
 * Where a group there is required: whoever is not in it any more loses their access here, if the organisation manages
 * their account, and gets back exactly that when they come again and are in it. What somebody else ended stays ended.
 * @throws UpstreamError where they are not in it; what it ended is to be committed all the same
 */
export async function checkRequiredGroup(
  tx: Tx<TableName>,
  { endAccess }: { endAccess: Pick<EndAccess, 'end' | 'restore'> },
  {
    provider,
    identity,
    known,
    at,
  }: { provider: Provider; identity: ProvenIdentity; known: Joined | undefined; at: number },
): Promise<void> {
  const { requiredGroup, name } = provider
  if (requiredGroup === null || identity.groups === null) return
  if (identity.groups === undefined)
    throw new UpstreamError('groups-unknown', 'It did not say which groups this account is in, and one is required.')
  const isIn = identity.groups.has(requiredGroup)
  if (known !== undefined) {
    const { user, link } = known
    if (!isIn && user.state === 'active' && user.managedBy !== null && link.endedAt === null) {
      const reason = `${name} does not list them in the group ${requiredGroup}`
      const ended = await endAccess.end(tx, { userId: user.id, cause: 'upstream', reason, actor: null, at })
      if (ended !== undefined)
        await tx.updateTable('externalIdentity').set({ broughtEnd: ended.id }).where('id', '=', link.id).execute()
    }
    if (isIn && user.state === 'ended' && link.broughtEnd !== null && (await lastEnd(tx, user.id)) === link.broughtEnd)
      await endAccess.restore(tx, { userId: user.id, cause: 'upstream', actor: null, at })
  }
  if (!isIn) throw new UpstreamError('required-group', `This account is not in the group ${requiredGroup} there.`)
}

const lastEnd = (db: Db<'accessEnd'>, userId: Id<'usr'>): Promise<Id<'end'> | undefined> =>
  db
    .selectFrom('accessEnd')
    .select('id')
    .where('userId', '=', userId)
    .orderBy('decidedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
    .then((row) => row?.id)
