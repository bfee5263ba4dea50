import { capital } from '../../ui/plain-words.ts'
import type { DeliverySummary, WebhookView } from '../../api/shapes.ts'

/** Kinds that the title of their group already names. */
const namedByGroup = ['pull-request', 'status', 'branch', 'seal', 'repository']

/** Where the kind alone would be a word that nobody uses. */
const said: Record<string, string> = {
  'merge.bypassed': 'Merged past the rule',
  'bypass.confirmed': 'A merge past the rule was confirmed',
  'bypass.overdue': 'Nobody looked at a merge past the rule',
  'auto-merge.on': 'Merging when ready was asked for',
  'auto-merge.asked': 'Ready, and asked for the tap',
  'auto-merge.off': 'Merging when ready was switched off',
  'review.changes-requested': 'Changes asked for',
  'review.commented': 'Reviewed without a verdict',
  'review.dismissed': 'Review set aside',
  'thread.unresolved': 'Thread reopened',
  'status.set': 'A check said something',
  'status.refused': 'A check was set with a wrong token',
  'ref.updated': 'Pushed to a branch or tag',
  'workload.traded': 'Pipeline came in',
  'workload.renewed': 'Pipeline went on',
  'workload.reused': 'Pipeline showed a token again',
}

/** Kinds that people know by another name. */
const kinds: Record<string, string> = { ref: 'branch or tag', workload: 'pipeline' }

/** What may happen to each thing that somebody has to keep. */
const keeping: Record<string, string> = {
  'passed-on': 'waits for somebody to keep it',
  kept: 'is kept by somebody again',
}

/** `pull-request.source-deleted`: "Source deleted"; `merge.refused`, which stands beside it: "Merge refused". */
export function eventWords(event: string): string {
  if (Object.hasOwn(said, event)) return said[event] ?? event
  const [kind = '', what = ''] = event.split('.')
  const of = namedByGroup.includes(kind) ? '' : `${kinds[kind] ?? kind} `
  return capital(`${of}${keeping[what] ?? what}`.replaceAll('-', ' '))
}

/** What it is told, in a few words. */
export const toldOf = ({ events }: Pick<WebhookView, 'events'>): string =>
  events.includes('*') ? 'Everything' : events.length === 1 ? '1 kind of event' : `${events.length} kinds of events`

export type State = { word: string; color: 'green' | 'red' | 'yellow' | 'gray' }

/** How a webhook is, at a glance. */
export function webhookState({
  isActive,
  last,
  offReason,
}: Pick<WebhookView, 'isActive' | 'last' | 'offReason'>): State {
  if (!isActive) return { word: offReason === null ? 'Off' : 'Switched off by itself', color: 'gray' }
  if (last === null) return { word: 'Nothing sent yet', color: 'gray' }
  return last.error === null ? { word: 'Arrives', color: 'green' } : { word: 'Fails', color: 'red' }
}

export function deliveryState({ state, attempts }: Pick<DeliverySummary, 'state' | 'attempts'>): State {
  if (state === 'delivered') return { word: 'Delivered', color: 'green' }
  if (state === 'failed') return { word: 'Failed', color: 'red' }
  return { word: attempts === 0 ? 'Waits' : 'Will be tried again', color: 'yellow' }
}

/** Of an address, what is enough to know it by. */
export function shortAddress(url: string): { host: string; rest: string } {
  const { host, pathname, search } = new URL(url)
  return { host, rest: pathname === '/' && search === '' ? '' : `${pathname}${search}` }
}

export const tookWords = (ms: number): string => (ms < 1_000 ? `${ms} ms` : `${(ms / 1_000).toFixed(1)} s`)

/** JSON with line breaks, for reading; anything else as it is. */
export function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
