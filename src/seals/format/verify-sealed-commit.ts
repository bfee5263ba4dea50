import { type Commit, parseCommit, splitGpgsig } from '../../protocols/sshsig/commit-signature.ts'
import { checkTrailers, parseTrailers, type Trailers } from './commit.ts'
import { asProofError } from './proof-error.ts'
import { SealError } from './seal-error.ts'
import type { SealRecord } from './seal-record.ts'
import { type Statement, ZERO_OID } from './statement.ts'
import { parseTime } from './time.ts'
import { type Signers, type VerifiedSeal, verifySeal } from './verify-seal.ts'

export interface VerifiedSealedCommit extends VerifiedSeal {
  action: 'merge' | 'squash'
  pullRequest: string
  /** The change that was proposed. */
  head: string
  /** Seconds since 1970. */
  committedAt: number
}

export interface VerifiedSealedEdit extends VerifiedSeal {
  parent: string
  /** Seconds since 1970. */
  committedAt: number
}

interface GivenCommit {
  /** The whole object. */
  commit: Buffer
  repositoryId: string
  ref: string
  /** By `sha256:<hex>` of the statement. */
  findSeal: (digest: string) => SealRecord | undefined
  signers: Signers
  origins?: readonly string[] | undefined
}

/**
 * Verifies that one commit is exactly what one person's tap made of one branch: trailers, statement, signature, base,
 * head, tree, committer and date. `no-seal` where it claims nothing of the kind. Throws SealError.
 */
export function verifySealedCommit(given: GivenCommit): VerifiedSealedCommit {
  const { commit, trailers, seal } = verifyOwnSeal(given, ({ pullRequest }) => {
    // Whoever wrote a commit has not agreed to where it comes to stand.
    if (pullRequest === null) throw new SealError('no-seal', 'it says that a tap wrote it, and none that it was merged')
  })
  const { action, head } = checkContent(commit, seal.statement)
  checkMaker(commit, seal)
  const { pullRequest } = trailers
  if (pullRequest === null) throw new SealError('no-seal', 'it names no pull request')
  return { ...seal, action, head, pullRequest, committedAt: commit.committerTimestamp }
}

/**
 * Verifies that one commit is exactly what one person's tap wrote, on top of one commit and for one branch. It proves who
 * wrote it, and no change of any branch. Throws SealError.
 */
export function verifySealedEdit(given: GivenCommit): VerifiedSealedEdit {
  const { commit, seal } = verifyOwnSeal(given, ({ pullRequest }) => {
    if (pullRequest !== null) throw new SealError('action-mismatch', 'it says that it was merged')
  })
  const { subject, predicate } = seal.statement
  const digest = subject[0]?.digest
  const [parent = '', ...more] = commit.parents
  if (!digest || !('gitCommit' in digest) || digest.gitCommit !== parent || more.length > 0)
    throw new SealError('head-mismatch', 'it stands on another commit than was sealed')
  if (predicate.fromID !== parent && predicate.fromID !== ZERO_OID)
    throw new SealError('base-mismatch', 'sealed for a branch that stood elsewhere')
  if (commit.tree !== predicate.targetID) throw new SealError('tree-mismatch', 'its content is not what was sealed')
  checkMaker(commit, seal)
  return { ...seal, parent, committedAt: commit.committerTimestamp }
}

/** What holds of every commit that a tap signed, whatever that allowed. */
function verifyOwnSeal(
  given: GivenCommit,
  checkKind: (trailers: Trailers) => void,
): { commit: Commit; trailers: Trailers; seal: VerifiedSeal } {
  const signed = asProofError(() => splitGpgsig(given.commit))
  const payload = signed?.payload ?? given.commit
  const commit = asProofError(() => parseCommit(payload))

  const trailers = parseTrailers(commit.message)
  if (!trailers) throw new SealError('no-seal', 'the commit names no statement')
  checkKind(trailers)
  if (trailers.repository !== given.repositoryId) throw new SealError('repository-mismatch', 'of another repository')
  if (trailers.ref !== given.ref) throw new SealError('ref-mismatch', 'of another branch')

  const record = given.findSeal(trailers.statement)
  if (!record) throw new SealError('statement-missing', 'its statement is not in refs/postern/seals')
  if ((signed?.armored ?? null) !== record.armored) {
    throw new SealError('armor-mismatch', 'the commit carries another signature than its seal')
  }
  const seal = verifySeal({ record, message: payload, signers: given.signers, origins: given.origins })
  checkTrailers(trailers, seal.statement, seal.statementDigest)
  checkHeaders(commit.headers)
  return { commit, trailers, seal }
}

const HEADERS = new Set(['tree', 'parent', 'author', 'committer'])

/** An encoding, above all, would let git show another message than the bytes that were signed seem to hold. */
function checkHeaders(headers: readonly { name: string }[]): void {
  if (!headers.every(({ name }) => HEADERS.has(name)))
    throw new SealError('commit-malformed', 'it has a header that no sealed commit has')
}

function checkContent(
  { tree, parents }: { tree: string; parents: string[] },
  { subject, predicate }: Statement,
): { action: 'merge' | 'squash'; head: string } {
  const { action, fromID, targetID } = predicate
  const digest = subject[0]?.digest
  if ((action !== 'merge' && action !== 'squash') || !digest || !('gitCommit' in digest)) {
    throw new SealError('action-mismatch', 'the statement allows no commit')
  }
  const head = digest.gitCommit
  const [base, second, ...more] = parents
  if (base !== fromID) throw new SealError('base-mismatch', 'sealed on top of another commit')
  if (second !== (action === 'merge' ? head : undefined) || more.length > 0) {
    throw new SealError('head-mismatch', 'what it brings in is not what was sealed')
  }
  if (tree !== targetID) throw new SealError('tree-mismatch', 'its content is not what was sealed')
  return { action, head }
}

function checkMaker(commit: Commit, seal: VerifiedSeal): void {
  checkCommitter(commit.committer, seal.entry.principal)
  checkDate(commit.committerTimestamp, seal.statement)
}

/** The signer is the committer; the mail part carries the principal, which stock tools print beside it. */
function checkCommitter(committer: string, principal: string): void {
  if (!committer.endsWith(` <${principal}>`)) {
    throw new SealError('committer-mismatch', 'the committer is not the signer')
  }
}

function checkDate(timestamp: number, { predicate }: Statement): void {
  const from = parseTime(predicate.issuedAt) ?? Infinity
  const until = parseTime(predicate.notAfter) ?? -Infinity
  if (timestamp < from || timestamp > until) {
    throw new SealError('outside-time', 'the commit is not dated within the time of its statement')
  }
}
