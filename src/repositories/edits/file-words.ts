import { escapeHidden } from '../../audit/record.ts'
import type { DecodedChange } from './decode-changes.ts'

const verbs = { add: 'add', write: 'change', remove: 'remove', rename: 'move' } as const

/** What happens to which file, one phrase each, for whoever taps for it. */
export const fileWords = (changes: readonly DecodedChange[]): string[] =>
  changes.map((change) => {
    const to = change.action === 'rename' ? ` to ${escapeHidden(change.to)}` : ''
    return `${verbs[change.action]} ${escapeHidden(change.path)}${to}`
  })
