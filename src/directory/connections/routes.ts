import { Type } from 'typebox'
import type { Database } from '../../database/handles.ts'
import type { App } from '../../http/app.ts'
import { CursorQuery } from '../../http/page.ts'
import { Page } from '../../http/shapes.ts'
import { actOf } from '../../identity/act.ts'
import { changeConnection, createConnection, renewToken } from './change-connections.ts'
import { connectionActs } from './connection-act.ts'
import { disconnect } from './disconnect.ts'
import { getConnection, listConnections, viewConnection } from './list-connections.ts'
import { listConnectionGroups } from './list-groups.ts'
import {
  ConnectionChanges,
  ConnectionGroup,
  ConnectionList,
  ConnectionMade,
  ConnectionView,
  Disconnection,
  NewConnection,
  NewConnectionToken,
} from './shapes.ts'
import type { WindingUp } from './winding-up.ts'

const ById = Type.Object({ id: Type.String({ maxLength: 60 }) })
const root = '/api/v1/directory/connections'

/** The directories that bring people and groups. What they may do with their tokens is not decided here. */
export function connectionRoutes(
  app: App,
  parts: { database: Database; origin: string; windingUp: Pick<WindingUp, 'stir'>; now: () => number },
): void {
  const { database, origin, windingUp, now } = parts
  const acts = connectionActs(database.read)
  const baseUrl = `${origin}/scim/v2`
  const view = (id: string) => viewConnection(database.read, id, now())

  app.get(root, {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: ConnectionList } },
    handler: async () => ({ ...(await listConnections(database.read, now())), baseUrl }),
  })

  app.post(root, {
    config: { access: 'organisation:owner', act: acts.connect },
    schema: { body: NewConnection, response: { 201: ConnectionMade } },
    async handler(request, reply) {
      const { id, secret } = await createConnection(database, actOf(request, now), request.body)
      return reply.code(201).send({ connection: await view(id), baseUrl, token: secret })
    },
  })

  app.get(`${root}/:id`, {
    config: { access: 'organisation:admin' },
    schema: { params: ById, response: { 200: ConnectionView } },
    handler: (request) => view(request.params.id),
  })

  app.get(`${root}/:id/groups`, {
    config: { access: 'organisation:admin' },
    schema: {
      params: ById,
      querystring: Type.Object({ ...CursorQuery, q: Type.Optional(Type.String({ maxLength: 100 })) }),
      response: { 200: Page(ConnectionGroup) },
    },
    async handler(request) {
      const { cursor, q } = request.query
      const connection = await getConnection(database.read, request.params.id)
      return listConnectionGroups(database.read, connection, { cursor, search: q })
    },
  })

  app.patch(`${root}/:id`, {
    config: { access: 'organisation:owner', act: acts.change },
    schema: { params: ById, body: ConnectionChanges, response: { 200: ConnectionView } },
    async handler(request) {
      await changeConnection(database, actOf(request, now), request.params.id, request.body)
      return view(request.params.id)
    },
  })

  app.post(`${root}/:id/token`, {
    config: { access: 'organisation:owner', act: acts.renew },
    schema: { params: ById, body: NewConnectionToken, response: { 200: ConnectionMade } },
    async handler(request) {
      const { id } = request.params
      const secret = await renewToken(database, actOf(request, now), id, request.body.tokenDays)
      return { connection: await view(id), baseUrl, token: secret }
    },
  })

  app.delete(`${root}/:id`, {
    config: { access: 'organisation:owner', act: acts.disconnect },
    schema: { params: ById, body: Disconnection },
    async handler(request, reply) {
      await disconnect(database, actOf(request, now), request.params.id, request.body)
      windingUp.stir()
      return reply.code(204).send()
    },
  })
}
