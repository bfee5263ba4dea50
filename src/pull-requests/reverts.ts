import { setTimeout } from 'node:timers/promises'
import type { Db } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { conflict } from '../http/problem.ts'
import { zeroOid } from '../protocols/git/receive-commands.ts'
import { branchName, type PullRequest } from './records.ts'

type Reverted = Pick<PullRequest, 'repositoryId' | 'number' | 'targetRef'>

/** A branch that was made here, and that nobody has proposed yet. */
export interface RevertUnderWay {
  id: Id<'upd'>
  branch: string
}

export const branchFor = (number: number): string => `revert-${number}`

/**
 * Somebody proposed the same a moment or a week ago. A name can be given to any branch: it is one that was made here, and
 * at which nothing was changed since.
 */
export async function findOpenRevert(db: Db<'pullRequest' | 'refUpdate'>, row: Reverted): Promise<number | undefined> {
  const rows = await db
    .selectFrom('pullRequest')
    .innerJoin('refUpdate', (join) =>
      join
        .onRef('refUpdate.repositoryId', '=', 'pullRequest.repositoryId')
        .onRef('refUpdate.ref', '=', 'pullRequest.sourceRef')
        .onRef('refUpdate.newOid', '=', 'pullRequest.headOid'),
    )
    .select(['number', 'sourceRef'])
    .where('pullRequest.repositoryId', '=', row.repositoryId)
    .where('sourceRef', 'like', `refs/heads/${branchFor(row.number)}%`)
    .where('targetRef', '=', row.targetRef)
    .where('pullRequest.state', '=', 'open')
    .where('refUpdate.state', '=', 'done')
    .where('refUpdate.oldOid', '=', zeroOid)
    .where('refUpdate.commitBytes', 'is not', null)
    .execute()
  return rows.find(({ sourceRef }) => isOwn(row, sourceRef))?.number
}

/**
 * Somebody else is about to propose the same: a commit of the same tree on the same parent, on a branch that no pull
 * request was opened for and that nobody has moved since. Asked where no other can begin at the same time.
 * @param commit ours
 */
export async function findRevertUnderWay(
  db: Db<'pullRequest' | 'refUpdate'>,
  row: Reverted,
  commit: Buffer,
): Promise<RevertUnderWay | undefined> {
  const rows = await db
    .selectFrom('refUpdate')
    .select(['id', 'ref', 'commitBytes'])
    .where('repositoryId', '=', row.repositoryId)
    .where('ref', 'like', `refs/heads/${branchFor(row.number)}%`)
    .where('oldOid', '=', zeroOid)
    .where('state', 'in', ['prepared', 'done'])
    .where('commitBytes', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('pullRequest')
            .select('pullRequest.id')
            .whereRef('pullRequest.repositoryId', '=', 'refUpdate.repositoryId')
            .whereRef('pullRequest.sourceRef', '=', 'refUpdate.ref')
            .whereRef('pullRequest.headOid', '=', 'refUpdate.newOid'),
        ),
      ),
    )
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('refUpdate as later')
            .select('later.id')
            .whereRef('later.repositoryId', '=', 'refUpdate.repositoryId')
            .whereRef('later.ref', '=', 'refUpdate.ref')
            .whereRef('later.oldOid', '=', 'refUpdate.newOid')
            .where('later.state', '=', 'done'),
        ),
      ),
    )
    .execute()
  const same = rows.find(
    ({ ref, commitBytes }) =>
      isOwn(row, ref) && contentOf(Buffer.from(commitBytes ?? '', 'base64')) === contentOf(commit),
  )
  return same && { id: same.id, branch: branchName(same.ref) }
}

/** Tree and parent: what a commit brings, whoever wrote it, and when. */
const contentOf = (commit: Buffer): string => commit.toString('latin1').split('\n', 2).join('\n')

const isOwn = ({ number }: Reverted, ref: string): boolean => new RegExp(`/${branchFor(number)}(-[0-9]+)?$`).test(ref)

const lookAgainMs = 50
const mostLooks = 100

/** Once git has done what was prepared, or has not. @throws 409 where that takes too long */
export async function settled(db: Db<'refUpdate'>, { id }: RevertUnderWay): Promise<'done' | 'abandoned'> {
  for (let look = 1; look <= mostLooks; look += 1) {
    const row = await db.selectFrom('refUpdate').select('state').where('id', '=', id).executeTakeFirst()
    if (row?.state !== 'prepared') return row?.state ?? 'abandoned'
    await setTimeout(lookAgainMs)
  }
  throw conflict('revert-under-way', 'Somebody is proposing this at this moment.', {
    help: 'Look among the pull requests in a moment: it stands there then.',
  })
}
