import type { DecisionFacts } from './facts.ts'
import type { Requirement } from './requirement.ts'

/** Guests come from elsewhere: what their programs hold lies on machines that nobody here looks after. */
export const guestTokenDays = 30

/** How long a guest's API token may live where no rule says less. No rule makes it more. Changes `requirement`. */
export function shortenForGuests(
  requirement: Pick<Requirement, 'tokenLifetimeDays' | 'from'>,
  { act, actor }: Pick<DecisionFacts, 'act' | 'actor'>,
): void {
  if (act !== 'token.create' && act !== 'token.use') return
  if (actor.kind !== 'person' || actor.role !== 'guest') return
  if ((requirement.tokenLifetimeDays ?? Infinity) <= guestTokenDays) return
  requirement.tokenLifetimeDays = guestTokenDays
  delete requirement.from.tokenLifetimeDays
}
