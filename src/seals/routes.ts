import { Type } from 'typebox'
import type { Tx } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import type { TableName } from '../database/schema.ts'
import type { App } from '../http/app.ts'
import { conflict } from '../http/problem.ts'
import { type Caller, getPerson } from '../identity/caller.ts'
import { beginAttempt, finishAttempt, refuseRequest } from './attempts.ts'
import { type ElsewhereParts, elsewhereRoutes } from './elsewhere-routes.ts'
import type { OnSealed } from './on-sealed.ts'
import { getSealRequest, renderSealRequest } from './requests.ts'
import { SealAttempt, SealMade, SealRequest } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })

export interface SealParts extends ElsewhereParts {
  onSealed?: OnSealed
  /** Ends the caller's own API token and what it still asks for; returns the requests that fell with it. */
  endToken: (tx: Tx<TableName>, caller: Caller, id: Id<'tok'>, at: number) => Promise<string[]>
}

/**
 * `seals/` owns statements, the requests that wait for a tap, and the taps that answered them. It writes no refs and
 * carries out no act: whoever asked for the seal takes it, in the transaction of what it allows.
 */
export function sealRoutes(app: App, parts: SealParts): void {
  const { ceremonies, waiting, endToken, onSealed = {} } = parts
  const { database, now } = ceremonies
  elsewhereRoutes(app, parts)

  app.get('/api/v1/seal-requests/:id', {
    config: { access: 'enrolling' },
    schema: { params: ById, response: { 200: SealRequest } },
    async handler(request) {
      const caller = getPerson(request)
      const row = await getSealRequest(database.read, request.params.id, caller.id)
      return renderSealRequest(ceremonies, row, caller)
    },
  })

  app.post('/api/v1/seal-requests/:id/attempts', {
    config: { access: 'enrolling' },
    schema: {
      params: ById,
      body: Type.Object({ credentialId: Type.Optional(Type.String()) }),
      response: { 200: SealAttempt },
    },
    handler: (request) =>
      beginAttempt(ceremonies, getPerson(request), {
        requestId: request.params.id,
        credentialId: request.body.credentialId,
      }),
  })

  app.post('/api/v1/seal-requests/:id/attempts/:attemptId', {
    config: { access: 'enrolling', ceremony: 'seal' },
    schema: {
      params: Type.Object({ id: Type.String(), attemptId: Type.String() }),
      body: Type.Object({ response: Type.Unknown() }),
      response: { 200: SealMade },
    },
    async handler(request) {
      const { id: requestId, attemptId } = request.params
      const answer = { requestId, attemptId, response: request.body.response }
      const made = await finishAttempt(ceremonies, getPerson(request), answer, onSealed)
      waiting.answered(requestId)
      return made
    },
  })

  app.post('/api/v1/seal-requests/:id/refuse', {
    config: { access: 'person', sealRequest: 'refused' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const { id } = request.params
      await refuseRequest(database, getPerson(request), { id, at: now() })
      waiting.answered(id)
      return reply.code(204).send(null)
    },
  })

  app.post('/api/v1/seal-requests/:id/refuse-and-end-token', {
    config: { access: 'person', sealRequest: 'refused' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      const caller = getPerson(request)
      const { id } = request.params
      const at = now()
      const fallen: string[] = []
      await refuseRequest(database, caller, {
        id,
        at,
        async andThen(tx, { requestedToken, requestedBy }) {
          if (requestedToken === null || requestedBy !== caller.id)
            throw conflict('no-token', 'No token of yours asked for this.', { help: 'Refuse it without ending one.' })
          fallen.push(...(await endToken(tx, caller, requestedToken, at)))
        },
      })
      waiting.answered(id, ...fallen)
      return reply.code(204).send(null)
    },
  })
}
