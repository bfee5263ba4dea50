import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { Caller } from '../../identity/caller.ts'
import { coversRole } from '../../repositories/access.ts'
import { firstRule } from '../../repositories/branch-rule.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import type { ReviewParts } from './review-parts.ts'
import { listCodeOwners } from '../ready/code-owners.ts'
import { getPullRequest, type PullRequest } from '../records.ts'
import { findTargetRule } from '../target-rule.ts'
import { listUsers, readApprovalFacts, type ReviewRow } from './approval-facts.ts'
import { findApprovalRefusal } from './approval-refusal.ts'
import { countApprovals } from './count-approvals.ts'
import { isOpen, listThreads, renderThreads } from './read-threads.ts'
import { renderReviews } from './render-reviews.ts'
import { type Asked, listRequests } from './reviewers.ts'
import type { ReviewerView, ReviewState, ReviewView } from './shapes.ts'
import { mayTend } from './speaker.ts'

/** Everything people said about a pull request, as this reader sees it. */
export async function readReview(
  parts: ReviewParts,
  place: RepositoryPlace,
  caller: Caller | undefined,
  number: number,
): Promise<ReviewState> {
  const db = parts.database.read
  const row = await getPullRequest(db, place.repository.id, number)
  const rule = (await findTargetRule(db, row)) ?? firstRule
  // Each waits for git now and then.
  const [known, seen, { needed }] = await Promise.all([
    readApprovalFacts(parts, place, row, rule),
    readSeen(),
    row.state === 'open' ? listCodeOwners(parts, place, row) : { needed: [] },
  ])
  const reviews = renderReviews(known.rows, {
    whyNot: countApprovals(known.facts).whyNot,
    people: known.people,
    mayDismiss: (review) => mayDismiss(review, place, row, caller),
  })
  const drafts = seen.listed.flatMap(({ comments }) => comments).filter(({ isDraft }) => isDraft === 1)
  const isOpenNow = row.state === 'open'
  return {
    threads: seen.threads,
    reviews,
    reviewers: await listReviewers(db, row, {
      head: known.facts.head,
      owners: needed.flatMap((line) => line.owners),
      reviews,
    }),
    draftCount: drafts.length,
    openThreadCount: seen.listed.filter(isOpen).length,
    can: {
      comment: caller !== undefined,
      requestReviewers: isOpenNow && mayTend(place, row, caller),
      requestChanges: isOpenNow && caller !== undefined && caller.id !== row.authorId,
      approveRefusal: findApprovalRefusal(place, row, caller, known.facts),
    },
  }

  async function readSeen() {
    const listed = await listThreads(db, row.id, caller?.id)
    return { listed, threads: await renderThreads(parts, { place, caller, row }, listed) }
  }
}

const mayDismiss = (review: ReviewRow, place: RepositoryPlace, row: PullRequest, caller: Caller | undefined): boolean =>
  row.state === 'open' &&
  review.verdict !== 'commented' &&
  review.dismissedAt === null &&
  caller !== undefined &&
  (review.userId === caller.id || coversRole(place.role, 'admin'))

/** Who was asked, who owns what changes, and who reviewed without being asked; each with what they last said. */
async function listReviewers(
  db: Db<'reviewerRequest' | 'user' | 'userGroup' | 'groupMember'>,
  row: PullRequest,
  { head, owners, reviews }: { head: string; owners: readonly Asked[]; reviews: readonly ReviewView[] },
): Promise<ReviewerView[]> {
  const requested = await listRequests(db, row.id)
  const reviewed = reviews.filter(({ reviewer }) => reviewer.id !== row.authorId).map(({ reviewer }) => reviewer.id)
  const groupIds = new Set([...requested, ...owners].filter(({ kind }) => kind === 'group').map(({ id }) => id))
  const userIds = new Set(
    [...requested, ...owners.filter(({ id }) => id !== row.authorId)]
      .filter(({ kind }) => kind === 'user')
      .map(({ id }) => id)
      .concat(reviewed),
  )
  const users = await listUsers(db, userIds)
  const groups = await listGroups(db, groupIds)
  const stateOf = (ids: ReadonlySet<string>): ReviewerView['state'] => stateOfReviews(reviews, head, ids)
  const isIn = (list: readonly { kind: string; id: string }[], kind: string, id: string): boolean =>
    list.some((other) => other.kind === kind && other.id === id)
  return [
    ...[...users.values()].map(({ id, username, displayName }): ReviewerView => ({
      kind: 'user',
      id,
      name: username,
      displayName,
      state: stateOf(new Set([id])),
      isCodeOwner: isIn(owners, 'user', id),
      isRequested: isIn(requested, 'user', id),
    })),
    ...groups.map(({ id, name, members }): ReviewerView => ({
      kind: 'group',
      id,
      name,
      displayName: name,
      state: stateOf(members),
      isCodeOwner: isIn(owners, 'group', id),
      isRequested: isIn(requested, 'group', id),
    })),
  ]
}

/** What one of these people said that holds for the head of now; an objection comes first. */
function stateOfReviews(reviews: readonly ReviewView[], head: string, ids: ReadonlySet<string>): ReviewerView['state'] {
  const own = reviews.filter(({ reviewer, dismissed }) => ids.has(reviewer.id) && dismissed === null)
  // The newest verdict of each; remarks beside it change nothing.
  const verdicts = [
    ...Map.groupBy(
      own.filter(({ verdict }) => verdict !== 'commented'),
      ({ reviewer }) => reviewer.id,
    ),
  ]
  const newest = verdicts.flatMap(([, of]) => of.at(-1) ?? [])
  if (newest.some(({ verdict }) => verdict === 'changes-requested')) return 'changes-requested'
  if (newest.some(({ counts }) => counts)) return 'approved'
  return own.some(({ verdict, headOid }) => verdict === 'commented' && headOid === head) ? 'commented' : 'waiting'
}

async function listGroups(
  db: Db<'userGroup' | 'groupMember'>,
  ids: ReadonlySet<string>,
): Promise<{ id: string; name: string; members: Set<string> }[]> {
  if (ids.size === 0) return []
  const wanted = [...ids] as Id<'grp'>[]
  const groups = await db.selectFrom('userGroup').select(['id', 'name']).where('id', 'in', wanted).execute()
  const rows = await db.selectFrom('groupMember').select(['groupId', 'userId']).where('groupId', 'in', wanted).execute()
  const members = Map.groupBy(rows, ({ groupId }) => groupId)
  return groups.map(({ id, name }) => ({
    id,
    name,
    members: new Set((members.get(id) ?? []).map(({ userId }) => userId)),
  }))
}
