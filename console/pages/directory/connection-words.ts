import type { ConnectionView } from '../../api/shapes.ts'

export const kindWords: Record<ConnectionView['kind'], string> = {
  okta: 'Okta',
  entra: 'Microsoft Entra ID',
  other: 'Another directory',
}

const dayMs = 24 * 3_600_000
/** Directories that have nothing new still ask now and then; longer silence means that one has stopped. */
const silentMs = 2 * dayMs
/** A token that ends so soon is worth a word. */
const soonMs = 30 * dayMs

export interface ConnectionState {
  word: string
  tone: 'good' | 'waiting' | 'bad'
}

/** How a connection is, in a word. */
export function connectionState(connection: ConnectionView, now: number): ConnectionState {
  const { tokenExpiresAt, lastRequestAt, lastError } = connection
  if (tokenExpiresAt !== null && tokenExpiresAt <= now) return { word: 'Its token has expired', tone: 'bad' }
  if (lastRequestAt === null) return { word: 'Waits for its first request', tone: 'waiting' }
  if (isRecent(lastError, lastRequestAt)) return { word: 'Something is refused', tone: 'bad' }
  if (now - lastRequestAt > silentMs) return { word: 'Silent', tone: 'bad' }
  return { word: 'In step', tone: 'good' }
}

/** An error within the last hour of what it asked; an older one it has got over. */
const isRecent = (error: ConnectionView['lastError'], lastRequestAt: number): boolean =>
  error !== null && lastRequestAt - error.at < 3_600_000

export const expiresSoon = ({ tokenExpiresAt }: ConnectionView, now: number): boolean =>
  tokenExpiresAt !== null && tokenExpiresAt - now < soonMs

const counted = (count: number, one: string, many: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? one : many}`

/** "1,204 people · 38 groups". */
export const holdingsWords = ({ people, groups }: Pick<ConnectionView, 'people' | 'groups'>): string =>
  `${counted(people, 'person', 'people')} · ${counted(groups, 'group', 'groups')}`
