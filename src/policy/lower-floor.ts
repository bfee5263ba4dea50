import type { CompiledRule } from './compiled-rule.ts'
import type { DecisionFacts, PolicyActor } from './facts.ts'
import type { Requirement } from './requirement.ts'
import type { RulePermission } from './rule.ts'
import { isAtLeast } from './strength.ts'

/** The furthest ahead that a permission may end: what is for moving in must not become the way people live. */
export const longestPermitDays = 180

/** Whoever can add people, change rules or come from elsewhere never gets in with less than a passkey. */
const canBePermitted = ({ kind, role }: Pick<PolicyActor, 'kind' | 'role'>): boolean =>
  kind === 'person' && role === 'member'

/**
 * Lowers what is asked for signing in, and for the session after it, where a rule permits that and it would help.
 * Of several the strictest counts, and what other rules ask is joined in afterwards, so it is never lowered.
 */
export function lowerFloor(requirement: Requirement, permitting: readonly CompiledRule[], facts: DecisionFacts): void {
  const { act, proof, at, actor } = facts
  if (act !== 'sign-in' && act !== 'session') return
  if (permitting.length === 0 || proof === null || isAtLeast(proof.strength, 'passkey')) return
  // It is about passwords of this place, not about what another says.
  if (proof.isFromElsewhere === true) return
  if (!canBePermitted(actor)) return
  let strictest: { signIn: RulePermission['signIn']; ref: CompiledRule['ref'] } | undefined
  for (const compiled of permitting) {
    const { mode, permits } = compiled.rule
    if (permits === undefined || mode !== 'enforce' || at >= permits.until || !compiled.matches(facts)) continue
    if (strictest === undefined || !isAtLeast(strictest.signIn, permits.signIn))
      strictest = { signIn: permits.signIn, ref: compiled.ref }
  }
  if (strictest === undefined) return
  requirement.strength = strictest.signIn
  requirement.from.strength = strictest.ref
}
