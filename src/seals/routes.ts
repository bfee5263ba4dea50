import { Type } from 'typebox'
import type { App } from '../http/app.ts'
import { getPerson } from '../identity/caller.ts'
import type { Ceremonies } from '../identity/registration.ts'
import { beginAttempt, finishAttempt, refuseRequest } from './attempts.ts'
import { getSealRequest, renderSealRequest } from './requests.ts'
import { SealAttempt, SealMade, SealRequest } from './shapes.ts'

const ById = Type.Object({ id: Type.String() })

/**
 * `seals/` owns statements, the requests that wait for a tap, and the taps that answered them. It writes no refs and
 * carries out no act: whoever asked for the seal takes it, in the transaction of what it allows.
 */
export function sealRoutes(app: App, { ceremonies }: { ceremonies: Ceremonies }): void {
  const { database, now } = ceremonies

  app.get('/api/v1/seal-requests/:id', {
    config: { access: 'person' },
    schema: { params: ById, response: { 200: SealRequest } },
    async handler(request) {
      const caller = getPerson(request)
      const row = await getSealRequest(database.read, request.params.id, caller.id)
      return renderSealRequest(database, row, caller.by.credentialRecordId, now())
    },
  })

  app.post('/api/v1/seal-requests/:id/attempts', {
    config: { access: 'person' },
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
    config: { access: 'person' },
    schema: {
      params: Type.Object({ id: Type.String(), attemptId: Type.String() }),
      body: Type.Object({ response: Type.Unknown() }),
      response: { 200: SealMade },
    },
    handler: (request) =>
      finishAttempt(ceremonies, getPerson(request), {
        requestId: request.params.id,
        attemptId: request.params.attemptId,
        response: request.body.response,
      }),
  })

  app.post('/api/v1/seal-requests/:id/refuse', {
    config: { access: 'person' },
    schema: { params: ById, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await refuseRequest(database, getPerson(request), request.params.id, now())
      return reply.code(204).send(null)
    },
  })
}
