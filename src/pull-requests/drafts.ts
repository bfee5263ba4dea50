import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import { conflict, lookAgain } from '../http/problem.ts'
import { lockNumbers } from '../repositories/next-number.ts'
import { draftOf } from '../seals/requests.ts'
import { withdrawForgotten } from '../seals/withdraw.ts'
import { methodWords } from './merge-methods.ts'
import { noteChange, type Which } from './note-change.ts'
import { checkOpen, getPullRequest, type PullRequest } from './records.ts'
import { askChosen } from './review/reviewers.ts'

/**
 * A draft is not ready: people read it, talk about it and review it as any other, but nothing merges it, and nobody is
 * asked to. Made one, whatever waits for a tap that would merge it ends; made ready, its reviewers are asked, each once.
 * Nothing happens where it is so already. @throws 409
 */
export async function setDraft(
  tx: Tx<TableName>,
  which: Which,
  id: Id<'prq'>,
  { isDraft, at }: { isDraft: boolean; at: number },
): Promise<void> {
  const row = await tx
    .updateTable('pullRequest')
    .set(isDraft ? { isDraft: 1, updatedAt: at } : { isDraft: 0, readyAt: at, updatedAt: at })
    .where('id', '=', id)
    .where('state', '=', 'open')
    .where('isDraft', '=', isDraft ? 0 : 1)
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) {
    const there = await getPullRequest(tx, which.place.repository.id, which.number)
    if ((there.isDraft === 1) !== isDraft) checkOpen(there)
    return
  }
  if (isDraft) await stopMerging(tx, row)
  await noteChange(tx, which, id, isDraft ? 'pull-request.drafted' : 'pull-request.ready', {}, at)
  if (!isDraft) await askChosen(tx, which, row, at)
}

/** @throws 409 where git is moving the branch already */
async function stopMerging(tx: Tx<TableName>, row: PullRequest): Promise<void> {
  // A merge is prepared under the same lock: it saw the draft, or its row is seen here. Taken after that of the pull
  // request, as when a merge is settled.
  await lockNumbers(tx, row.repositoryId)
  const landing = await tx
    .selectFrom('refUpdate')
    .select('id')
    .where('repositoryId', '=', row.repositoryId)
    .where('pullRequestId', '=', row.id)
    .where('state', '=', 'prepared')
    .executeTakeFirst()
  if (landing !== undefined)
    throw conflict('merging', `Pull request #${row.number} is being merged at this moment.`, { help: lookAgain })
  const waiting = await tx
    .selectFrom('sealRequest')
    .selectAll()
    .where('repositoryId', '=', row.repositoryId)
    .where('action', 'in', Object.keys(methodWords))
    .where('state', '=', 'open')
    .execute()
  const ofThis = waiting.filter((each) => draftOf(each).statement.predicate.pullRequest === String(row.number))
  await withdrawForgotten(
    tx,
    ofThis.map(({ id }) => id),
  )
}
