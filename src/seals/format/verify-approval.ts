import { SealError } from './seal-error.ts'
import type { SealRecord } from './seal-record.ts'
import { type Signers, type VerifiedSeal, verifySeal } from './verify-seal.ts'

/** Whose change it must be about. */
export interface About {
  repositoryId: string
  ref: string
  pullRequest: string
}

export interface VerifiedApproval extends VerifiedSeal {
  /** The proposed commit that was read, and its tree. */
  head: string
  tree: string
  /** Where the proposal left the target branch, and the digest of what changes from there to `head`, hex. */
  mergeBase: string
  patch: string
}

/** Verifies that one person's tap approves a state of one pull request; whether it is the state that landed is approvalFits' question. Throws SealError. */
export function verifyApproval(
  given: About & { record: SealRecord; signers: Signers; origins?: readonly string[] | undefined },
): VerifiedApproval {
  if (given.record.action !== 'approve') throw new SealError('action-mismatch', 'the seal approves nothing')
  const seal = verifySeal(given)
  checkAbout(seal, given)
  const [head, patch] = seal.statement.subject.map(({ digest }) => digest)
  const { fromID: mergeBase, targetID: tree } = seal.statement.predicate
  if (!head || !('gitCommit' in head) || !patch || !('sha256' in patch) || !mergeBase || !tree) {
    throw new SealError('action-mismatch', 'the statement approves nothing')
  }
  return { ...seal, head: head.gitCommit, tree, mergeBase, patch: patch.sha256 }
}

/** What landed, as far as an approval can be about it. */
export interface Landed {
  /** What was proposed; its tree where the commit is at hand. */
  head: string
  headTree: string | undefined
  /** When the statement by which it landed ended. */
  notAfter: string
}

/**
 * Whether an approval is about exactly this change: the same head, or a change that is the same in every byte of every
 * file that it touches. `patches` are asked for only where the head is another. Throws SealError with what differs.
 */
export async function checkApprovalFits(
  approval: Pick<VerifiedApproval, 'head' | 'tree' | 'patch' | 'statement'>,
  landed: Landed,
  patches: () => Promise<readonly string[]>,
): Promise<void> {
  // Both are RFC 3339 in UTC with whole seconds, so text compares as time does.
  if (approval.statement.predicate.issuedAt > landed.notAfter) {
    throw new SealError('outside-time', 'made after the change had landed')
  }
  if (approval.head === landed.head) {
    if (landed.headTree !== undefined && approval.tree !== landed.headTree) {
      throw new SealError('tree-mismatch', 'it names another content than the commit has')
    }
    return
  }
  if (!(await patches()).includes(approval.patch)) {
    throw new SealError('head-mismatch', 'made for another state of the pull request')
  }
}

/** What a second person looked at after it had landed. */
export interface LandedTip {
  tip: string
  base: string
  tree: string
}

/** Verifies that one person looked afterwards at exactly this step of the branch. Throws SealError. */
export function verifyConfirmation(
  given: About & LandedTip & { record: SealRecord; signers: Signers; origins?: readonly string[] | undefined },
): VerifiedSeal {
  if (given.record.action !== 'confirm') throw new SealError('action-mismatch', 'the seal confirms nothing')
  const seal = verifySeal(given)
  checkAbout(seal, given)
  const { fromID, targetID } = seal.statement.predicate
  const digest = seal.statement.subject[0]?.digest
  if (!digest || !('gitCommit' in digest) || digest.gitCommit !== given.tip) {
    throw new SealError('head-mismatch', 'made for another commit')
  }
  if (fromID !== given.base) throw new SealError('base-mismatch', 'made for a change of another commit')
  if (targetID !== given.tree) throw new SealError('tree-mismatch', 'it names another content than the commit has')
  return seal
}

function checkAbout({ statement: { predicate } }: VerifiedSeal, about: About): void {
  if (predicate.repository?.id !== about.repositoryId)
    throw new SealError('repository-mismatch', 'of another repository')
  if (predicate.targetRef !== about.ref) throw new SealError('ref-mismatch', 'of another branch')
  if (predicate.pullRequest !== about.pullRequest) {
    throw new SealError('pull-request-mismatch', 'of another pull request')
  }
}
