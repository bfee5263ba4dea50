import type { CommentView, ReviewState, ThreadView } from './shapes.ts'

const countDrafts = (threads: readonly ThreadView[]) =>
  threads.reduce((sum, { comments }) => sum + comments.filter(({ isDraft }) => isDraft).length, 0)

const isSeenByOthers = ({ comments }: ThreadView) => comments.some(({ isDraft }) => !isDraft)

const withThreads = (state: ReviewState, threads: ThreadView[]): ReviewState => ({
  ...state,
  threads,
  draftCount: countDrafts(threads),
  openThreadCount: threads.filter((thread) => thread.resolvedAt === null && isSeenByOthers(thread)).length,
})

/** The state with this thread as it is now: in its place, or as the newest. */
export const withThread = (state: ReviewState, thread: ThreadView): ReviewState =>
  withThreads(
    state,
    state.threads.some(({ id }) => id === thread.id)
      ? state.threads.map((other) => (other.id === thread.id ? thread : other))
      : [...state.threads, thread],
  )

const isLeft = ({ isDeleted }: CommentView) => !isDeleted

/** The state after one comment was deleted; a thread of which nothing is left goes with it. */
export const withoutComment = (state: ReviewState, commentId: string): ReviewState =>
  withThreads(
    state,
    state.threads
      .map((thread) => ({ ...thread, comments: thread.comments.filter(({ id }) => id !== commentId) }))
      .filter(({ comments }) => comments.some(isLeft)),
  )
