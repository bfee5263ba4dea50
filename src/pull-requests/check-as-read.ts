import { conflict } from '../http/problem.ts'
import type { BranchRule } from '../repositories/branch-rule.ts'
import type { Source } from '../repositories/revision.ts'
import { compareBranches } from './compare-branches.ts'
import { asksForReview } from './ready/judge-ready.ts'
import type { MergeMethod } from './shapes.ts'

/**
 * Whoever approves reads what the head changes, and not how it came about: replayed commit by commit, a fix that both
 * sides made and the head took back would be taken back on the target as well. So where somebody has to approve, a rebase
 * lands what a merge would, as `docs/formats/seal.md` calls it, as approved. @throws 409
 */
export async function checkAsRead(
  source: Source,
  {
    rule,
    method,
    base,
    head,
    tree,
  }: { rule: BranchRule | undefined; method: MergeMethod; base: string; head: string; tree: string },
): Promise<void> {
  if (method !== 'rebase' || rule === undefined || !asksForReview(rule)) return
  const { outcome } = await compareBranches(source, { base, head })
  if (outcome?.kind === 'clean' && outcome.tree === tree) return
  throw conflict('not-as-read', 'Replayed one by one, these commits come to something else than what was approved.', {
    help: 'Merge in another way, or rebase your branch on the target, push it, and have it approved.',
  })
}
