import { isPusheeOf, pathNamedBy } from '../protocols/git/push-certificate.ts'
import { SealError } from '../seals/format/seal-error.ts'
import { parseTime } from '../seals/format/time.ts'
import type { Signers, VerifiedSeal } from '../seals/format/verify-seal.ts'
import type { SshKeys, VerifiedPush } from '../seals/format/verify-signed-push.ts'
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
  /** Keys over SSH. */
  sshKeys: SshKeys
  /** Paths that taps gave this repository so far, lower case: what a signed push must have been made to. */
  names: Set<string>
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

/**
 * The same of a signed push, and whether it was made to a name that a tap gave this repository: what else it was signed
 * for only the server knows. Throws SealError `not-vouched`, `signer-ended`.
 */
export function checkPushCounts(
  { key, enrolledBy, pushee }: VerifiedPush,
  passed: number,
  { chain, pinned, names }: Rules,
): { isNamed: boolean } {
  const isNamed = pushee !== null && [...names].some((name) => isPusheeOf(pushee, name))
  if (pinned && (enrolledBy === null || chain.get(enrolledBy.credentialId)?.trust === 'server'))
    throw new SealError('not-vouched', `nobody vouched for this key over SSH of ${key.username}`)
  if (pinned && !isNamed)
    throw new SealError('not-vouched', 'nobody vouched that this repository is the one that was pushed to')
  if (key.expiresAt !== null && passed > (parseTime(key.expiresAt) ?? 0))
    throw new SealError('signer-ended', 'the key over SSH had ended before changes that this one stands on')
  return { isNamed }
}

/** Learns what somebody said this repository is called. */
export function addName(names: Set<string>, url: string | null | undefined): void {
  const path = url ? pathNamedBy(url) : undefined
  if (path !== undefined) names.add(path)
}
