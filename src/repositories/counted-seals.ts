import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { RefUpdateTable, Schema } from '../database/schema.ts'

/**
 * Seals that moved a branch or fixed where its protection began, approvals of what was merged, and who looked
 * afterwards; a tap whose act never happened proves nothing.
 */
export function movedOrAgreed(
  eb: ExpressionBuilder<Schema, 'seal'>,
  states: readonly RefUpdateTable['state'][] = ['done'],
): Expression<SqlBool> {
  return eb.or([
    eb.exists(
      eb
        .selectFrom('refUpdate')
        .select('refUpdate.id')
        .whereRef('refUpdate.sealId', '=', 'seal.id')
        .where('refUpdate.state', 'in', states),
    ),
    eb.exists(
      eb
        .selectFrom('protectedBranch')
        .select('protectedBranch.ref')
        .whereRef('protectedBranch.protectSealId', '=', 'seal.id'),
    ),
    eb.exists(
      eb
        .selectFrom('review')
        .innerJoin('pullRequest', 'pullRequest.id', 'review.pullRequestId')
        .select('review.id')
        .whereRef('review.sealId', '=', 'seal.id')
        // What was taken back before the merge must not count for whoever checks it later.
        .where('review.dismissedAt', 'is', null)
        .where('pullRequest.mergeOid', 'is not', null),
    ),
    eb.exists(
      eb.selectFrom('pullRequest').select('pullRequest.id').whereRef('pullRequest.confirmSealId', '=', 'seal.id'),
    ),
  ])
}
