import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { getCaller } from '../../identity/caller.ts'
import { withGitProblems } from '../../repositories/git-problem.ts'
import type { MergeParts } from '../merge-parts.ts'
import { getPlace } from '../../repositories/place.ts'
import { InRepository, repositoryRoot } from '../../repositories/routes/browse-shapes.ts'
import { closePullRequest, editPullRequest, reopenPullRequest } from '../change.ts'
import { readDescriptionTemplate } from '../description-template.ts'
import { listPullRequests } from '../list.ts'
import { openPullRequest } from '../open.ts'
import { signingOf } from '../../repositories/edits/signing.ts'
import { revertPullRequest } from '../revert.ts'
import { DescriptionTemplate, PullRequestSummary, PullRequestView } from '../shapes.ts'
import { readPullRequest } from '../view.ts'
import { ByNumber, Description, IsDraft, pullRequestRoot, pullRequestsRoot, SignQuery, Title } from './shapes.ts'

const State = Type.Union([
  Type.Literal('open'),
  Type.Literal('draft'), // the open ones that are not ready
  Type.Literal('merged'),
  Type.Literal('closed'),
  Type.Literal('all'),
])

/** To propose, also by a template, list, read, edit, close, reopen and take back. */
export function proposalRoutes(app: App, parts: MergeParts): void {
  app.get(pullRequestsRoot, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...CursorQuery, state: Type.Optional(State) }),
      response: { 200: Page(PullRequestSummary) },
    },
    handler: (request) =>
      listPullRequests(parts.database.read, {
        repositoryId: getPlace(request).repository.id,
        state: request.query.state ?? 'open',
        cursor: request.query.cursor,
      }),
  })

  app.post(pullRequestsRoot, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object(InRepository),
      body: Type.Object(
        {
          title: Title,
          description: Description,
          sourceBranch: Type.String({ maxLength: 300 }),
          targetBranch: Type.String({ maxLength: 300 }),
          isDraft: Type.Optional(IsDraft),
        },
        { additionalProperties: false },
      ),
      response: { 200: PullRequestView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const [place, caller] = [getPlace(request), getCaller(request)]
        const { number } = await openPullRequest(parts, place, caller, request.body)
        return readPullRequest(parts, place, caller, number)
      }),
  })

  app.get(`${repositoryRoot}/pull-request-template`, {
    config: { access: 'repository:read' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ branch: Type.String({ maxLength: 300 }) }),
      response: { 200: DescriptionTemplate },
    },
    handler: (request) =>
      withGitProblems(() => {
        const { folder } = getPlace(request)
        return readDescriptionTemplate({ git: parts.git, folder }, request.query.branch)
      }),
  })

  app.get(pullRequestRoot, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(ByNumber), response: { 200: PullRequestView } },
    handler: (request) =>
      withGitProblems(() => readPullRequest(parts, getPlace(request), request.caller, Number(request.params.number))),
  })

  app.patch(pullRequestRoot, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object(ByNumber),
      body: Type.Object(
        { title: Type.Optional(Title), description: Type.Optional(Description), isDraft: Type.Optional(IsDraft) },
        { additionalProperties: false, minProperties: 1 },
      ),
      response: { 200: PullRequestView },
    },
    handler: (request) =>
      withGitProblems(async () => {
        const which = { place: getPlace(request), caller: getCaller(request), number: Number(request.params.number) }
        await editPullRequest(parts, which, request.body)
        return readPullRequest(parts, which.place, which.caller, which.number)
      }),
  })

  for (const [word, change] of [
    ['close', closePullRequest],
    ['reopen', reopenPullRequest],
  ] as const)
    app.post(`${pullRequestRoot}/${word}`, {
      config: { access: 'repository:write' },
      schema: { params: Type.Object(ByNumber), response: { 200: PullRequestView } },
      handler: (request) =>
        withGitProblems(async () => {
          const which = { place: getPlace(request), caller: getCaller(request), number: Number(request.params.number) }
          await change(parts, which)
          return readPullRequest(parts, which.place, which.caller, which.number)
        }),
    })
  app.post(`${pullRequestRoot}/revert`, {
    config: { access: 'repository:write' },
    schema: { params: Type.Object(ByNumber), querystring: SignQuery, response: { 200: PullRequestView } },
    handler: (request) =>
      withGitProblems(async () => {
        const [place, caller] = [getPlace(request), getCaller(request)]
        const signing = signingOf(request, request.query.sign === 'true')
        const which = { place, caller, number: Number(request.params.number), signing }
        const number = await revertPullRequest(parts, which)
        return readPullRequest(parts, place, caller, number)
      }),
  })
}
