import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import type { Id } from '../database/id.ts'
import type { RefUpdateTable, Schema } from '../database/schema.ts'

/** Updates that took place: they are done, or git has moved their refs and the database is about to say so. */
export const tookPlace = (
  eb: ExpressionBuilder<Schema, 'refUpdate'>,
  moved: readonly Id<'upd'>[],
  states: readonly RefUpdateTable['state'][] = ['done'],
): Expression<SqlBool> =>
  eb.or([eb('refUpdate.state', 'in', states), ...(moved.length === 0 ? [] : [eb('refUpdate.id', 'in', moved)])])

/**
 * Seals that moved a branch or fixed where its protection began, approvals of what was merged, and who looked
 * afterwards; a tap whose act never happened proves nothing.
 */
export function movedOrAgreed(
  eb: ExpressionBuilder<Schema, 'seal'>,
  { moved = [], states = ['done'] }: { moved?: readonly Id<'upd'>[]; states?: readonly RefUpdateTable['state'][] } = {},
): Expression<SqlBool> {
  return eb.or([
    eb.exists(
      eb
        .selectFrom('refUpdate')
        .select('refUpdate.id')
        .whereRef('refUpdate.sealId', '=', 'seal.id')
        .where((of) => tookPlace(of, moved, states)),
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
        .where((of) =>
          of.or([
            of('pullRequest.mergeOid', 'is not', null),
            ...(moved.length === 0
              ? []
              : [
                  of.exists(
                    of
                      .selectFrom('refUpdate')
                      .select('refUpdate.id')
                      .whereRef('refUpdate.pullRequestId', '=', 'pullRequest.id')
                      .where('refUpdate.id', 'in', moved),
                  ),
                ]),
          ]),
        ),
    ),
    eb.exists(
      eb.selectFrom('pullRequest').select('pullRequest.id').whereRef('pullRequest.confirmSealId', '=', 'seal.id'),
    ),
  ])
}
