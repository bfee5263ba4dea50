import type { Application } from './application.ts'

/** Who an application is open to, as read in the ledger and before a tap. */
export function audienceWords(audience: Application['audience'], groups: readonly string[]): string {
  if (audience === 'everyone') return 'everyone, guests too'
  if (audience === 'members') return 'everyone but guests'
  return groups.length === 0 ? 'nobody: its groups are gone' : `the groups ${groups.join(', ')}`
}
