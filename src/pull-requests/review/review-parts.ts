import type { Place } from '../../identity/registration.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import type { RefParts } from '../../repositories/ref-updates.ts'

/** What a review rests on. */
export interface ReviewParts extends RefParts {
  policy: PolicyInForce
  /** RP ID and origin of this instance. */
  site: Place
}
