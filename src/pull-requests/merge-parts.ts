import type { Place } from '../identity/registration.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { RefParts } from '../repositories/ref-updates.ts'

/** What it takes to judge, prepare and carry out a merge. */
export interface MergeParts extends RefParts {
  policy: PolicyInForce
  /** RP ID and origin of this instance. */
  site: Place
}
