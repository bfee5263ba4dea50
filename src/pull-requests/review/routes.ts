import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { notFound } from '../../http/problem.ts'
import { FreeText } from '../../http/shapes.ts'
import { withGitProblems } from '../../repositories/git-problem.ts'
import { getPlace } from '../../repositories/place.ts'
import type { ReviewParts } from './review-parts.ts'
import { getPullRequest } from '../records.ts'
import { ByNumber, pullRequestRoot, SignQuery } from '../routes/shapes.ts'
import { signingOf } from '../../repositories/edits/signing.ts'
import { applySuggestion } from './apply-suggestion.ts'
import { deleteComment, editComment } from './comments.ts'
import { dismissReview } from './dismiss-review.ts'
import { readReview } from './read-review.ts'
import { readThread } from './read-threads.ts'
import { requestReviewers } from './reviewers.ts'
import { sendReview } from './send-review.ts'
import { Body, NewReview, NewThread, ReviewMade, ReviewState, ReviewView, ThreadView } from './shapes.ts'
import { getSpeaker } from './speaker.ts'
import type { InReview } from './in-review.ts'
import { createThread, reply, setResolved } from './threads.ts'

const Id = Type.String({ maxLength: 100 })
const Ids = Type.Array(Id, { maxItems: 50 })
const strict = { additionalProperties: false }

/**
 * What people say about a pull request, and what they think of it. An approval is a seal over exactly what was read;
 * everything else takes no tap. It merges nothing, and does not say how many approvals are enough.
 */
export function reviewRoutes(app: App, parts: ReviewParts): void {
  const inReview = (request: FastifyRequest): InReview => ({
    place: getPlace(request),
    caller: getSpeaker(request),
    number: Number((request.params as { number: string }).number),
  })
  const answer = async ({ place, caller, number }: InReview, thread: string): Promise<ThreadView> => {
    const row = await getPullRequest(parts.database.read, place.repository.id, number)
    return readThread(parts, { place, caller, row }, thread)
  }
  const find = async ({ place, caller, number }: InReview, id: string): Promise<ReviewView> => {
    const review = (await readReview(parts, place, caller, number)).reviews.find((other) => other.id === id)
    if (review === undefined) throw notFound('This review')
    return review
  }

  app.get(`${pullRequestRoot}/review`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(ByNumber), response: { 200: ReviewState } },
    handler: (request) =>
      withGitProblems(() => readReview(parts, getPlace(request), request.caller, Number(request.params.number))),
  })

  app.post(`${pullRequestRoot}/threads`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(ByNumber), body: NewThread, response: { 200: ThreadView } },
    handler: (request) =>
      withGitProblems(async () => {
        const asked = inReview(request)
        return answer(asked, await createThread(parts, asked, request.body))
      }),
  })

  app.post(`${pullRequestRoot}/threads/:thread/comments`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object({ ...ByNumber, thread: Id }),
      body: Type.Object({ body: Body, isDraft: Type.Boolean() }, strict),
      response: { 200: ThreadView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const asked = inReview(request)
        return answer(asked, await reply(parts, asked, { thread: request.params.thread, ...request.body }))
      }),
  })

  for (const [word, isResolved] of [
    ['resolve', true],
    ['unresolve', false],
  ] as const)
    app.post(`${pullRequestRoot}/threads/:thread/${word}`, {
      config: { access: 'repository:read' },
      schema: { params: Type.Object({ ...ByNumber, thread: Id }), response: { 200: ThreadView } },
      handler: (request) =>
        withGitProblems(async () => {
          const asked = inReview(request)
          return answer(asked, await setResolved(parts, asked, { thread: request.params.thread, isResolved }))
        }),
    })

  app.patch(`${pullRequestRoot}/comments/:comment`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object({ ...ByNumber, comment: Id }),
      body: Type.Object({ body: Body }, strict),
      response: { 200: ThreadView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const asked = inReview(request)
        const { body } = request.body
        return answer(asked, await editComment(parts, asked, { comment: request.params.comment, body }))
      }),
  })

  app.delete(`${pullRequestRoot}/comments/:comment`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object({ ...ByNumber, comment: Id }), response: { 204: Type.Null() } },
    async handler(request, response) {
      await deleteComment(parts, inReview(request), request.params.comment)
      return response.code(204).send(null)
    },
  })

  app.post(`${pullRequestRoot}/comments/:comment/apply`, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object({ ...ByNumber, comment: Id }),
      querystring: SignQuery,
      response: { 200: Type.Object({ oid: Type.String() }) },
    },
    handler: (request) =>
      withGitProblems(() => {
        const asked = { ...inReview(request), signing: signingOf(request, request.query.sign === 'true') }
        return applySuggestion(parts, asked, request.params.comment)
      }),
  })

  app.post(`${pullRequestRoot}/reviews`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(ByNumber), body: NewReview, response: { 200: ReviewMade } },
    handler: (request) =>
      withGitProblems(async () => {
        const asked = inReview(request)
        const sent = await sendReview(parts, asked, request.body)
        if ('sealRequest' in sent) return { review: null, sealRequest: sent.sealRequest }
        return { review: await find(asked, sent.reviewId), sealRequest: null }
      }),
  })

  app.post(`${pullRequestRoot}/reviews/:review/dismiss`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object({ ...ByNumber, review: Id }),
      body: Type.Object({ reason: FreeText(500) }, strict),
      response: { 200: ReviewView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const asked = inReview(request)
        const { review } = request.params
        await dismissReview(parts, asked, { review, reason: request.body.reason })
        return find(asked, review)
      }),
  })

  app.put(`${pullRequestRoot}/reviewers`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(ByNumber),
      body: Type.Object({ users: Ids, groups: Ids }, strict),
      response: { 200: ReviewState },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const asked = inReview(request)
        await requestReviewers(parts, asked, request.body)
        return readReview(parts, asked.place, asked.caller, asked.number)
      }),
  })
}
