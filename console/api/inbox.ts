import { useQuery } from '@tanstack/react-query'
import { getQuery, pagesQuery } from './queries.ts'
import type { Inbox, InboxItem } from './shapes.ts'

/** What others ask of me comes without my doing anything: looked for while the page is in front. */
const LOOK_EVERY_MS = 30_000

export const inboxPages = { ...pagesQuery<InboxItem>('/inbox'), refetchInterval: LOOK_EVERY_MS }

/** How much waits for my tap; 0 until it is known. */
export const useInboxCount = (): number =>
  useQuery({ ...getQuery<Inbox>('/inbox'), refetchInterval: LOOK_EVERY_MS }).data?.count ?? 0
