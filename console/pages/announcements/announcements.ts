import { getQuery } from '../../api/queries.ts'
import type { AnnouncementReport, AnnouncementView, Items } from '../../api/shapes.ts'

export const announcementsQuery = getQuery<Items<AnnouncementView>>('/announcements')
export const announcementQuery = (id: string) =>
  getQuery<AnnouncementReport>(`/announcements/${encodeURIComponent(id)}`)
export const ownAnnouncementsQuery = getQuery<Items<AnnouncementView>>('/me/announcements')
