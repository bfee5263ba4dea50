import { SealError } from './seal-error.ts'
import type { SealRecord } from './seal-record.ts'
import { type Signers, type VerifiedSeal, verifySeal } from './verify-seal.ts'

/** Updates whose commits carry no signature: the seal stands beside them. */
export type DetachedUpdate = 'push' | 'fast-forward' | 'rebase'

export function isDetachedUpdate(action: string): action is DetachedUpdate {
  return action === 'push' || action === 'fast-forward' || action === 'rebase'
}

export interface VerifiedSealedUpdate extends VerifiedSeal {
  action: DetachedUpdate
  /** Null for a push. */
  pullRequest: string | null
  /** The branch's tip before; zeros where the branch began. */
  base: string
  /** Its tip after. */
  tip: string
  /** What was proposed: of a rebase the commit before it was replayed, else the tip. */
  head: string
}

/**
 * Verifies that one person's tap stands for one step of one branch: up to `tip`, from the base that is returned. Whether
 * base and tip are on one first-parent line is for the caller to see, who has the history; where `base` is given, it
 * must be that. Throws SealError.
 */
export function verifySealedUpdate(given: {
  record: SealRecord
  repositoryId: string
  ref: string
  /** The commit that the branch is at, and its tree. */
  tip: { oid: string; tree: string }
  base?: string | undefined
  signers: Signers
  origins?: readonly string[] | undefined
}): VerifiedSealedUpdate {
  const { record, signers, origins, tip } = given
  if (!isDetachedUpdate(record.action)) throw new SealError('action-mismatch', 'the seal moves no branch by itself')
  const seal = verifySeal({ record, signers, origins })
  const { action, repository, targetRef, fromID = '', targetID, pullRequest } = seal.statement.predicate
  const [subject, proposed] = seal.statement.subject.map(({ digest }) =>
    'gitCommit' in digest ? digest.gitCommit : '',
  )
  if (!isDetachedUpdate(action)) throw new SealError('action-mismatch', 'the statement moves no branch by itself')
  if (repository?.id !== given.repositoryId) throw new SealError('repository-mismatch', 'sealed for another repository')
  if (targetRef !== given.ref) throw new SealError('ref-mismatch', 'sealed for another branch')
  if (subject !== tip.oid) throw new SealError('head-mismatch', 'what it brings in is not what was sealed')
  if (targetID !== tip.tree) throw new SealError('tree-mismatch', 'its content is not what was sealed')
  if (given.base !== undefined && fromID !== given.base) {
    throw new SealError('base-mismatch', 'sealed on top of another commit')
  }
  return { ...seal, action, pullRequest: pullRequest ?? null, base: fromID, tip: subject, head: proposed ?? subject }
}
