import type { Database, Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { enrolledSince, getAnnouncement, renderAnnouncement } from './records.ts'
import type { AnnouncementView } from './shapes.ts'

type Tables = 'announcement' | 'announcementReader' | 'groupMember' | 'userGroup' | 'user' | 'credentialRecord'

/** What a person is told and has not put away, the newest first. */
export async function listOwn(db: Db<Tables>, userId: Id<'usr'>): Promise<AnnouncementView[]> {
  const rows = await db
    .selectFrom('announcement')
    .innerJoin('groupMember', 'groupMember.groupId', 'announcement.groupId')
    .selectAll('announcement')
    .where('groupMember.userId', '=', userId)
    .where('announcement.endedAt', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('announcementReader')
            .select('announcementReader.userId')
            .whereRef('announcementReader.announcementId', '=', 'announcement.id')
            .where('announcementReader.userId', '=', userId)
            .where('announcementReader.putAwayAt', 'is not', null),
        ),
      ),
    )
    .orderBy('announcement.createdAt', 'desc')
    .limit(5)
    .execute()
  return Promise.all(
    rows.map(async (row) => {
      const isDone = row.asksFor !== null && (await enrolledSince(db, [userId], row.asksFor)).has(userId)
      return renderAnnouncement(db, row, isDone)
    }),
  )
}

/** The person has it in front of them, or has put it away. @throws 404 */
export async function noteSeen(
  database: Database,
  wanted: { id: string; userId: Id<'usr'>; isPutAway: boolean; at: number },
): Promise<void> {
  const { userId, isPutAway, at } = wanted
  await database.write(async (tx) => {
    const row = await getAnnouncement(tx, wanted.id)
    const seen = { announcementId: row.id, userId, seenAt: at, putAwayAt: isPutAway ? at : null }
    await tx
      .insertInto('announcementReader')
      .values(seen)
      .onConflict((conflict) => {
        const known = conflict.columns(['announcementId', 'userId'])
        return isPutAway ? known.doUpdateSet({ putAwayAt: at }) : known.doNothing()
      })
      .execute()
  })
}
