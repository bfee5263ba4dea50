import { useQuery } from '@tanstack/react-query'
import { getQuery, pagesQuery, refresh } from './queries.ts'
import type { Inbox, InboxItem } from './shapes.ts'

const LOOK_EVERY_MS = 15_000
/** An idle session must be able to end: after this long without a touch the page no longer looks by itself. */
const AWAY_AFTER_MS = 5 * 60_000

let lastTouchedAt = Date.now()
const isAway = () => Date.now() - lastTouchedAt > AWAY_AFTER_MS

function onTouch() {
  const wasAway = isAway()
  lastTouchedAt = Date.now()
  if (wasAway) void refresh('/inbox')
}
for (const touch of ['pointerdown', 'keydown', 'focus']) addEventListener(touch, onTouch, { passive: true })

const refetchInterval = () => (isAway() ? false : LOOK_EVERY_MS)

/** What others ask of me comes without my doing anything. */
export const inboxPages = { ...pagesQuery<InboxItem>('/inbox'), refetchInterval }

/** How much waits for my tap; 0 until it is known. */
export const useInboxCount = (): number => useQuery({ ...getQuery<Inbox>('/inbox'), refetchInterval }).data?.count ?? 0
