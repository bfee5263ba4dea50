import type { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import { ProblemError } from '../../http/problem.ts'
import { type Caller, getCaller } from '../../identity/caller.ts'
import { parseGitProtocol } from '../../protocols/git/protocol-version.ts'
import { answerOverHttp, comeWithGit, endPlainRefusal, sendPlainRefusal } from '../git-reply.ts'
import { inflatePush } from '../inflate-body.ts'
import { getPlace } from '../place.ts'
import { holderOf, letGoIdle } from '../stream-holder.ts'
import type { PushParts } from '../push-parts.ts'
import { receivePack } from '../receive-pack.ts'
import { createAdvertiser, gitServices, uploadPack } from '../upload-pack.ts'

const Path = Type.Object({ project: Type.String(), repository: Type.String() })

export interface GitRouteParts extends Omit<PushParts, 'log'> {
  /** How long a client may neither send nor read. */
  idleMs?: number | undefined
  /** Judges the credentials of a request again: a push may wait, and they may end meanwhile. */
  recognise: (request: FastifyRequest) => Promise<Caller | undefined>
}

/** Smart HTTP, gitprotocol-http(5): discovery, fetch, push. Every decision is made in the functions it calls. */
export function gitRoutes(app: App, parts: GitRouteParts): void {
  const advertise = createAdvertiser(parts.git)
  for (const service of gitServices)
    app.addContentTypeParser(`application/x-${service}-request`, (_request, payload, done) => done(null, payload))
  const shared = { config: { access: 'git' }, errorHandler: plainRefusals } as const

  app.get('/:project/:repository/info/refs', {
    ...shared,
    exposeHeadRoute: false,
    schema: { params: Path, querystring: Type.Object({ service: Type.Optional(Type.String()) }) },
    async handler(request, reply) {
      const service = gitServices.find((known) => known === request.query.service)
      if (service === undefined)
        throw new ProblemError(403, 'dumb-http', 'This git is too old: only the smart protocol is spoken here.', {
          help: 'Install a newer git.',
        })
      await takeOver(request, reply, parts, () =>
        advertise({
          folder: getPlace(request).folder,
          service,
          holder: holderOf(request),
          protocolVersion: protocolVersionOf(request),
          pushSettings: parts.pushNonces.settings(getPlace(request).repository.id),
          response: reply.raw,
        }),
      )
    },
  })

  app.post('/:project/:repository/git-upload-pack', {
    ...shared,
    schema: { params: Path },
    handler: (request, reply) =>
      takeOver(request, reply, parts, () =>
        uploadPack({
          git: parts.git,
          holder: holderOf(request),
          folder: getPlace(request).folder,
          protocolVersion: protocolVersionOf(request),
          headers: request.headers,
          body: bodyOf(request),
          response: reply.raw,
        }),
      ),
  })

  app.post('/:project/:repository/git-receive-pack', {
    ...shared,
    schema: { params: Path },
    handler(request, reply) {
      const body = inflatePush(request.headers, bodyOf(request), reply.raw)
      const log: PushParts['log'] = (error, text) => request.log.error({ err: error }, text)
      return takeOver(request, reply, parts, () =>
        receivePack(
          { ...parts, log },
          {
            place: getPlace(request),
            caller: getCaller(request),
            body,
            answer: answerOverHttp(reply.raw, 'application/x-git-receive-pack-result'),
            recognise: () => parts.recognise(request),
          },
        ),
      )
    },
  })
}

const protocolVersionOf = (request: FastifyRequest): 0 | 1 | 2 =>
  parseGitProtocol(request.headers['git-protocol']?.toString())

function plainRefusals(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  sendPlainRefusal(error, request, reply)
}

/** Anything but git's own content type was parsed, or has no body at all. */
function bodyOf(request: FastifyRequest): Readable {
  const body = request.body as Readable | undefined
  if (body !== request.raw)
    throw new ProblemError(415, 'git-only', 'This address takes what git sends.', { help: comeWithGit })
  return request.raw
}

/** From here on the bytes are git's, not Fastify's. */
async function takeOver(
  request: FastifyRequest,
  reply: FastifyReply,
  { idleMs }: Pick<GitRouteParts, 'idleMs'>,
  work: () => Promise<void>,
): Promise<void> {
  reply.hijack()
  letGoIdle(reply, idleMs)
  try {
    await work()
  } catch (error) {
    endPlainRefusal(error, request, reply.raw)
  }
}
