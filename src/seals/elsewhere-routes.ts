import { type FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Id } from '../database/id.ts'
import type { SealRequestTable } from '../database/schema.ts'
import type { App } from '../http/app.ts'
import { CursorQuery } from '../http/page.ts'
import { notFound, ProblemError } from '../http/problem.ts'
import { Page } from '../http/shapes.ts'
import { type Caller, getCaller, getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { askedBy } from './asked-from.ts'
import { countInbox, getByCode, listInbox } from './inbox.ts'
import { renderOutcome } from './outcome.ts'
import { getSealRequest, offerElsewhere, renderSealRequest } from './requests.ts'
import { InboxItem, SealLink, SealOutcome, SealRequest } from './shapes.ts'
import { createWaits } from './waits.ts'
import type { Waiting } from './waiting.ts'
import { withdrawRequest } from './withdraw.ts'

export interface ElsewhereParts {
  ceremonies: Ceremonies
  waiting: Waiting
  /** Judges a request again as at the door: whoever waits may have been signed out since. */
  recognise: (request: FastifyRequest) => Promise<Caller | undefined>
}

const ById = Type.Object({ id: Type.String() })
const longestWaitSeconds = 25

/** A seal request away from the page that asked: its link, its person's inbox, and waiting for its answer. */
export function elsewhereRoutes(app: App, { ceremonies, waiting, recognise }: ElsewhereParts): void {
  const { database, now } = ceremonies
  const waits = createWaits()

  app.get('/api/v1/seal-links/:code', {
    config: { access: 'person' },
    schema: { params: Type.Object({ code: Type.String({ maxLength: 100 }) }), response: { 200: SealRequest } },
    async handler(request) {
      const caller = getPerson(request)
      const at = now()
      const row = await getByCode(database.read, { code: request.params.code, userId: caller.id, now: at })
      return renderSealRequest(ceremonies, row, caller)
    },
  })

  app.post('/api/v1/seal-requests/:id/link', {
    config: { access: 'enrolling' },
    schema: { params: ById, response: { 200: SealLink } },
    async handler(request) {
      const caller = getPerson(request)
      const row = await getSealRequest(database.read, request.params.id, caller.id)
      const { address, device = '' } = await askedBy(database.read, caller)
      const code = await database.write((tx) => offerElsewhere(tx, row, { address, device, at: now() }))
      return { code, expiresAt: row.expiresAt }
    },
  })

  app.get('/api/v1/inbox', {
    config: { access: 'person' },
    schema: {
      querystring: Type.Object(CursorQuery),
      response: { 200: Type.Object({ ...Page(InboxItem).properties, count: Type.Integer() }) },
    },
    async handler(request) {
      const wanted = { userId: getPerson(request).id, now: now(), cursor: request.query.cursor }
      return {
        ...(await listInbox(database.read, wanted)),
        count: await countInbox(database.read, wanted.userId, wanted.now),
      }
    },
  })

  app.get('/api/v1/seal-requests/:id/wait', {
    config: { access: 'user', whileEnrolling: true },
    schema: {
      params: ById,
      querystring: Type.Object({
        seconds: Type.Optional(
          Type.String({ pattern: '^(1?\\d|2[0-5])$', description: `whole seconds, ${longestWaitSeconds} at most` }),
        ),
      }),
      response: { 200: SealOutcome },
    },
    async handler(request, reply) {
      const caller = getCaller(request)
      await getOwn(request.params.id, caller)
      using _place = waits.enter(caller.id)
      const gone = new AbortController()
      reply.raw.once('close', () => gone.abort())
      const found = await waiting.waitFor(request.params.id as Id<'srq'>, {
        forMs: Number(request.query.seconds ?? longestWaitSeconds) * 1_000,
        signal: gone.signal,
        async onLook() {
          request.caller = await recognise(request)
          getCaller(request)
        },
      })
      if (found === undefined) throw notFound('This request')
      return renderOutcome(database.read, found, caller)
    },
  })

  app.post('/api/v1/seal-requests/:id/withdraw', {
    config: { access: 'user', sealRequest: 'withdrawn' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getCaller(request)
      const row = await getOwn(request.params.id, caller)
      if (row.requestedBy !== caller.id)
        throw new ProblemError(403, 'not-allowed', 'Only whoever asked can take this back.', { help: 'Refuse it.' })
      await database.write((tx) => withdrawRequest(tx, row, caller, now()))
      waiting.answered(row.id)
      return reply.code(204).send(null)
    },
  })

  /** The request, for who asked and for who is asked; a program reaches only what it asked for itself. @throws 404 */
  async function getOwn(id: string, caller: Caller) {
    const row = await database.read
      .selectFrom('sealRequest')
      .selectAll()
      .where('id', '=', id as Id<'srq'>)
      .executeTakeFirst()
    if (row === undefined || !isOwn(row, caller)) throw notFound('This request')
    return row
  }
}

function isOwn({ requestedToken, requestedGrant, userId, requestedBy }: SealRequestTable, { id, by }: Caller): boolean {
  if (by.kind === 'token') return requestedToken === by.tokenId
  if (by.kind === 'grant') return requestedGrant === by.grantId
  return by.kind === 'session' && (userId === id || requestedBy === id)
}
