import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { App } from '../../http/app.ts'
import { inOneLine, nothingHere, unexpected } from '../../http/problem.ts'
import { largestBulkBytes, parseBulkRequest } from '../../protocols/scim/bulk-request.ts'
import { type ListRequest, parseListQuery, parseSearchRequest } from '../../protocols/scim/list-request.ts'
import type { Json } from '../../protocols/scim/schema.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { carryOutBulk } from './carry-out-bulk.ts'
import { discoveryRoutes } from './discovery-routes.ts'
import { explainRefusal } from './explain-refusal.ts'
import { resourceRoutes } from './resource-routes.ts'
import { scimBase, type ScimParts } from './scim-parts.ts'
import { searched, searchEverything } from './search-everything.ts'
import { groupSource, userSource } from './sources.ts'
import { config, requestOf, schema, sendScim, speakScim } from './speak-scim.ts'

/** `/scim/v2`: SCIM 2.0 (RFC 7644), for connected directories alone. Refusals are SCIM's own, 401 included. */
export function scimRoutes(app: App, parts: ScimParts): void {
  void app.register(
    (scim, _options, done) => {
      speakScim(scim, parts)
      discoveryRoutes(scim, scimBase(parts.origin))
      resourceRoutes(scim, parts, 'Users')
      resourceRoutes(scim, parts, 'Groups')
      otherRoutes(scim, parts)
      done()
    },
    { prefix: '/scim/v2' },
  )
}

/** Bulk jobs, searches over everything, and what there is not. */
function otherRoutes(scim: FastifyInstance, parts: ScimParts): void {
  const db = parts.database.read
  const search = (request: FastifyRequest, asked: ListRequest) => {
    const { connection, base } = requestOf(request, parts)
    const of = { connectionId: connection.id, base }
    return searchEverything([searched(userSource(db, of)), searched(groupSource(db, of))], asked)
  }

  scim.get('/', { config, schema }, async (request, reply) =>
    sendScim(reply, 200, await search(request, parseListQuery(request.query as Record<string, unknown>))),
  )

  scim.post('/.search', { config, schema }, async (request, reply) =>
    sendScim(reply, 200, await search(request, parseSearchRequest(request.body as Json | undefined))),
  )

  scim.post('/Bulk', { config, schema, bodyLimit: largestBulkBytes }, async (request, reply) => {
    const job = parseBulkRequest(request.body as Json | undefined)
    const explain = (error: unknown): ScimError => {
      const refusal = explainRefusal(error)
      if (refusal === undefined) request.log.error({ err: error }, 'operation of a bulk job failed')
      return refusal ?? new ScimError(500, inOneLine(unexpected()))
    }
    return sendScim(reply, 200, await carryOutBulk(requestOf(request, parts), job, explain))
  })

  const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
  scim.route({
    method: [...methods],
    url: '/Me',
    config,
    schema,
    // RFC 7644 §3.11: a connection is no resource.
    handler: () => Promise.reject(new ScimError(501, 'The token of a connection belongs to nobody: there is no /Me.')),
  })
  scim.route({
    method: [...methods],
    url: '/*',
    config,
    schema,
    handler: () => Promise.reject(new ScimError(404, inOneLine(nothingHere()))),
  })
}
