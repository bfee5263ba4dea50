import type { DecisionFacts } from './facts.ts'
import type { Rule } from './rule.ts'

const dayMs = 86_400_000

/**
 * From when a rule holds for this person: from its date on, and not before so many days after they joined a group that
 * it names. Undefined where it has always held; who is in a group since nobody knows when has had their days.
 */
export function enforcedFrom(
  { who, enforceFrom, graceDays }: Pick<Rule, 'who' | 'enforceFrom' | 'graceDays'>,
  { actor }: Pick<DecisionFacts, 'actor'>,
): number | undefined {
  if (graceDays === undefined) return enforceFrom
  const { joinedAt = {} } = actor
  // A group may be called as something that every object has.
  const joined = who.flatMap((one) => {
    const group = one.replace(/^group:/, '')
    return Object.hasOwn(joinedAt, group) ? (joinedAt[group] ?? []) : []
  })
  if (joined.length === 0) return enforceFrom
  return Math.max(enforceFrom ?? 0, Math.min(...joined) + graceDays * dayMs)
}
