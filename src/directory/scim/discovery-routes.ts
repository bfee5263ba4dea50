import type { FastifyInstance } from 'fastify'
import {
  renderList,
  renderResourceType,
  renderSchema,
  renderServiceProviderConfig,
  resourceTypes,
  schemas,
} from '../../protocols/scim/discovery.ts'
import { ScimError } from '../../protocols/scim/scim-error.ts'
import { notHere } from './change-user.ts'
import { config, schema, sendScim } from './speak-scim.ts'

/** RFC 7644 §4. Paging and order are not asked for here; a filter is refused, because it could not be answered. */
export function discoveryRoutes(scim: FastifyInstance, base: string): void {
  // RFC 7643 §5: how to prove oneself can be read before one has.
  const open = { ...config, isStatic: true } as const
  scim.get('/ServiceProviderConfig', { config: open, schema }, (_request, reply) =>
    sendScim(reply, 200, renderServiceProviderConfig(base)),
  )

  for (const [url, all] of [
    ['/Schemas', schemas.map((one) => renderSchema(one, base))],
    ['/ResourceTypes', resourceTypes.map((type) => renderResourceType(type, base))],
  ] as const) {
    scim.get(url, { config, schema }, (request, reply) => {
      if ('filter' in (request.query as object)) throw new ScimError(403, 'This list is not filtered.')
      return sendScim(reply, 200, renderList(all, { total: all.length, startIndex: 1 }))
    })
    scim.get<{ Params: { id: string } }>(`${url}/:id`, { config, schema }, (request, reply) => {
      const found = all.find(({ id }) => id.toLowerCase() === request.params.id.toLowerCase())
      if (found === undefined) throw notHere(request.params.id)
      return sendScim(reply, 200, found)
    })
  }
}
