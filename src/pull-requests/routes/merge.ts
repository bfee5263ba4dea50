import { type Static, Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { getCaller, getPerson } from '../../identity/caller.ts'
import { withGitProblems } from '../../repositories/git-problem.ts'
import { getPlace } from '../../repositories/place.ts'
import { FileIndex } from '../../repositories/routes/browse-shapes.ts'
import { DiffSummary, FilePatch } from '../../repositories/shapes.ts'
import { draftOf, getSealRequest } from '../../seals/requests.ts'
import { sealRequired } from '../../seals/seal-required.ts'
import { Facts } from '../../seals/shapes.ts'
import { switchOffByHand, switchOn } from '../auto-merge.ts'
import { BypassWanted, cleanReason } from '../bypass.ts'
import { askForConfirmation } from '../confirm-bypass.ts'
import { merge, type MergeReleaseParts } from '../merge.ts'
import { readMergeFiles, readMergePatch } from '../merge-preview.ts'
import { prepareMerge } from '../prepare-merge.ts'
import { MergeDone, MergeMethod, MergePreparation, PullRequestView, VerifyInstructions } from '../shapes.ts'
import { readVerifyInstructions } from '../verify-instructions.ts'
import { readPullRequest } from '../view.ts'
import { ByNumber, pullRequestRoot } from './shapes.ts'

const Method = Type.Object({ method: MergeMethod }, { additionalProperties: false })
const MergeWanted = Type.Object(
  { method: MergeMethod, bypass: Type.Optional(BypassWanted) },
  { additionalProperties: false },
)
type MergeWanted = Static<typeof MergeWanted>
const RequestQuery = Type.Object({ sealRequestId: Type.String({ maxLength: 100 }) })

/** To merge: lay down what would be signed, look at it, release it with the tap, and have it checked by others. */
export function mergeRoutes(app: App, parts: MergeReleaseParts): void {
  app.post(`${pullRequestRoot}/merge-preparation`, {
    config: { access: 'repository:write', sealRequest: 'held' },
    schema: { params: Type.Object(ByNumber), body: MergeWanted, response: { 200: MergePreparation } },
    handler: (request) =>
      withGitProblems(() =>
        prepareMerge(parts, {
          place: getPlace(request),
          caller: getPerson(request),
          number: Number(request.params.number),
          ...wantedOf(request.body),
        }),
      ),
  })

  app.get(`${pullRequestRoot}/merge-preparation/files`, {
    config: { access: 'repository:write' },
    schema: { params: Type.Object(ByNumber), querystring: RequestQuery, response: { 200: DiffSummary } },
    handler: (request) =>
      withGitProblems(() => {
        const { sealRequestId } = request.query
        return readMergeFiles(parts, {
          place: getPlace(request),
          caller: getPerson(request),
          number: Number(request.params.number),
          sealRequestId,
        })
      }),
  })

  app.get(`${pullRequestRoot}/merge-preparation/files/:index`, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object({ ...ByNumber, index: FileIndex }),
      querystring: RequestQuery,
      response: { 200: FilePatch },
    },
    handler: (request) =>
      withGitProblems(() =>
        readMergePatch(parts, {
          place: getPlace(request),
          caller: getPerson(request),
          number: Number(request.params.number),
          sealRequestId: request.query.sealRequestId,
          index: Number(request.params.index),
        }),
      ),
  })

  app.post(`${pullRequestRoot}/merge`, {
    config: { access: 'repository:write' },
    schema: { params: Type.Object(ByNumber), body: MergeWanted, response: { 200: MergeDone } },
    handler: (request) =>
      withGitProblems(async () => {
        const question = {
          place: getPlace(request),
          caller: getPerson(request),
          number: Number(request.params.number),
          ...wantedOf(request.body),
        }
        const sealId = request.headers['postern-seal']
        if (typeof sealId === 'string') return merge(parts, { ...question, sealId })
        const { sealRequestId, facts } = await prepareMerge(parts, question)
        const { database, policy, now } = parts
        const waiting = draftOf(await getSealRequest(database.read, sealRequestId, question.caller.id))
        const asked = { question: waiting.question, caller: question.caller, at: now() }
        throw await sealRequired({ db: database.read, policy }, asked, { detail: facts.title, sealRequestId })
      }),
  })

  app.put(`${pullRequestRoot}/auto-merge`, {
    config: { access: 'repository:write' },
    schema: { params: Type.Object(ByNumber), body: Method, response: { 200: PullRequestView } },
    handler: (request) =>
      withGitProblems(async () => {
        const which = { place: getPlace(request), caller: getCaller(request), number: Number(request.params.number) }
        await switchOn(parts, which, request.body.method)
        return readPullRequest(parts, which.place, which.caller, which.number)
      }),
  })

  app.delete(`${pullRequestRoot}/auto-merge`, {
    config: { access: 'repository:write' },
    schema: { params: Type.Object(ByNumber), response: { 200: PullRequestView } },
    handler: (request) =>
      withGitProblems(async () => {
        const which = { place: getPlace(request), caller: getCaller(request), number: Number(request.params.number) }
        await switchOffByHand(parts, which)
        return readPullRequest(parts, which.place, which.caller, which.number)
      }),
  })

  app.post(`${pullRequestRoot}/confirmation`, {
    config: { access: 'repository:read', sealRequest: 'held' },
    schema: {
      params: Type.Object(ByNumber),
      response: { 200: Type.Object({ sealRequestId: Type.String(), facts: Facts }) },
    },
    handler: (request) =>
      withGitProblems(() =>
        askForConfirmation(parts, {
          place: getPlace(request),
          caller: getPerson(request),
          number: Number(request.params.number),
        }),
      ),
  })

  app.get(`${pullRequestRoot}/verify-instructions`, {
    config: { access: 'repository:read' },
    schema: { params: Type.Object(ByNumber), response: { 200: VerifyInstructions } },
    handler: (request) => readVerifyInstructions(parts, getPlace(request), Number(request.params.number)),
  })
}

const wantedOf = ({ method, bypass }: MergeWanted) => ({
  method,
  ...(bypass === undefined ? {} : { bypass: { reason: cleanReason(bypass.reason) } }),
})
