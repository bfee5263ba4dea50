import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { BranchRule } from '../../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { PersonRef } from '../../http/shapes.ts'
import type { PullRequest } from '../records.ts'
import type { ReviewParts } from './review-parts.ts'
import { countApprovals } from './count-approvals.ts'
import { readApprovalFacts } from './approval-facts.ts'
import { renderReviews } from './render-reviews.ts'
import type { ReviewView } from './shapes.ts'

export interface Approvals {
  /** Each person once, with the ids of the groups they are in. */
  counted: { user: PersonRef; groups: string[] }[]
  /** Oldest first. */
  reviews: ReviewView[]
  changesRequestedBy: PersonRef[]
  /** An agent, a deploy key or a pipeline wrote or pushed some of it. */
  byAgent: boolean
}

/**
 * What people think of a pull request, and whose approval counts by this rule: for `ends` where the caller has read both
 * tips, else as they are now.
 */
export async function readApprovals(
  parts: Pick<ReviewParts, 'database' | 'git' | 'site'>,
  place: Pick<RepositoryPlace, 'repository' | 'folder'>,
  row: PullRequest,
  rule: BranchRule,
  ends?: { base: string; head: string },
): Promise<Approvals> {
  const { facts, rows, people, byAgent } = await readApprovalFacts(parts, place, row, rule, ends)
  const { people: counted, against, whyNot } = countApprovals(facts)
  const groups = await listGroups(parts.database.read, counted)
  return {
    counted: counted.flatMap((id) => {
      const user = people.get(id)
      return user === undefined ? [] : [{ user, groups: groups.get(id) ?? [] }]
    }),
    reviews: renderReviews(rows, { whyNot, people }),
    changesRequestedBy: against.flatMap((id) => people.get(id) ?? []),
    byAgent,
  }
}

/** Ids of the groups that each of these people is in. */
async function listGroups(db: Db<'groupMember'>, userIds: readonly string[]): Promise<Map<string, string[]>> {
  if (userIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('groupMember')
    .select(['userId', 'groupId'])
    .where('userId', 'in', userIds as Id<'usr'>[])
    .execute()
  return new Map(
    [...Map.groupBy(rows, ({ userId }) => userId)].map(([userId, of]) => [userId, of.map(({ groupId }) => groupId)]),
  )
}
