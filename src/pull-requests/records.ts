import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { PullRequestTable } from '../database/schema.ts'
import { conflict, notFound } from '../http/problem.ts'

export type PullRequest = PullRequestTable

/** @throws 404 */
export async function getPullRequest(
  db: Db<'pullRequest'>,
  repositoryId: Id<'rep'>,
  number: number,
): Promise<PullRequest> {
  const row = await db
    .selectFrom('pullRequest')
    .selectAll()
    .where('repositoryId', '=', repositoryId)
    .where('number', '=', number)
    .executeTakeFirst()
  if (row === undefined) throw notFound('This pull request')
  return row
}

export const pushOrClose = 'Push new commits, or close this pull request.'

export const proposeAnother = 'Open another one for what is still to come.'

/** @throws 409 that says what became of it */
export function checkOpen(row: Pick<PullRequest, 'state' | 'number'>): void {
  if (row.state === 'merged')
    throw conflict('already-merged', `Pull request #${row.number} is merged already.`, { help: proposeAnother })
  if (row.state === 'closed')
    throw conflict('closed', `Pull request #${row.number} is closed.`, { help: 'Reopen it first.' })
}

/** @throws 409 where it cannot be merged whatever else is there: merged, closed, or a draft */
export function checkNotDraft(row: Pick<PullRequest, 'state' | 'number' | 'isDraft'>): void {
  checkOpen(row)
  if (row.isDraft === 1)
    throw conflict('draft', `Pull request #${row.number} is a draft.`, { help: 'Mark it as ready for review first.' })
}

export const branchName = (ref: string): string => ref.replace(/^refs\/heads\//, '')

/** Where the head of a pull request stays readable, whatever becomes of its branch. Nobody can push there. */
export const pullRef = (number: number): string => `refs/pull/${number}/head`
