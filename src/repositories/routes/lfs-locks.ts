import type { RouteShorthandOptions } from 'fastify'
import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { getCaller } from '../../identity/caller.ts'
import { listLfsLocks, releaseLfsLock, takeLfsLock } from '../lfs/locks.ts'
import { getPlace } from '../place.ts'

export interface LfsLockParts {
  database: Database
  now: () => number
}

export const lfsRoot = '/:project/:repository/info/lfs'
export const lfsJson = 'application/vnd.git-lfs+json'

// Clients may say more than the specification names, e.g. the branch they are on.
const open = { additionalProperties: true }
const Path = Type.Object({ project: Type.String(), repository: Type.String() })
const ByLock = Type.Object({ ...Path.properties, lock: Type.String() })
const cursor = Type.Optional(Type.String())

/** git-lfs docs/api/locking.md: who works on which file. Whoever may push may lock; whoever may fetch sees the locks. */
export function lfsLockRoutes(app: App, { database, now }: LfsLockParts, shared: RouteShorthandOptions): void {
  app.get(`${lfsRoot}/locks`, {
    ...shared,
    exposeHeadRoute: false,
    schema: {
      params: Path,
      querystring: Type.Object(
        {
          cursor,
          limit: Type.Optional(Type.String({ pattern: '^[0-9]{1,9}$' })),
          path: Type.Optional(Type.String()),
          id: Type.Optional(Type.String()),
        },
        open,
      ),
    },
    async handler(request, reply) {
      const { limit, ...query } = request.query
      const asked = { ...query, ...(limit !== undefined && { limit: Number(limit) }) }
      const { locks, next } = await listLfsLocks(database.read, getPlace(request).repository.id, asked)
      const listed = locks.map(({ lock }) => lock)
      return reply
        .type(lfsJson)
        .serializer(JSON.stringify)
        .send({ locks: listed, ...next })
    },
  })

  app.post(`${lfsRoot}/locks`, {
    ...shared,
    schema: { params: Path, body: Type.Object({ path: Type.String() }, open) },
    async handler(request, reply) {
      const parts = { database, caller: getCaller(request), now }
      const { lock, isNew } = await takeLfsLock(parts, getPlace(request), request.body.path)
      const answer = isNew ? { lock } : { lock, message: `${lock.owner.name} has locked ${lock.path} already.` }
      return reply
        .code(isNew ? 201 : 409)
        .type(lfsJson)
        .serializer(JSON.stringify)
        .send(answer)
    },
  })

  // Before each push: what it must not send, and what it may unlock.
  app.post(`${lfsRoot}/locks/verify`, {
    ...shared,
    schema: { params: Path, body: Type.Object({ cursor, limit: Type.Optional(Type.Integer()) }, open) },
    async handler(request, reply) {
      const caller = getCaller(request)
      const { locks, next } = await listLfsLocks(database.read, getPlace(request).repository.id, request.body)
      const of = (isOwn: boolean) =>
        locks.filter(({ lockedBy }) => (lockedBy === caller.id) === isOwn).map(({ lock }) => lock)
      return reply
        .type(lfsJson)
        .serializer(JSON.stringify)
        .send({ ours: of(true), theirs: of(false), ...next })
    },
  })

  app.post(`${lfsRoot}/locks/:lock/unlock`, {
    ...shared,
    schema: { params: ByLock, body: Type.Object({ force: Type.Optional(Type.Boolean()) }, open) },
    async handler(request, reply) {
      const parts = { database, caller: getCaller(request), now }
      const asked = { id: request.params.lock, isForced: request.body.force === true }
      const lock = await releaseLfsLock(parts, getPlace(request), asked)
      return reply.type(lfsJson).serializer(JSON.stringify).send({ lock })
    },
  })
}
