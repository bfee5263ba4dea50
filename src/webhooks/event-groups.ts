import { type Action, actions } from '../audit/actions.ts'
import { invalid } from '../http/problem.ts'

export interface EventGroup {
  title: string
  /** What belongs to it, in a few words. */
  words: string
  events: string[]
}

/** First part of an action → where it is listed. What is not named here never carries a repository. */
const kinds: Record<string, [title: string, words: string]> = {
  'pull-request': ['Pull requests', 'opened, edited, closed, merged'],
  merge: ['Pull requests', ''],
  'auto-merge': ['Pull requests', ''],
  bypass: ['Pull requests', ''],
  review: ['Reviews', 'what people think of a change, and who is asked'],
  thread: ['Reviews', ''],
  comment: ['Reviews', ''],
  suggestion: ['Reviews', ''],
  status: ['Checks', 'what programs found out about a commit'],
  ref: ['Branches and tags', 'made, moved, deleted, protected'],
  push: ['Branches and tags', ''],
  branch: ['Branches and tags', ''],
  'lfs-lock': ['Large files', 'locked and unlocked by git-lfs'],
  seal: ['Taps', 'what people sealed or refused with their keys'],
  repository: ['Repository', 'settings, people, keys, webhooks and mirrors'],
  member: ['Repository', ''],
  webhook: ['Repository', ''],
  'deploy-key': ['Repository', ''],
  workload: ['Repository', ''],
  mirror: ['Repository', ''],
}

/** First parts of the actions that never concern one repository alone. */
export const elsewhere = (
  'instance person guest access agent session credential password recovery break-glass profile invitation announcement ' +
  'permission setting identity provider directory domain metadata guardrail token ssh ssh-key certificate grant group ' +
  'project application connector saml sign-on ledger demo'
).split(' ')

const kindOf = (action: string): string => action.split('.')[0] ?? ''

/** A webhook tells nobody that it was made: it was not there before. */
const untold: readonly string[] = ['repository.created', 'webhook.created'] satisfies Action[]

const tellable = (Object.keys(actions) as Action[]).filter(
  (action) => Object.hasOwn(kinds, kindOf(action)) && !untold.includes(action),
)

/** Every event that a repository can tell, in the order of the page. */
export const eventGroups: EventGroup[] = [...new Set(Object.values(kinds).map(([title]) => title))]
  .map((title) => ({
    title,
    words: Object.values(kinds).find(([of, words]) => of === title && words !== '')?.[1] ?? '',
    events: tellable.filter((action) => kinds[kindOf(action)]?.[0] === title),
  }))
  .filter(({ events }) => events.length > 0)

const known = new Set<string>(tellable)

/** Each once, in the order of the list; `*` is all there are and will be. @throws a problem naming what is none */
export function checkEvents(given: readonly string[]): string[] {
  if (given.includes('*')) return ['*']
  const unknown = given.find((name) => !known.has(name))
  if (unknown !== undefined)
    throw invalid('events', `There is no event “${unknown}” of a repository. Choose among those that are listed.`)
  if (given.length === 0) throw invalid('events', 'Choose at least one event.')
  return tellable.filter((action) => given.includes(action))
}

export const isWanted = (events: readonly string[], action: string): boolean =>
  events.includes('*') || events.includes(action)
