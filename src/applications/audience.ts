import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { Caller } from '../identity/caller.ts'
import type { Application } from './application.ts'

type Open = Pick<Application, 'audience' | 'groupIds'>

/** Whether an application is open to somebody at all, before any question of proof. Agents are in by their groups alone. */
export function isOpenTo(
  { audience, groupIds }: Open,
  { kind, role, groupIds: own }: Pick<Caller, 'kind' | 'role'> & { groupIds: readonly Id<'grp'>[] },
): boolean {
  if (audience === 'everyone') return kind === 'person'
  if (audience === 'members') return kind === 'person' && role !== 'guest'
  return own.some((groupId) => groupIds.includes(groupId))
}

/** The same, of somebody whose groups are read here, where they are asked for. */
export async function isInAudience(
  db: Db<'groupMember'>,
  application: Open,
  caller: Pick<Caller, 'id' | 'kind' | 'role'>,
): Promise<boolean> {
  const { audience, groupIds } = application
  const own =
    audience === 'groups' && groupIds.length > 0
      ? await db
          .selectFrom('groupMember')
          .select('groupId')
          .where('userId', '=', caller.id)
          .where('groupId', 'in', [...groupIds])
          .execute()
      : []
  return isOpenTo(application, { ...caller, groupIds: own.map(({ groupId }) => groupId) })
}
