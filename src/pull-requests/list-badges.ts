import { countChecks, countsKey, worstOf } from '../repositories/check-counts.ts'
import type { Db } from '../database/handles.ts'
import type { PullRequest } from './records.ts'
import type { PullRequestSummary } from './shapes.ts'

export type Badges = Pick<PullRequestSummary, 'reviewState' | 'checkState'>

/**
 * What a list says of reviews and checks at the head as last seen, for many at once. A glance, not a judgement: whether an
 * approval counts is what `ready/` says.
 */
export async function readBadges(
  db: Db<'review' | 'commitStatus'>,
  rows: readonly Pick<PullRequest, 'id' | 'repositoryId' | 'headOid'>[],
): Promise<(row: Pick<PullRequest, 'id' | 'repositoryId' | 'headOid'>) => Badges> {
  const counts = await countChecks(
    db,
    rows.map(({ repositoryId }) => repositoryId),
    rows.map(({ headOid }) => headOid),
  )
  const verdicts = await readVerdicts(db, rows)
  return ({ id, repositoryId, headOid }) => ({
    reviewState: verdicts.get(id) ?? 'none',
    checkState: worstOf(counts.get(countsKey(repositoryId, headOid))),
  })
}

/** The newest word of each person counts; one who asks for changes weighs more than those who approve this head. */
async function readVerdicts(
  db: Db<'review'>,
  rows: readonly Pick<PullRequest, 'id' | 'headOid'>[],
): Promise<Map<string, Badges['reviewState']>> {
  if (rows.length === 0) return new Map()
  const heads = new Map(rows.map(({ id, headOid }) => [id, headOid]))
  const reviews = await db
    .selectFrom('review')
    .select(['pullRequestId', 'userId', 'verdict', 'headOid', 'dismissedAt'])
    .where('pullRequestId', 'in', [...heads.keys()])
    .where('verdict', '!=', 'commented')
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  const newest = new Map(reviews.map((review) => [`${review.pullRequestId} ${review.userId}`, review]))
  const states = new Map<string, Badges['reviewState']>()
  for (const { pullRequestId, verdict, headOid, dismissedAt } of newest.values()) {
    if (dismissedAt !== null || states.get(pullRequestId) === 'changes-requested') continue
    if (verdict === 'changes-requested') states.set(pullRequestId, 'changes-requested')
    else if (headOid === heads.get(pullRequestId)) states.set(pullRequestId, 'approved')
  }
  return states
}
