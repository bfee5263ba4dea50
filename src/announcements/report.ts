import type { Db } from '../database/handles.ts'
import type { AnnouncementTable } from '../database/schema.ts'
import { letterKey } from './announce.ts'
import { enrolledSince, listMembers, renderAnnouncement } from './records.ts'
import type { AnnouncementReader, AnnouncementReport } from './shapes.ts'

type Tables =
  | 'announcement'
  | 'announcementReader'
  | 'groupMember'
  | 'userGroup'
  | 'user'
  | 'credentialRecord'
  | 'letter'

/** Who was reached, who has done what it asks, and who is stuck: of those in the group today. */
export async function reportAnnouncement(
  db: Db<Tables>,
  row: AnnouncementTable,
  now: number,
): Promise<AnnouncementReport> {
  const members = await listMembers(db, row.groupId)
  const ids = members.map(({ id }) => id)
  const enrolled = row.asksFor === null ? new Map<string, number>() : await enrolledSince(db, ids, row.asksFor)
  const seen = await db
    .selectFrom('announcementReader')
    .select(['userId', 'seenAt'])
    .where('announcementId', '=', row.id)
    .execute()
  const seenBy = new Map(seen.map(({ userId, seenAt }) => [userId, seenAt]))
  const letters = await db
    .selectFrom('letter')
    .select(['toUserId', 'sentAt', 'failedAt'])
    .where('kind', '=', 'announcement')
    .where('dedupeKey', '>=', letterKey(row.id, ''))
    .where('dedupeKey', '<', letterKey(row.id, '~'))
    .execute()
  const letterOf = new Map(letters.map((letter) => [letter.toUserId, letter]))
  const readers = members.map((person): AnnouncementReader => {
    const letter = letterOf.get(person.id)
    const seenAt = seenBy.get(person.id) ?? null
    const enrolledAt = enrolled.get(person.id) ?? null
    const isDone = row.asksFor === null ? seenAt !== null : enrolledAt !== null
    const isUnreachable = seenAt === null && (letter === undefined || letter.failedAt !== null)
    const isLate = row.dueAt !== null && now >= row.dueAt
    const isTold = seenAt !== null || (letter !== undefined && letter.sentAt !== null)
    return {
      person,
      state: isDone ? 'done' : isLate || isUnreachable ? 'stuck' : isTold ? 'told' : 'waiting',
      letterSentAt: letter?.sentAt ?? null,
      seenAt,
      enrolledAt,
    }
  })
  return { announcement: await renderAnnouncement(db, row, false), readers }
}
