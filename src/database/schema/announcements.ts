import type { Id } from '../id.ts'
import type { Strength } from './scales.ts'

/** The tables that `announcements/` writes. */
export interface AnnouncementsTables {
  announcement: AnnouncementTable
  announcementReader: AnnouncementReaderTable
}

/** What an administrator tells everybody of a group, until it is taken down. */
export interface AnnouncementTable {
  id: Id<'ann'>
  groupId: Id<'grp'>
  title: string
  body: string
  /** The least strength of a key that whoever is told should have; null: it only tells. */
  asksFor: Strength | null
  dueAt: number | null
  createdBy: Id<'usr'>
  createdAt: number
  endedAt: number | null
}

/** Who has had an announcement in front of them. */
export interface AnnouncementReaderTable {
  announcementId: Id<'ann'>
  userId: Id<'usr'>
  seenAt: number
  /** When they put it away; it stands on their Home until then. */
  putAwayAt: number | null
}
