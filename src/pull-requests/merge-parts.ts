import type { Place } from '../identity/registration.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import type { RefMoved, RefParts } from '../repositories/ref-updates.ts'

/** What it takes to judge, prepare and carry out a merge. */
export interface MergeParts extends RefParts {
  policy: PolicyInForce
  /** RP ID and origin of this instance. */
  site: Place
  /** Brings signers and seals into the repository, before anybody hears of a branch that moved. */
  onMoved?: RefMoved | undefined
}
