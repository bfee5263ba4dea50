import { recordEvent } from '../audit/record.ts'
import type { Db } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import { conflict, invalid } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { checkShortRefName, refNameSentences } from '../protocols/git/ref-name.ts'
import { takeNextNumber } from '../repositories/next-number.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import { commitFirst, nothingToMerge } from '../repositories/push-proposal.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { compareBranches } from './compare-branches.ts'
import { catchUp } from './follow-branches.ts'
import { branchName, type PullRequest } from './records.ts'

export interface NewPullRequest {
  title: string
  description: string
  sourceBranch: string
  targetBranch: string
  /** Not ready yet, see `drafts.ts`. */
  isDraft?: boolean | undefined
}

/** Proposes to merge one branch into another. Anybody who may push may propose, an agent too. */
export async function openPullRequest(
  { database, git, now }: RefParts,
  place: RepositoryPlace,
  caller: Caller,
  wanted: NewPullRequest,
): Promise<PullRequest> {
  const { repository, folder, path } = place
  const source = { git, folder }
  const title = cleanTitle(wanted.title)
  const sourceRef = branchRef('sourceBranch', wanted.sourceBranch)
  const targetRef = branchRef('targetBranch', wanted.targetBranch)
  if (sourceRef === targetRef)
    throw invalid('sourceBranch', 'A branch cannot be merged into itself. Choose another one.')
  const headOid = await findTip(source, sourceRef)
  const baseOid = await findTip(source, targetRef)
  if (headOid === undefined) throw invalid('sourceBranch', `There is no branch ${wanted.sourceBranch}. Push it first.`)
  if (baseOid === undefined)
    throw invalid('targetBranch', `There is no branch ${wanted.targetBranch}. Name one that is there.`)
  const { mergeBase } = await compareBranches(source, { base: baseOid, head: headOid })
  if (mergeBase === headOid)
    throw conflict('nothing-to-merge', nothingToMerge(branchName(targetRef)), { help: commitFirst })

  const row = await database.write(async (tx) => {
    const at = now()
    // First, because it locks the repository's row: two who open the same at once queue here.
    const number = await takeNextNumber(tx, repository.id)
    await checkNotOpen(tx, { repositoryId: repository.id, sourceRef, targetRef })
    const created: PullRequest = {
      id: newId('prq'),
      repositoryId: repository.id,
      number,
      title,
      description: wanted.description,
      authorId: caller.id,
      sourceRef,
      targetRef,
      state: 'open',
      isDraft: wanted.isDraft === true ? 1 : 0,
      readyAt: null,
      headOid,
      baseOid,
      mergeOid: null,
      mergeMethod: null,
      mergeSealId: null,
      mergedBy: null,
      autoMergeBy: null,
      autoMergeMethod: null,
      bypassReason: null,
      confirmBy: null,
      confirmedBy: null,
      confirmSealId: null,
      confirmedAt: null,
      createdAt: at,
      updatedAt: at,
      closedAt: null,
    }
    await tx.insertInto('pullRequest').values(created).execute()
    await recordEvent(tx, {
      action: 'pull-request.opened',
      actor: actorOf(caller),
      target: { kind: 'pull-request', id: created.id },
      repositoryId: repository.id,
      facts: {
        repository: path,
        number,
        title,
        source: sourceRef,
        ref: targetRef,
        newOid: headOid,
        ...(created.isDraft === 1 ? { draft: 'yes' } : {}),
      },
      at,
    })
    return created
  })
  await catchUp({ database, git, now }, place, row)
  return row
}

/** @throws 409 naming the one that is open for this pair */
export async function checkNotOpen(
  db: Db<'pullRequest'>,
  pair: Pick<PullRequest, 'repositoryId' | 'sourceRef' | 'targetRef'>,
): Promise<void> {
  const other = await db
    .selectFrom('pullRequest')
    .select('number')
    .where('repositoryId', '=', pair.repositoryId)
    .where('sourceRef', '=', pair.sourceRef)
    .where('targetRef', '=', pair.targetRef)
    .where('state', '=', 'open')
    .executeTakeFirst()
  if (other !== undefined)
    throw conflict('already-open', `Pull request #${other.number} already proposes this.`, {
      help: `Open #${other.number}.`,
    })
}

/** @throws 422 */
export function cleanTitle(title: string): string {
  const clean = title.trim()
  if (clean === '') throw invalid('title', 'A title is needed.')
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(clean))
    throw invalid('title', 'A title is one line without control characters.')
  return clean
}

function branchRef(field: string, name: string): string {
  const problem = checkShortRefName(name)
  if (problem !== undefined) throw invalid(field, refNameSentences[problem])
  return `refs/heads/${name}`
}
