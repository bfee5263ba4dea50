import type { Db } from '../database/handles.ts'
import type { PullRequest } from './records.ts'

/** The rule of the branch that a pull request goes into; undefined where that branch is not protected. */
export async function findTargetRule(
  db: Db<'protectedBranch'>,
  row: Pick<PullRequest, 'repositoryId' | 'targetRef'>,
): Promise<{ stockVerifiableOnly: boolean } | undefined> {
  const rule = await db
    .selectFrom('protectedBranch')
    .select('stockVerifiableOnly')
    .where('repositoryId', '=', row.repositoryId)
    .where('ref', '=', row.targetRef)
    .executeTakeFirst()
  return rule && { stockVerifiableOnly: rule.stockVerifiableOnly === 1 }
}
