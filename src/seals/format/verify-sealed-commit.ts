import { parseCommit, splitGpgsig } from '../../protocols/sshsig/commit-signature.ts'
import { checkTrailers, parseTrailers } from './commit.ts'
import { asProofError } from './proof-error.ts'
import { SealError } from './seal-error.ts'
import type { SealRecord } from './seal-record.ts'
import type { Statement } from './statement.ts'
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

/**
 * Verifies that one commit is exactly what one person's tap made of one branch: trailers, statement, signature, base,
 * head, tree, committer and date. `no-seal` where it claims nothing of the kind. Throws SealError.
 */
export function verifySealedCommit(given: {
  /** The whole object. */
  commit: Buffer
  repositoryId: string
  ref: string
  /** By `sha256:<hex>` of the statement. */
  findSeal: (digest: string) => SealRecord | undefined
  signers: Signers
  origins?: readonly string[] | undefined
}): VerifiedSealedCommit {
  const signed = asProofError(() => splitGpgsig(given.commit))
  const payload = signed?.payload ?? given.commit
  const commit = asProofError(() => parseCommit(payload))

  const trailers = parseTrailers(commit.message)
  if (!trailers) throw new SealError('no-seal', 'the commit names no statement')
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
  const { action, head } = checkContent(commit, seal.statement)
  checkCommitter(commit.committer, seal.entry.principal)
  checkDate(commit.committerTimestamp, seal.statement)
  return { ...seal, action, head, pullRequest: trailers.pullRequest, committedAt: commit.committerTimestamp }
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
