import { useQuery } from '@tanstack/react-query'
import { onReturn, whileHere } from './away.ts'
import { getQuery, pagesQuery, refresh } from './queries.ts'
import type { Inbox, InboxItem } from './shapes.ts'

const LOOK_EVERY_MS = 15_000

onReturn(() => void refresh('/inbox'))

const refetchInterval = whileHere(LOOK_EVERY_MS)

/** What others ask of me comes without my doing anything. */
export const inboxPages = { ...pagesQuery<InboxItem>('/inbox'), refetchInterval }

/** How much waits for my tap; 0 until it is known. */
export const useInboxCount = (): number => useQuery({ ...getQuery<Inbox>('/inbox'), refetchInterval }).data?.count ?? 0
