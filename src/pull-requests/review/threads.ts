import type { Db } from '../../database/handles.ts'
import { type Id, newId } from '../../database/id.ts'
import type { ReviewThreadTable } from '../../database/schema.ts'
import { conflict, forbidden, notFound } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import type { ReviewParts } from './review-parts.ts'
import { getPullRequest, type PullRequest } from '../records.ts'
import { anchorThread } from './anchor-thread.ts'
import { checkBody, checkRoom, insertComment } from './comments.ts'
import { noteReview } from './note.ts'
import type { InReview } from './in-review.ts'
import type { NewThread } from './shapes.ts'
import { mayTend } from './speaker.ts'

/** Says something about a line, a range of lines, a file, or the whole. @throws 409 `head-moved`, 422 */
export async function createThread(
  parts: ReviewParts,
  { place, caller, number }: InReview,
  wanted: NewThread,
): Promise<Id<'thr'>> {
  const { database, now } = parts
  const body = checkBody(wanted.body)
  const row = await getPullRequest(database.read, place.repository.id, number)
  const anchor = await anchorThread(parts, place, row, wanted)
  const at = now()
  const thread: ReviewThreadTable = {
    id: newId('thr'),
    pullRequestId: row.id,
    ...anchor,
    createdBy: caller.id,
    createdAt: at,
    resolvedBy: null,
    resolvedAt: null,
  }
  await database.write(async (tx) => {
    await checkRoom(tx, row, caller)
    await tx.insertInto('reviewThread').values(thread).execute()
    await insertComment(tx, { path: place.path, row }, { thread, caller, body, isDraft: wanted.isDraft, at })
  })
  return thread.id
}

/** @throws 404 for one that this caller does not see */
export async function reply(
  { database, now }: ReviewParts,
  { place, caller, number }: InReview,
  wanted: { thread: string; body: string; isDraft: boolean },
): Promise<Id<'thr'>> {
  const body = checkBody(wanted.body)
  const row = await getPullRequest(database.read, place.repository.id, number)
  return database.write(async (tx) => {
    const thread = await getThread(tx, row, caller, wanted.thread)
    await checkRoom(tx, row, caller)
    const { isDraft } = wanted
    await insertComment(tx, { path: place.path, row }, { thread, caller, body, isDraft, at: now() })
    return thread.id
  })
}

/** @throws 403 unless the caller may write here, proposed this, or began the thread */
export async function setResolved(
  { database, now }: ReviewParts,
  { place, caller, number }: InReview,
  wanted: { thread: string; isResolved: boolean },
): Promise<Id<'thr'>> {
  const row = await getPullRequest(database.read, place.repository.id, number)
  return database.write(async (tx) => {
    const thread = await getThread(tx, row, caller, wanted.thread)
    if (thread.path === null)
      throw conflict('not-resolvable', 'Only a thread about a file or its lines can be resolved.', {
        help: 'Answer it with a comment.',
      })
    if (!mayTend(place, row, caller) && thread.createdBy !== caller.id)
      throw forbidden(
        'Only whoever began this thread, proposed the change or may write here can do this.',
        'Ask one of them.',
      )
    const at = now()
    const isChanged = (thread.resolvedAt !== null) !== wanted.isResolved
    if (!isChanged) return thread.id
    await tx
      .updateTable('reviewThread')
      .set(wanted.isResolved ? { resolvedAt: at, resolvedBy: caller.id } : { resolvedAt: null, resolvedBy: null })
      .where('id', '=', thread.id)
      .execute()
    await noteReview(
      tx,
      { path: place.path, row },
      {
        action: wanted.isResolved ? 'thread.resolved' : 'thread.unresolved',
        caller,
        target: { kind: 'thread', id: thread.id },
        facts: { path: thread.path },
        at,
      },
    )
    return thread.id
  })
}

/** Of this very pull request, and with something in it that the caller sees. @throws 404 */
export async function getThread(
  db: Db<'reviewThread' | 'reviewComment'>,
  row: Pick<PullRequest, 'id'>,
  caller: Pick<Caller, 'id'>,
  id: string,
): Promise<ReviewThreadTable> {
  const thread = await db
    .selectFrom('reviewThread')
    .selectAll()
    .where('id', '=', id as Id<'thr'>)
    .where('pullRequestId', '=', row.id)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('reviewComment')
          .select('reviewComment.id')
          .whereRef('reviewComment.threadId', '=', 'reviewThread.id')
          .where((comment) => comment.or([comment('isDraft', '=', 0), comment('authorId', '=', caller.id)])),
      ),
    )
    .executeTakeFirst()
  if (thread === undefined) throw notFound('This thread')
  return thread
}
