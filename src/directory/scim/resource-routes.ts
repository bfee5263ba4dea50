import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { listsEntityTag } from '../../protocols/scim/entity-tag.ts'
import { groupType } from '../../protocols/scim/group-schema.ts'
import { type ListRequest, parseListQuery, parseSearchRequest } from '../../protocols/scim/list-request.ts'
import { parseProjection } from '../../protocols/scim/projection.ts'
import type { Json } from '../../protocols/scim/schema.ts'
import { userType } from '../../protocols/scim/user-schema.ts'
import { notHere } from './change-user.ts'
import { findScimGroup, groupTag } from './group-rows.ts'
import { listResources } from './list-resources.ts'
import { operate, type Outcome } from './operate.ts'
import { userTag } from './render-user.ts'
import type { ScimParts } from './scim-parts.ts'
import { findScimUser } from './scim-rows.ts'
import { groupSource, userSource } from './sources.ts'
import { config, largestBody, requestOf, schema, sendScim } from './speak-scim.ts'

const headerOf = (request: FastifyRequest, name: 'if-match' | 'if-none-match'): string | undefined => {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

type Choice = Pick<ListRequest, 'attributes' | 'excludedAttributes'>
const choiceOf = (request: FastifyRequest): Choice => parseListQuery(request.query as Record<string, unknown>)

/** RFC 7644 §3.3 to §3.6, the same for both kinds of resources. */
export function resourceRoutes(scim: FastifyInstance, parts: ScimParts, endpoint: 'Users' | 'Groups'): void {
  const db = parts.database.read
  const read = async (request: FastifyRequest, id: string): Promise<Outcome> => {
    const { connection, base } = requestOf(request, parts)
    const location = `${base}/${endpoint}/${id}`
    if (endpoint === 'Users') {
      const user = await findScimUser(db, connection.id, id)
      if (user === undefined) throw notHere(id)
      return { status: 200, location, tag: userTag(user), held: { endpoint, user } }
    }
    const group = await findScimGroup(db, connection.id, id)
    if (group === undefined) throw notHere(id)
    return { status: 200, location, tag: groupTag(group), held: { endpoint, group } }
  }

  const send = async (request: FastifyRequest, reply: FastifyReply, outcome: Outcome): Promise<FastifyReply> => {
    const { held, status, tag, location } = outcome
    if (held === undefined) return reply.code(204).send()
    const { connection, base } = requestOf(request, parts)
    const of = { connectionId: connection.id, base }
    void reply.headers({ 'content-location': location, location, ...(tag === undefined ? {} : { etag: tag }) })
    const choice = choiceOf(request)
    const projection = parseProjection(held.endpoint === 'Users' ? userType : groupType, choice)
    const [resource] =
      held.endpoint === 'Users'
        ? await userSource(db, of).render([held.user], projection.wants)
        : await groupSource(db, of).render([held.group], projection.wants)
    return sendScim(reply, status, resource === undefined ? {} : projection.apply(resource))
  }

  const list = (request: FastifyRequest, asked: ListRequest) => {
    const { connection, base } = requestOf(request, parts)
    const of = { connectionId: connection.id, base }
    return endpoint === 'Users' ? listResources(userSource(db, of), asked) : listResources(groupSource(db, of), asked)
  }

  scim.get(`/${endpoint}`, { config, schema }, async (request, reply) =>
    sendScim(reply, 200, await list(request, parseListQuery(request.query as Record<string, unknown>))),
  )

  scim.post(`/${endpoint}/.search`, { config, schema }, async (request, reply) =>
    sendScim(reply, 200, await list(request, parseSearchRequest(request.body as Json | undefined))),
  )

  scim.get<{ Params: { id: string } }>(`/${endpoint}/:id`, { config, schema }, async (request, reply) => {
    const outcome = await read(request, request.params.id)
    const known = headerOf(request, 'if-none-match')
    if (known !== undefined && outcome.tag !== undefined && listsEntityTag(known, outcome.tag))
      return reply.code(304).header('etag', outcome.tag).send()
    return send(request, reply, outcome)
  })

  scim.post(`/${endpoint}`, { config, schema, bodyLimit: largestBody }, async (request, reply) => {
    const operation = { method: 'POST' as const, endpoint, id: undefined, ifMatch: undefined }
    const body = request.body as Json | undefined
    return send(request, reply, await operate(requestOf(request, parts), { ...operation, body }))
  })

  for (const method of ['PUT', 'PATCH', 'DELETE'] as const)
    scim.route<{ Params: { id: string } }>({
      method,
      url: `/${endpoint}/:id`,
      config,
      schema,
      bodyLimit: largestBody,
      async handler(request, reply) {
        const outcome = await operate(requestOf(request, parts), {
          method,
          endpoint,
          id: request.params.id,
          ifMatch: headerOf(request, 'if-match'),
          body: request.body as Json | undefined,
        })
        const { attributes, excludedAttributes } = choiceOf(request)
        // RFC 7644 §3.5.2: a body only where it is asked for; the one of a group may have 50,000 members.
        const isSilent = method === 'PATCH' && endpoint === 'Groups' && attributes === undefined
        if (!isSilent || excludedAttributes !== undefined) return send(request, reply, outcome)
        return reply
          .code(204)
          .headers({ location: outcome.location, etag: outcome.tag ?? '' })
          .send()
      },
    })
}
