import type { Db } from '../database/handles.ts'
import { type BranchRule, ruleOf } from '../repositories/branch-rule.ts'
import type { PullRequest } from './records.ts'

/** The rule of the branch that a pull request goes into; undefined where that branch is not protected. */
export async function findTargetRule(
  db: Db<'protectedBranch'>,
  row: Pick<PullRequest, 'repositoryId' | 'targetRef'>,
): Promise<BranchRule | undefined> {
  const kept = await db
    .selectFrom('protectedBranch')
    .select(['rule', 'stockVerifiableOnly'])
    .where('repositoryId', '=', row.repositoryId)
    .where('ref', '=', row.targetRef)
    .executeTakeFirst()
  return kept && ruleOf(kept)
}
