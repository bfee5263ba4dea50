import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { cutPage, pageSize, parseCursor } from '../http/page.ts'
import { type Badges, readBadges } from './list-badges.ts'
import { branchName, type PullRequest } from './records.ts'
import type { PullRequestSummary } from './shapes.ts'

type Readable = Db<'pullRequest' | 'repository' | 'project' | 'user' | 'review' | 'commitStatus'>

/** Every pull request with the names that a list shows; narrowed and ordered by its callers. */
const summaries = (db: Readable) =>
  db
    .selectFrom('pullRequest')
    .innerJoin('repository', 'repository.id', 'pullRequest.repositoryId')
    .innerJoin('project', 'project.id', 'repository.projectId')
    .innerJoin('user', 'user.id', 'pullRequest.authorId')
    .selectAll('pullRequest')
    .select(['project.name as projectName', 'repository.name as repositoryName', 'user.username', 'user.displayName'])

export type SummaryRow = PullRequest & {
  projectName: string
  repositoryName: string
  username: string
  displayName: string
}

export function renderSummary(row: SummaryRow, badges: Badges): PullRequestSummary {
  return {
    id: row.id,
    repository: `${row.projectName}/${row.repositoryName}`,
    number: row.number,
    title: row.title,
    state: row.state,
    isDraft: row.isDraft === 1,
    author: { id: row.authorId, username: row.username, displayName: row.displayName },
    sourceBranch: branchName(row.sourceRef),
    targetBranch: branchName(row.targetRef),
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    ...badges,
  }
}

export const findSummary = (db: Readable, id: Id<'prq'>): Promise<SummaryRow | undefined> =>
  summaries(db).where('pullRequest.id', '=', id).executeTakeFirst()

/** A page of a repository's pull requests, the newest number first. */
export async function listPullRequests(
  db: Readable,
  wanted: { repositoryId: Id<'rep'>; state: PullRequest['state'] | 'draft' | 'all'; cursor: string | undefined },
): Promise<{ items: PullRequestSummary[]; nextCursor: string | null }> {
  let query = summaries(db)
    .where('pullRequest.repositoryId', '=', wanted.repositoryId)
    .orderBy('pullRequest.number', 'desc')
    .limit(pageSize + 1)
  if (wanted.state === 'draft')
    query = query.where('pullRequest.state', '=', 'open').where('pullRequest.isDraft', '=', 1)
  else if (wanted.state !== 'all') query = query.where('pullRequest.state', '=', wanted.state)
  if (wanted.cursor !== undefined)
    query = query.where('pullRequest.number', '<', parseCursor(wanted.cursor, 'number')[0])
  const rows = await query.execute()
  const badgesOf = await readBadges(db, rows)
  return cutPage(
    rows,
    (row) => [row.number],
    (row) => renderSummary(row, badgesOf(row)),
  )
}

const homeSize = 20

interface HomeQuestion {
  userId: Id<'usr'>
  /** Those that the person reaches at all, or may merge in: a former member sees nothing here. */
  repositoryIds: readonly Id<'rep'>[]
}

/** Open ones that this person proposed, last touched first. */
export const listMyPullRequests = (db: Readable, question: HomeQuestion): Promise<PullRequestSummary[]> =>
  listForHome(db, question, '=')

/** Open ones of others, in repositories where this person may merge; a draft waits for nobody yet. */
export const listWaitingForMe = (db: Readable, question: HomeQuestion): Promise<PullRequestSummary[]> =>
  listForHome(db, question, '!=')

async function listForHome(
  db: Readable,
  { userId, repositoryIds }: HomeQuestion,
  author: '=' | '!=',
): Promise<PullRequestSummary[]> {
  if (repositoryIds.length === 0) return []
  let query = summaries(db)
    .where('pullRequest.state', '=', 'open')
    .where('pullRequest.authorId', author, userId)
    .where('pullRequest.repositoryId', 'in', repositoryIds)
    .orderBy('pullRequest.updatedAt', 'desc')
    .orderBy('pullRequest.id')
    .limit(homeSize)
  if (author === '!=') query = query.where('pullRequest.isDraft', '=', 0)
  const rows = await query.execute()
  const badgesOf = await readBadges(db, rows)
  return rows.map((row) => renderSummary(row, badgesOf(row)))
}
