import type { Db } from '../database/handles.ts'
import type { Caller } from '../identity/caller.ts'
import type { Application } from './application.ts'

/** Whether an application is open to somebody at all, before any question of proof. Agents are in by their groups alone. */
export async function isInAudience(
  db: Db<'groupMember'>,
  { audience, groupIds }: Pick<Application, 'audience' | 'groupIds'>,
  { id, kind, role }: Pick<Caller, 'id' | 'kind' | 'role'>,
): Promise<boolean> {
  if (audience === 'everyone') return kind === 'person'
  if (audience === 'members') return kind === 'person' && role !== 'guest'
  if (groupIds.length === 0) return false
  const member = await db
    .selectFrom('groupMember')
    .select('groupId')
    .where('userId', '=', id)
    .where('groupId', 'in', [...groupIds])
    .executeTakeFirst()
  return member !== undefined
}
