import { SealError } from '../seals/format/seal-error.ts'
import { parseTime } from '../seals/format/time.ts'
import type { Signers, VerifiedSeal } from '../seals/format/verify-seal.ts'
import type { ChainedSigner } from '../seals/format/verify-signer-chain.ts'

/** What every seal of a branch is judged by. */
export interface Rules {
  repositoryId: string
  ref: string
  chain: ReadonlyMap<string, ChainedSigner>
  signers: Signers
  sealBlobs: ReadonlyMap<string, string>
  /** Count only signers that the pinned roots reach. */
  pinned: boolean
  origins: readonly string[] | undefined
}

/**
 * Whether a verified seal counts at a moment that has demonstrably passed, in seconds since 1970. A stolen key can lie
 * about the date, but not about what was there before. Throws SealError `not-vouched`, `signer-ended`.
 */
export function checkCounts({ entry }: VerifiedSeal, passed: number, { chain, pinned }: Rules): void {
  if (pinned && chain.get(entry.credentialId)?.trust === 'server') {
    throw new SealError('not-vouched', `nobody vouched for this key of ${entry.username}`)
  }
  if (entry.ended && passed > (parseTime(entry.ended.at) ?? 0)) {
    throw new SealError('signer-ended', 'the key had ended before changes that this one stands on')
  }
}
