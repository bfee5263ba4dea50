import type { FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { giveBodyTime } from '../../http/body-deadline.ts'
import { type Caller, getCaller } from '../../identity/caller.ts'
import { commitChanges, type EditParts } from '../edits/commit-changes.ts'
import { createEditRoom } from '../edits/edit-room.ts'
import { readEditStart } from '../edits/edit-start.ts'
import { signingOf } from '../edits/signing.ts'
import { EditStart, MadeCommit, NewCommit, mostBytes } from '../edits/shapes.ts'
import { withGitProblems } from '../git-problem.ts'
import { getPlace } from '../place.ts'
import { cleanPath, InRepository, PathQuery, RefQuery, repositoryRoot } from './browse-shapes.ts'

// As base64, with room for paths, a message and what JSON escapes.
const bodyLimit = Math.ceil(mostBytes * 1.5)
// Over the slowest line that people work with.
const bodyMs = 5 * 60_000

export interface EditRouteParts extends Omit<EditParts, 'log'> {
  /** Whoever sent this, as what they came in with proves them now. */
  recogniseAgain: (request: FastifyRequest) => Promise<Caller | undefined>
}

/** Files changed without a clone. */
export function editRoutes(app: App, parts: EditRouteParts): void {
  const room = createEditRoom()

  app.get(`${repositoryRoot}/edit`, {
    config: { access: 'repository:write' },
    schema: {
      params: Type.Object(InRepository),
      querystring: Type.Object({ ...RefQuery, ...PathQuery }),
      response: { 200: EditStart },
    },
    handler: (request) =>
      withGitProblems(() => {
        const place = getPlace(request)
        const { ref = place.repository.defaultBranch, path } = request.query
        const wanted = { branch: ref, path: path === undefined ? undefined : cleanPath(path) }
        return readEditStart(parts, { place, caller: getCaller(request) }, wanted)
      }),
  })

  app.post(`${repositoryRoot}/commits`, {
    config: { access: 'repository:write' },
    bodyLimit,
    onRequest: async (request) => giveBodyTime(request, bodyMs),
    preParsing: (request, reply) => room.forBody(request, reply),
    schema: { params: Type.Object(InRepository), body: NewCommit, response: { 200: MadeCommit } },
    handler: (request) =>
      withGitProblems(async () => {
        using _place = await room.forWork(request)
        const log: EditParts['log'] = (error, text) => request.log.error({ err: error }, text)
        const recognise = () => parts.recogniseAgain(request)
        const signing = signingOf(request, request.body.sign)
        const by = { place: getPlace(request), caller: getCaller(request), recognise, signing }
        return await commitChanges({ ...parts, log }, by, request.body)
      }),
  })
}
