import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { App } from '../../http/app.ts'
import type { Db } from '../../database/handles.ts'
import { inOneLine, notFound, ProblemError } from '../../http/problem.ts'
import type { Caller } from '../../identity/caller.ts'
import type { PlaceParts } from '../access.ts'
import { admitToGit, credentialsNeeded, gitPath } from '../git-guard.ts'
import { asRefusal } from '../git-reply.ts'
import type { Git } from '../git.ts'
import { answerLfsBatch, LfsBatch } from '../lfs/batch.ts'
import type { LfsCallers } from '../lfs/lfs-callers.ts'
import type { LfsRoom } from '../lfs/limits.ts'
import { findLfsObject, keepLfsObject, openLfsObject } from '../lfs/object-store.ts'
import { isLfsOid } from '../lfs/pointer.ts'
import { sendLfsObject } from '../lfs/send-object.ts'
import { getPlace, type RepositoryPlace } from '../place.ts'
import { holderOf, letGoIdle, shareWhileOpen } from '../stream-holder.ts'
import { lfsJson, lfsLockRoutes, lfsRoot as root, type LfsLockParts } from './lfs-locks.ts'

export interface LfsParts extends LfsLockParts {
  db: PlaceParts['db'] & Db<'repository'>
  root: string
  git: Pick<Git, 'share'>
  origin: string
  lfs: { room: LfsRoom; callers: LfsCallers; operationMs: number }
  idleMs?: number | undefined
}

const Path = Type.Object({ project: Type.String(), repository: Type.String() })
const ByOid = Type.Object({ ...Path.properties, oid: Type.String() })
const Pointer = Type.Object({ oid: Type.String(), size: Type.Integer({ minimum: 0 }) }, { additionalProperties: true })
const bytes = 'application/octet-stream'

/**
 * Git LFS, docs/api of git-lfs: which large files are here, their way in and out. Whoever may fetch may fetch them, and
 * whoever may push may bring them; the guard is git's own.
 */
export function lfsRoutes(app: App, parts: LfsParts): void {
  // A scope of its own: nowhere else is a body taken as it comes.
  void app.register((scope: FastifyInstance, _options, done) => {
    const inside = scope as unknown as App
    inside.removeAllContentTypeParsers()
    inside.addContentTypeParser(
      [lfsJson, 'application/json'],
      { parseAs: 'string' },
      inside.getDefaultJsonParser('error', 'error'),
    )
    inside.addContentTypeParser(bytes, (_request, payload, taken) => taken(null, payload))
    batchRoutes(inside, parts)
    objectRoutes(inside, parts)
    lfsLockRoutes(inside, parts, brief)
    done()
  })
}

const shared = { config: { access: 'git' }, errorHandler: sendLfsRefusal } as const
/** Of questions in JSON: nobody holds a connection by asking one slowly. */
const brief = { ...shared, config: { access: 'git', hasShortBody: true } } as const

function batchRoutes(app: App, parts: LfsParts): void {
  app.post(`${root}/objects/batch`, {
    ...brief,
    schema: { params: Path, body: LfsBatch },
    async handler(request, reply) {
      const { operation } = request.body
      // What it asks for stands in its body, so the guard let in whoever may read.
      const place = operation === 'upload' ? await admitWriter(parts, request, request.caller) : getPlace(request)
      const { sshBearer } = request
      const shown = sshBearer && {
        header: { Authorization: sshBearer.authorization },
        seconds: sshBearer.seconds,
      }
      const address = lfsAddress(parts.origin, place)
      const answered = await answerLfsBatch(request.body, {
        folder: place.folder,
        address,
        room: parts.lfs.room,
        shown,
      })
      return reply.type(lfsJson).serializer(JSON.stringify).send(answered)
    },
  })

  // Everything was checked when it came; what is left is whether the pointer says the same size.
  app.post(`${root}/verify`, {
    ...brief,
    schema: { params: Path, body: Pointer },
    async handler(request, reply) {
      const { oid, size } = request.body
      const here = isLfsOid(oid) ? await findLfsObject(getPlace(request).folder, oid) : undefined
      if (here !== size) throw notHere()
      return reply.type(lfsJson).serializer(JSON.stringify).send({})
    },
  })
}

function objectRoutes(app: App, parts: LfsParts): void {
  const { git, lfs, idleMs } = parts

  app.get(`${root}/objects/:oid`, {
    ...shared,
    exposeHeadRoute: false,
    schema: { params: ByOid },
    async handler(request, reply) {
      const { oid } = request.params
      shareWhileOpen(git, reply)
      letGoIdle(reply, idleMs)
      const found = isLfsOid(oid) ? await openLfsObject(getPlace(request).folder, oid) : undefined
      if (found === undefined) throw notHere()
      reply
        .type(bytes)
        .header('content-security-policy', "sandbox; default-src 'none'")
        .header('content-disposition', 'attachment')
      return sendLfsObject(reply, found)
    },
  })

  app.put(`${root}/objects/:oid`, {
    ...shared,
    schema: { params: ByOid },
    async handler(request, reply) {
      const { oid } = request.params
      const { folder, repository } = getPlace(request)
      const size = sizeOf(request)
      if (!isLfsOid(oid)) throw notHere()
      using _share = git.share(holderOf(request))
      using room = await lfs.room.take(folder, { oid, size })
      letGoIdle(reply, idleMs)
      await keepLfsObject(folder, {
        oid,
        size,
        body: request.raw,
        signal: AbortSignal.timeout(lfs.operationMs),
        // It may have taken an hour: whoever may no longer push has brought nothing, and where they may push at a path
        // that leads elsewhere by now, that says nothing of here.
        async mayStay() {
          const now = await admitWriter(parts, request, await lfs.callers.again(request))
          if (now.repository.id !== repository.id) throw notFound('This repository')
        },
      })
      room.isKept()
      return reply.send('')
    },
  })
}

export const lfsAddress = (origin: string, { path }: Pick<RepositoryPlace, 'path'>): string =>
  `${origin}/${path}.git/info/lfs`

async function admitWriter(
  { db, root: folders }: Pick<LfsParts, 'db' | 'root'>,
  request: FastifyRequest,
  caller: Caller | undefined,
): Promise<RepositoryPlace> {
  const place = await admitToGit({ db, root: folders }, caller, { path: gitPath(request), least: 'write' })
  if (place === undefined) throw credentialsNeeded('sign-in-required', 'Sign in with a token:')
  return place
}

/** It must be said before: room is kept for it. */
function sizeOf({ headers }: FastifyRequest): number {
  const said = headers['content-length'] ?? ''
  if (/^\d{1,15}$/.test(said) && headers['content-encoding'] === undefined) return Number(said)
  throw new ProblemError(411, 'length-required', 'How large the file is has to be said before it comes.', {
    help: 'Send it with a Content-Length, and without content encoding.',
  })
}

const notHere = (): ProblemError => notFound('This file')

/** docs/api/batch.md, “Response Errors”: git-lfs shows the message. */
function sendLfsRefusal(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply | void {
  // Whoever went away in the middle, or was cut off, hears nothing.
  if (request.raw.destroyed && !request.raw.complete) return void reply.raw.destroy()
  const refusal = asLfsRefusal(error)
  if (refusal.status >= 500 && refusal.status !== 501 && refusal.status !== 507)
    request.log.error({ err: error }, 'Git LFS request failed')
  request.refusal = refusal
  if (!request.raw.complete) drop(request.raw)
  const { 'www-authenticate': authenticate, ...headers } = refusal.details.headers ?? {}
  return reply
    .code(refusal.status)
    .headers(headers)
    .headers(authenticate === undefined ? {} : { 'www-authenticate': authenticate, 'lfs-authenticate': authenticate })
    .type(lfsJson)
    .serializer(JSON.stringify)
    .send({ message: inOneLine(refusal) })
}

/** How much of what was refused is read before the connection is simply closed. */
const maxDroppedBytes = 1024 ** 3

/** Closed at once, the connection would take the answer with it: who still sends does not read yet. */
function drop(body: IncomingMessage): void {
  let dropped = 0
  body.on('data', (chunk: Buffer) => {
    dropped += chunk.length
    if (dropped > maxDroppedBytes) body.destroy()
  })
  body.resume()
}

function asLfsRefusal(error: unknown): ProblemError {
  if (error instanceof Error && 'validation' in error)
    return new ProblemError(422, 'invalid-input', `This is not what git-lfs asks: ${error.message}.`, {
      help: 'Install a newer git-lfs.',
    })
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
    return new ProblemError(507, 'disk-full', 'The disk of this server is full. Nothing was kept.', {
      help: 'Tell whoever runs it; try again when there is room.',
      cause: error,
    })
  return asRefusal(error)
}
