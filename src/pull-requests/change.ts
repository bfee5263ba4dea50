import { recordEvent } from '../audit/record.ts'
import type { Action } from '../audit/actions.ts'
import type { Tx } from '../database/handles.ts'
import type { TableName } from '../database/schema.ts'
import { conflict, lookAgain, nothingLeft } from '../http/problem.ts'
import { actorOf, type Caller } from '../identity/caller.ts'
import { lockNumbers } from '../repositories/next-number.ts'
import type { RepositoryPlace } from '../repositories/place.ts'
import type { RefParts } from '../repositories/ref-updates.ts'
import { findTip } from '../repositories/revision.ts'
import { catchUp } from './follow-branches.ts'
import { checkNotOpen, cleanTitle } from './open.ts'
import { branchName, checkOpen, getPullRequest, type PullRequest } from './records.ts'

export interface Which {
  place: RepositoryPlace
  caller: Caller
  number: number
}

/** New words for a pull request; what was merged keeps those it was sealed with. */
export async function editPullRequest(
  { database, now }: RefParts,
  which: Which,
  wanted: { title?: string; description?: string },
): Promise<void> {
  const { id } = await getPullRequest(database.read, which.place.repository.id, which.number)
  const words = {
    ...(wanted.title === undefined ? {} : { title: cleanTitle(wanted.title) }),
    ...(wanted.description === undefined ? {} : { description: wanted.description }),
  }
  await database.write(async (tx) => {
    const at = now()
    await tx
      .updateTable('pullRequest')
      .set({ ...words, updatedAt: at })
      .where('id', '=', id)
      .execute()
    await note(
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
    await note(tx, which, row.id, 'pull-request.closed', {}, at)
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
    await note(tx, which, row.id, 'pull-request.reopened', { newOid: headOid }, at)
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

function note(
  tx: Tx<TableName>,
  { place, caller, number }: Which,
  id: string,
  action: Action,
  facts: Record<string, string>,
  at: number,
) {
  return recordEvent(tx, {
    action,
    actor: actorOf(caller),
    target: { kind: 'pull-request', id },
    repositoryId: place.repository.id,
    facts: { repository: place.path, number, ...facts },
    at,
  })
}
