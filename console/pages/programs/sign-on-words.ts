import type { SignOnStanding } from '../../api/shapes.ts'

/** What a third party learns, by what it asks for. */
const learns: Record<string, string> = {
  openid: 'your user name',
  profile: 'your name',
  email: 'your mail address',
  groups: 'your groups',
}

/** “your user name, your name and your mail address” */
export const learnsWords = (scopes: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(
    scopes.flatMap((scope) => (Object.hasOwn(learns, scope) ? [learns[scope] ?? ''] : [])),
  )

/** What the page is headed with. */
export function standingTitle({ outcome, application: { name } }: SignOnStanding): string {
  if (outcome === 'deny') return `You cannot open ${name}`
  if (outcome === 'consent') return `Tell ${name} who you are?`
  if (outcome === 'fresh-tap') return `Tap your key for ${name}`
  return outcome === 'stronger-key' ? `${name} takes a stronger key` : `To ${name}`
}
