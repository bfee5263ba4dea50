import type { Db } from '../../database/handles.ts'
import type { Id } from '../../database/id.ts'
import type { ReviewCommentTable, ReviewThreadTable } from '../../database/schema.ts'
import { notFound } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import type { RepositoryPlace } from '../../repositories/place.ts'
import { findTip } from '../../repositories/revision.ts'
import type { ReviewParts } from './review-parts.ts'
import type { PullRequest } from '../records.ts'
import { listUsers } from './approval-facts.ts'
import { findMergeBase } from './change-digest.ts'
import { readEnds } from './ends.ts'
import { placeThreads } from './place-threads.ts'
import { renderThread } from './render-threads.ts'
import type { ThreadView } from './shapes.ts'

export interface SeenThread {
  thread: ReviewThreadTable
  comments: ReviewCommentTable[]
}

/**
 * The threads of a pull request as one person sees them: others' drafts are not there, and neither is a thread in which
 * nothing else stands. In the order in which they were begun.
 */
export async function listThreads(
  db: Db<'reviewThread' | 'reviewComment'>,
  pullRequestId: Id<'prq'>,
  reader: Id<'usr'> | undefined,
): Promise<SeenThread[]> {
  const comments = await db
    .selectFrom('reviewComment')
    .selectAll()
    .where('pullRequestId', '=', pullRequestId)
    .where((eb) =>
      reader === undefined ? eb('isDraft', '=', 0) : eb.or([eb('isDraft', '=', 0), eb('authorId', '=', reader)]),
    )
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  const byThread = Map.groupBy(comments, ({ threadId }) => threadId)
  const threads = await db
    .selectFrom('reviewThread')
    .selectAll()
    .where('pullRequestId', '=', pullRequestId)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return threads.flatMap((thread) => {
    const said = byThread.get(thread.id) ?? []
    return said.some(({ deletedAt }) => deletedAt === null) ? [{ thread, comments: said }] : []
  })
}

/** Whether it is to be settled before a merge: said aloud, about a file, and not resolved. */
export const isOpen = ({ thread, comments }: SeenThread): boolean =>
  thread.path !== null &&
  thread.resolvedAt === null &&
  comments.some(({ isDraft, deletedAt }) => isDraft === 0 && deletedAt === null)

/** How many threads about files nobody has resolved; what nobody else sees yet is not counted. */
export async function countOpenThreads(
  db: Db<'reviewThread' | 'reviewComment'>,
  { id }: Pick<PullRequest, 'id'>,
): Promise<number> {
  return (await listThreads(db, id, undefined)).filter(isOpen).length
}

interface ThreadQuestion {
  place: RepositoryPlace
  caller: Caller | undefined
  row: PullRequest
}

/** All of these threads with where they stand now, by a fixed number of queries and runs of git. */
export async function renderThreads(
  { database, git }: Pick<ReviewParts, 'database' | 'git'>,
  { place, caller, row }: ThreadQuestion,
  seen: readonly SeenThread[],
): Promise<ThreadView[]> {
  const source = { git, folder: place.folder }
  const ends = await readEnds({ git }, place, row)
  const base = (await findMergeBase(source, ends)) ?? ends.base
  const places = await placeThreads(
    source,
    seen.map(({ thread }) => thread),
    { base, head: ends.head },
  )
  const users = await listUsers(
    database.read,
    seen.flatMap(({ thread, comments }) => [thread.resolvedBy, ...comments.map(({ authorId }) => authorId)]),
  )
  const hasSource = row.state === 'open' && (await findTip(source, row.sourceRef)) !== undefined
  return seen.flatMap(({ thread, comments }) => {
    const stands = places.get(thread.id)
    return stands === undefined
      ? []
      : [renderThread(thread, comments, stands, { place, row, caller, users, hasSource })]
  })
}

/** One of them, as an answer to whoever changed it. @throws 404 */
export async function readThread(
  parts: Pick<ReviewParts, 'database' | 'git'>,
  question: ThreadQuestion,
  id: string,
): Promise<ThreadView> {
  const seen = await listThreads(parts.database.read, question.row.id, question.caller?.id)
  const [view] = await renderThreads(
    parts,
    question,
    seen.filter(({ thread }) => thread.id === id),
  )
  if (view === undefined) throw notFound('This thread')
  return view
}
