import type { Db, Tx } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { ReviewCommentTable, ReviewThreadTable } from '../../database/schema.ts'
import { conflict, forbidden, invalid, notFound } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import { coversRole } from '../../repositories/access.ts'
import type { ReviewParts } from './review-parts.ts'
import { getPullRequest, type PullRequest } from '../records.ts'
import { noteReview, type Where } from './note.ts'
import type { InReview } from './in-review.ts'

type Writing = Tx<'reviewThread' | 'reviewComment' | 'auditEvent' | 'auditPersonal'>

/** All comments of one pull request, and what one person may keep to themselves. */
const mostComments = 5_000
const mostDrafts = 500

/** Kept as it was written: what it looks like is for the page to say. @throws 422 */
export function checkBody(body: string): string {
  if (body.trim() === '') throw invalid('body', 'There is nothing in it.')
  return body
}

/** @throws 409 */
export async function checkRoom(db: Db<'reviewComment'>, row: Pick<PullRequest, 'id'>, caller: Caller): Promise<void> {
  const { all, drafts } = await db
    .selectFrom('reviewComment')
    .select((eb) => [
      eb.fn.countAll<number>().as('all'),
      eb.fn
        .countAll<number>()
        .filterWhere(eb.and({ isDraft: 1, authorId: caller.id }))
        .as('drafts'),
    ])
    .where('pullRequestId', '=', row.id)
    .executeTakeFirstOrThrow()
  if (all >= mostComments)
    throw conflict('too-many-comments', `There are ${mostComments} comments here already.`, {
      help: 'Propose smaller changes.',
    })
  if (drafts >= mostDrafts)
    throw conflict('too-many-comments', `You have ${mostDrafts} comments that nobody else sees yet.`, {
      help: 'Send your review first.',
    })
}

export async function insertComment(
  tx: Writing,
  where: Where,
  said: {
    thread: Pick<ReviewThreadTable, 'id' | 'path'>
    caller: Caller
    body: string
    isDraft: boolean
    at: number
  },
): Promise<void> {
  const { thread, caller, body, isDraft, at } = said
  const id = newId('cmt')
  await tx
    .insertInto('reviewComment')
    .values({
      id,
      threadId: thread.id,
      pullRequestId: where.row.id,
      authorId: caller.id,
      body,
      isDraft: isDraft ? 1 : 0,
      createdAt: at,
      editedAt: null,
      deletedAt: null,
      appliedOid: null,
    })
    .execute()
  if (!isDraft) await noteAdded(tx, where, { id, thread, caller, at })
}

const noteAdded = (
  tx: Writing,
  where: Where,
  {
    id,
    thread,
    caller,
    at,
    inReview = false,
  }: { id: string; thread: Pick<ReviewThreadTable, 'id' | 'path'>; caller: Caller; at: number; inReview?: boolean },
): Promise<void> =>
  noteReview(tx, where, {
    action: 'comment.added',
    caller,
    target: { kind: 'comment', id },
    facts: { thread: thread.id, path: thread.path ?? '', ...(inReview && { inReview: 'yes' }) },
    at,
  })

/** Everybody sees what this person kept to themselves, in the order in which it was written. Returns how many. */
export async function publishDrafts(tx: Writing, where: Where, caller: Caller, at: number): Promise<number> {
  const drafts = await tx
    .selectFrom('reviewComment')
    .innerJoin('reviewThread', 'reviewThread.id', 'reviewComment.threadId')
    .select(['reviewComment.id', 'reviewComment.threadId', 'reviewThread.path'])
    .where('reviewComment.pullRequestId', '=', where.row.id)
    .where('reviewComment.authorId', '=', caller.id)
    .where('reviewComment.isDraft', '=', 1)
    .orderBy('reviewComment.createdAt')
    .orderBy('reviewComment.id')
    .execute()
  for (const [index, { id, threadId, path }] of drafts.entries()) {
    // Said now, and one after the other.
    const createdAt = at - drafts.length + 1 + index
    await tx.updateTable('reviewComment').set({ isDraft: 0, createdAt }).where('id', '=', id).execute()
    await noteAdded(tx, where, { id, thread: { id: threadId, path }, caller, at, inReview: true })
  }
  return drafts.length
}

/** New words for one's own comment. @throws 403, 404 */
export async function editComment(
  { database, now }: ReviewParts,
  { place, caller, number }: InReview,
  wanted: { comment: string; body: string },
): Promise<Id<'thr'>> {
  const body = checkBody(wanted.body)
  const row = await getPullRequest(database.read, place.repository.id, number)
  return database.write(async (tx) => {
    const comment = await getComment(tx, row, caller, wanted.comment)
    if (comment.authorId !== caller.id)
      throw forbidden('Only whoever wrote a comment can edit it.', 'Reply to it instead.')
    const at = now()
    const isDraft = comment.isDraft === 1
    await tx
      .updateTable('reviewComment')
      .set({ body, ...(isDraft ? {} : { editedAt: at }) })
      .where('id', '=', comment.id)
      .execute()
    if (!isDraft) await noteComment(tx, { path: place.path, row }, comment, { action: 'comment.edited', caller, at })
    return comment.threadId
  })
}

/** One's own, or as an administrator anybody's. What was said is gone; that something was said stays. @throws 403, 404 */
export async function deleteComment(
  { database, now }: ReviewParts,
  { place, caller, number }: InReview,
  id: string,
): Promise<void> {
  const row = await getPullRequest(database.read, place.repository.id, number)
  await database.write(async (tx) => {
    const comment = await getComment(tx, row, caller, id)
    if (comment.authorId !== caller.id && !coversRole(place.role, 'admin'))
      throw forbidden(
        'Only whoever wrote a comment, or an administrator of the repository, can delete it.',
        'Ask one of them.',
      )
    if (comment.isDraft === 1) return forget(tx, comment)
    const at = now()
    await tx.updateTable('reviewComment').set({ body: '', deletedAt: at }).where('id', '=', comment.id).execute()
    await noteComment(tx, { path: place.path, row }, comment, { action: 'comment.deleted', caller, at })
  })
}

/** Nobody else has ever seen it, nor a thread in which there is nothing else. */
async function forget(tx: Writing, { id, threadId }: ReviewCommentTable): Promise<void> {
  await tx.deleteFrom('reviewComment').where('id', '=', id).execute()
  const other = await tx
    .selectFrom('reviewComment')
    .select('id')
    .where('threadId', '=', threadId)
    .limit(1)
    .executeTakeFirst()
  if (other === undefined) await tx.deleteFrom('reviewThread').where('id', '=', threadId).execute()
}

const noteComment = (
  tx: Writing,
  where: Where,
  { id, threadId }: ReviewCommentTable,
  event: { action: 'comment.edited' | 'comment.deleted'; caller: Caller; at: number },
): Promise<void> => noteReview(tx, where, { ...event, target: { kind: 'comment', id }, facts: { thread: threadId } })

/** Of this very pull request; another person's draft is as if it were not there. @throws 404 */
export async function getComment(
  db: Db<'reviewComment'>,
  row: Pick<PullRequest, 'id'>,
  caller: Pick<Caller, 'id'>,
  id: string,
): Promise<ReviewCommentTable> {
  const comment = await db
    .selectFrom('reviewComment')
    .selectAll()
    .where('id', '=', id as Id<'cmt'>)
    .where('pullRequestId', '=', row.id)
    .where('deletedAt', 'is', null)
    .where((eb) => eb.or([eb('isDraft', '=', 0), eb('authorId', '=', caller.id)]))
    .executeTakeFirst()
  if (comment === undefined) throw notFound('This comment')
  return comment
}
