import type { DeployKeyView, NewDeployKey } from '../../api/shapes.ts'

const dayMs = 24 * 3_600_000

export const accessWords: Record<DeployKeyView['access'], string> = { read: 'Fetches', write: 'Fetches and pushes' }

export const counted = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`

export const rotationWords = ({ everyDays, overlapDays }: NonNullable<DeployKeyView['rotation']>): string =>
  `replaced by its holder every ${counted(everyDays)}, both good for ${counted(overlapDays)}`

/** Said before anything leaves the browser; whether it is a key the server says. */
export const publicKeyProblem = (text: string): string | null => {
  if (/PRIVATE KEY/.test(text))
    return 'This is the private key, which nobody else may have. Paste the line of the .pub file.'
  return text.trim() ? null : 'Please give the line of its .pub file'
}

/** What should be known about a key now; undefined where all is well. */
export function warningOf(key: DeployKeyView, at: number): string | undefined {
  const days = Math.max(1, Math.ceil((key.expiresAt - at) / dayMs))
  if (key.successor !== null)
    return `A new key takes its place as soon as that is used. This one ends in ${counted(days)} at the latest.`
  if (key.dueAt !== null && at >= key.dueAt)
    return `A new key is due. If its holder brings none within ${counted(days)}, it ends without one.`
  // What was given only a few days is meant to end.
  if (days <= 14 && key.expiresAt - key.createdAt > 14 * dayMs)
    return `It ends in ${counted(days)}. Give it a new key if it is still wanted.`
  return undefined
}

/** How long it lives, as the form has it. */
export interface LifetimeValues {
  kind: 'ends' | 'replaced'
  days: number | string
  everyDays: number | string
  overlapDays: number | string
}

export const lifetimeSent = (values: LifetimeValues): Pick<NewDeployKey, 'expiresInDays' | 'rotation'> =>
  values.kind === 'ends'
    ? { expiresInDays: Number(values.days), rotation: null }
    : {
        expiresInDays: null,
        rotation: { everyDays: Number(values.everyDays), overlapDays: Number(values.overlapDays) },
      }

export const firstLifetime = (mostDays: number): LifetimeValues => ({
  kind: 'ends',
  days: Math.min(90, mostDays),
  everyDays: Math.max(1, Math.min(30, mostDays - 7)),
  overlapDays: Math.max(1, Math.min(7, mostDays - 1)),
})

/** What the form of one that is there begins with. */
export const lifetimeOf = (key: DeployKeyView, mostDays: number): LifetimeValues => {
  const first = firstLifetime(mostDays)
  return key.rotation === null
    ? { ...first, days: Math.min(mostDays, Math.max(1, Math.round((key.expiresAt - key.createdAt) / dayMs))) }
    : { ...first, kind: 'replaced', ...key.rotation }
}
