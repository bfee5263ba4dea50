import { api } from './client.ts'
import { getQuery, queryClient } from './queries.ts'
import { withoutComment, withThread } from './review-state.ts'
import type { NewReview, NewThread, ReviewMade, ReviewState, ReviewView, ThreadView } from './shapes.ts'

/** Everything people said about one pull request, in one answer. */
export const reviewQuery = (pullApi: string) => getQuery<ReviewState>(`${pullApi}/review`)

export type ReviewActs = ReturnType<typeof reviewActs>

/**
 * What people do in a review. What was answered stands on the page at once; what hangs on it (counts, the checklist) is
 * read again behind it.
 */
export function reviewActs(pullApi: string) {
  const { queryKey } = reviewQuery(pullApi)
  const threadApi = (id: string) => `${pullApi}/threads/${encodeURIComponent(id)}`
  const commentApi = (id: string) => `${pullApi}/comments/${encodeURIComponent(id)}`
  const change = (next: (state: ReviewState) => ReviewState) => {
    queryClient.setQueryData<ReviewState>(queryKey, (state) => state && next(state))
    void readAgain(pullApi)
  }
  const show = async (asked: Promise<ThreadView>): Promise<ThreadView> => {
    const thread = await asked
    change((state) => withThread(state, thread))
    return thread
  }
  const settle = async <Answer>(asked: Promise<Answer>): Promise<Answer> => {
    const answer = await asked
    await readAgain(pullApi)
    return answer
  }
  return {
    begin: (thread: NewThread) => show(api.post<ThreadView>(`${pullApi}/threads`, thread)),
    reply: (id: string, body: string, isDraft: boolean) =>
      show(api.post<ThreadView>(`${threadApi(id)}/comments`, { body, isDraft })),
    setResolved: (id: string, isResolved: boolean) =>
      show(api.post<ThreadView>(`${threadApi(id)}/${isResolved ? 'resolve' : 'unresolve'}`)),
    edit: (commentId: string, body: string) => show(api.patch<ThreadView>(commentApi(commentId), { body })),
    async remove(commentId: string): Promise<void> {
      await api.delete(commentApi(commentId))
      change((state) => withoutComment(state, commentId))
    },
    apply: (commentId: string) => settle(api.post<{ oid: string }>(`${commentApi(commentId)}/apply?sign=true`)),
    send: (review: NewReview) => settle(api.post<ReviewMade>(`${pullApi}/reviews`, review)),
    dismiss: (id: string, reason: string) =>
      settle(api.post<ReviewView>(`${pullApi}/reviews/${encodeURIComponent(id)}/dismiss`, { reason })),
    askReviewers: async (users: string[], groups: string[]) => {
      const state = await api.put<ReviewState>(`${pullApi}/reviewers`, { users, groups })
      queryClient.setQueryData<ReviewState>(queryKey, state)
    },
    readAgain: () => readAgain(pullApi),
  }
}

/** The review, and the pull request whose checklist follows from it. */
async function readAgain(pullApi: string): Promise<void> {
  await queryClient.invalidateQueries({
    predicate: ({ queryKey: [key] }) => key === pullApi || key === `${pullApi}/review`,
  })
}
