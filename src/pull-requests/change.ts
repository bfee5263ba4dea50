import type { Tx } from '../database/handles.ts'
import { conflict, lookAgain, nothingLeft } from '../http/problem.ts'
import { lockNumbers } from '../repositories/next-number.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { catchUp } from './follow-branches.ts'
import { setDraft } from './drafts.ts'
import { noteChange, type Which } from './note-change.ts'
import { checkNotOpen, cleanTitle } from './open.ts'
import { branchName, checkOpen, getPullRequest, type PullRequest } from './records.ts'

/** New words for a pull request, or whether it is a draft; what was merged keeps the words it was sealed with. */
export async function editPullRequest(
  { database, now }: RefParts,
  which: Which,
  wanted: { title?: string; description?: string; isDraft?: boolean },
): Promise<void> {
  const { id } = await getPullRequest(database.read, which.place.repository.id, which.number)
  const words = {
    ...(wanted.title === undefined ? {} : { title: cleanTitle(wanted.title) }),
    ...(wanted.description === undefined ? {} : { description: wanted.description }),
  }
  await database.write(async (tx) => {
    const at = now()
    if (wanted.isDraft !== undefined) await setDraft(tx, which, id, { isDraft: wanted.isDraft, at })
    if (Object.keys(words).length === 0) return
    await tx
      .updateTable('pullRequest')
      .set({ ...words, updatedAt: at })
      .where('id', '=', id)
      .execute()
    await noteChange(
      tx,
      which,
      id,
      'pull-request.changed',
      { changed: Object.keys(words).join(' '), ...('title' in words ? { title: words.title } : {}) },
      at,
    )
  })
}

export async function closePullRequest({ database, git, now }: RefParts, which: Which): Promise<void> {
  const { repository, folder } = which.place
  const row = await getPullRequest(database.read, repository.id, which.number)
  checkOpen(row)
  const baseOid = (await findTip({ git, folder }, row.targetRef)) ?? row.baseOid
  await database.write(async (tx) => {
    const at = now()
    await changeState(tx, row, { state: 'closed', baseOid, closedAt: at, updatedAt: at })
    await noteChange(tx, which, row.id, 'pull-request.closed', {}, at)
  })
}

/** Only where both branches are still there: the head is looked up afresh. */
export async function reopenPullRequest({ database, git, now }: RefParts, which: Which): Promise<void> {
  const { repository, folder } = which.place
  const row = await getPullRequest(database.read, repository.id, which.number)
  if (row.state === 'merged') checkOpen(row)
  if (row.state === 'open')
    throw conflict('already-open', `Pull request #${row.number} is open.`, { help: nothingLeft })
  const headOid = await findTip({ git, folder }, row.sourceRef)
  if (headOid === undefined)
    throw conflict('source-missing', `The branch ${branchName(row.sourceRef)} is gone.`, {
      help: 'Push it again, then reopen.',
    })
  await database.write(async (tx) => {
    const at = now()
    await lockNumbers(tx, repository.id)
    await checkNotOpen(tx, row)
    await changeState(tx, row, { state: 'open', headOid, closedAt: null, updatedAt: at })
    await noteChange(tx, which, row.id, 'pull-request.reopened', { newOid: headOid }, at)
  })
  await catchUp({ database, git, now }, which.place, row)
}

/** Of two changes at once, one finds the state it looked at gone. */
async function changeState(tx: Tx<'pullRequest'>, row: PullRequest, change: Partial<PullRequest>): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('pullRequest')
    .set(change)
    .where('id', '=', row.id)
    .where('state', '=', row.state)
    .executeTakeFirst()
  if (Number(numUpdatedRows) !== 1)
    throw conflict('changed-meanwhile', 'Somebody else changed this at the same moment.', { help: lookAgain })
}
