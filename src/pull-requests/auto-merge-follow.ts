import type { EventFollower } from '../audit/follow-events.ts'
import { namePerson } from '../audit/name-person.ts'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import { listPersonRefs } from '../identity/users.ts'
import { switchOff } from './auto-merge.ts'
import { methodWords } from './merge-methods.ts'

/**
 * In the transaction of an event: merging when ready ends with what ends it, so that nothing is asked for in between.
 */
export const followAutoMerge: EventFollower = async (tx, event) => {
  const { actor, action, target, at } = event
  const off = (id: string, reason: Parameters<typeof switchOff>[2]['reason']): Promise<void> =>
    switchOff(tx, id as Id<'prq'>, { actor: null, reason, at })
  if (action === 'pull-request.closed') return off(target.id, 'It was closed')
  if (action === 'pull-request.drafted') return off(target.id, 'It is a draft again')
  if (action === 'pull-request.pushed') {
    const row = await tx
      .selectFrom('pullRequest')
      .select(['id', 'autoMergeBy'])
      .where('id', '=', target.id as Id<'prq'>)
      .executeTakeFirst()
    if (row === undefined || row.autoMergeBy === null || row.autoMergeBy === actor?.id) return
    return off(row.id, await reasonOf(tx, actor?.id, 'pushed to it'))
  }
  if (action !== 'seal.refused') return
  const request = await tx
    .selectFrom('sealRequest')
    .select('about')
    .where('id', '=', target.id as Id<'srq'>)
    .where('action', 'in', Object.keys(methodWords))
    .executeTakeFirst()
  if (typeof request?.about === 'string') await off(request.about, await reasonOf(tx, actor?.id, 'did not tap'))
}

async function reasonOf(tx: Tx<TableName>, id: string | undefined, did: string) {
  const person = (await listPersonRefs(tx, [id ?? null])).get(id ?? '')
  return person === undefined ? `Somebody else ${did}` : namePerson('reason', person, (name) => `${name} ${did}`)
}
