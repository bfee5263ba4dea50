import type { UpdateAction } from '../seals/format/statement.ts'
import type { VerifiedSeal } from '../seals/format/verify-seal.ts'

/** One move of the branch, for which one tap stands. */
export interface Step {
  seal: VerifiedSeal
  action: UpdateAction
  /** Null for a push. */
  pullRequest: string | null
  /** The tip before and after; the tree after. */
  base: string
  tip: string
  tree: string
  /** What was proposed. */
  head: string
  /** The latest moment, in seconds since 1970, that the branch shows to have passed with it. */
  passed: number
  /** The date of the commit that was signed; absent where the seal stands beside the commits. */
  committedAt?: number
}
