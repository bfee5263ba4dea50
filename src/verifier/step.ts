import type { UpdateAction } from '../seals/format/statement.ts'
import type { VerifiedSeal } from '../seals/format/verify-seal.ts'
import type { VerifiedPush } from '../seals/format/verify-signed-push.ts'

interface Moved {
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
  /** The date of the commit that was signed; absent where the proof stands beside the commits. */
  committedAt?: number
}

/** One move of the branch, for which one tap stands. */
export interface SealedStep extends Moved {
  seal: VerifiedSeal
  push?: never
}

/** One move of the branch, for which the touch of a security key over SSH stands. */
export interface SignedStep extends Moved {
  push: VerifiedPush
  seal?: never
  /** Whether a tap said that this repository has the name that was pushed to. */
  isNamed: boolean
}

export type Step = SealedStep | SignedStep

/** What was signed counts once. */
export const digestOf = (step: Step): string => (step.seal ? step.seal.statementDigest : step.push.digest)
