import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { AnnouncementTable, Strength } from '../database/schema.ts'
import { notFound } from '../http/problem.ts'
import { credentialStrength, isAtLeast } from '../policy/strength.ts'
import type { AnnouncementView } from './shapes.ts'
import { listPersonRefs } from '../identity/users.ts'

export async function getAnnouncement(db: Db<'announcement'>, id: string): Promise<AnnouncementTable> {
  const row = await db
    .selectFrom('announcement')
    .selectAll()
    .where('id', '=', id as Id<'ann'>)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This announcement')
  return row
}

/** Active people of the group, by name. */
export const listMembers = (db: Db<'groupMember'>, groupId: Id<'grp'>) =>
  db
    .selectFrom('groupMember')
    .innerJoin('user', 'user.id', 'groupMember.userId')
    .select(['user.id', 'user.username', 'user.displayName'])
    .where('groupMember.groupId', '=', groupId)
    .where('user.state', '=', 'active')
    .where('user.kind', '=', 'person')
    .orderBy('user.username')
    .execute()

/** Since when each of these people has a key of this strength; who has none is left out. */
export async function enrolledSince(
  db: Db<'credentialRecord'>,
  userIds: readonly Id<'usr'>[],
  strength: Strength,
): Promise<Map<string, number>> {
  if (userIds.length === 0) return new Map()
  const records = await db
    .selectFrom('credentialRecord')
    .select(['userId', 'createdAt', 'backupEligible', 'attestationOutcome', 'strengthCap'])
    .where('userId', 'in', userIds)
    .where('endedAt', 'is', null)
    .where('suspendedBy', 'is', null)
    .orderBy('createdAt', 'desc')
    .execute()
  return new Map(
    records
      .filter((record) => isAtLeast(credentialStrength(record), strength))
      .map(({ userId, createdAt }) => [userId, createdAt]),
  )
}

export async function renderAnnouncement(
  db: Db<'userGroup' | 'user'>,
  row: AnnouncementTable,
  isDone: boolean,
): Promise<AnnouncementView> {
  const group = await db.selectFrom('userGroup').select('name').where('id', '=', row.groupId).executeTakeFirst()
  const by = (await listPersonRefs(db, [row.createdBy])).get(row.createdBy)
  return {
    id: row.id,
    group: group?.name ?? '',
    title: row.title,
    body: row.body,
    asksFor: row.asksFor,
    dueAt: row.dueAt,
    by: by ?? { id: row.createdBy, username: '', displayName: '' },
    createdAt: row.createdAt,
    endedAt: row.endedAt,
    isDone,
  }
}
