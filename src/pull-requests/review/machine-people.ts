import type { Action } from '../../audit/actions.ts'
import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'

/** By which somebody had a secret of it in their hands, or said who gets one. */
const handled: readonly Action[] = [
  'deploy-key.added',
  'deploy-key.changed',
  'deploy-key.kept',
  'deploy-key.rotated',
  'workload.added',
  'workload.changed',
  'workload.kept',
]

/** Who answers for the program that did something; nobody where a person did. */
export async function listAnswering(
  db: Db<'user' | 'deployKey' | 'workloadTrust' | 'auditEvent'>,
  id: Id<'usr'>,
): Promise<Id<'usr'>[]> {
  const user = await db.selectFrom('user').select(['kind', 'ownerId']).where('id', '=', id).executeTakeFirst()
  if (user === undefined || user.kind === 'person') return []
  return [...(user.ownerId === null ? [] : [user.ownerId]), ...(await listMachinePeople(db, [id]))]
}

/**
 * Who stands behind deploy keys and pipelines: whoever made, changed, renewed or kept one, or a key before it or after, and
 * whoever looks after it. A machine has no owner of its own, and none of them is a second person beside it.
 */
export async function listMachinePeople(
  db: Db<'deployKey' | 'workloadTrust' | 'auditEvent'>,
  machineIds: readonly Id<'usr'>[],
): Promise<Id<'usr'>[]> {
  if (machineIds.length === 0) return []
  const keys = db.selectFrom('deployKey').where('userId', 'in', machineIds)
  const trusts = db.selectFrom('workloadTrust').where('userId', 'in', machineIds)
  const people = ['createdBy', 'stewardId'] as const
  const rows = [...(await keys.select(people).execute()), ...(await trusts.select(people).execute())]
  const events = await db
    .selectFrom('auditEvent')
    .select('actorId')
    .distinct()
    .where(({ eb, or }) => or([eb('targetId', 'in', keys.select('id')), eb('targetId', 'in', trusts.select('id'))]))
    .where('action', 'in', handled)
    .execute()
  return [
    ...rows.flatMap(({ createdBy, stewardId }) => [createdBy, stewardId]),
    ...events.flatMap(({ actorId }) => actorId ?? []),
  ]
}
