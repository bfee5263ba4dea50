import { type Static, Type } from 'typebox'
import type { FastifyRequest } from 'fastify'
import type { ConnectorTable } from '../../database/schema.ts'
import type { SensitiveAct } from '../../http/access.ts'
import { actSubject } from '../../http/act-subject.ts'
import type { App } from '../../http/app.ts'
import { actOf } from '../../identity/act.ts'
import {
  addConnector,
  type ConnectorParts,
  endConnector,
  getConnector,
  listConnectors,
  renewConnector,
} from './connectors.ts'
import { ConnectorList, ConnectorMade, NewConnector } from './shapes.ts'
import type { Tunnels } from './tunnels.ts'

const ByName = Type.Object({ connector: Type.String({ maxLength: 60 }) })

/** What carries routes into private networks, for administrators. */
export function connectorRoutes(
  app: App,
  parts: ConnectorParts & { tunnels: Pick<Tunnels, 'countWaiting'>; now: () => number },
): void {
  const { database, tunnels, now } = parts
  const render = ({ name, createdAt, secretMadeAt, secretLeftAt, lastSeenAt, lastSeenFrom }: ConnectorTable) => ({
    name,
    isConnected: tunnels.countWaiting(name) > 0,
    createdAt,
    secretMadeAt,
    secretLeftAt,
    lastSeenAt,
    lastSeenFrom,
  })
  const add: SensitiveAct = {
    name: 'connector.change',
    describe: async (request) => {
      const { name: wanted } = request.body as NewConnector
      return {
        title: `Add the connector “${wanted}”`,
        rows: [
          { label: 'Connector', value: wanted, kind: 'text' },
          { label: 'It may', value: 'carry whatever people ask of routes that name it', kind: 'text' },
        ],
      }
    },
  }
  const over = (titleOf: (name: string) => string): SensitiveAct => ({
    name: 'connector.change',
    async describe(request: FastifyRequest) {
      const row = await getConnector(database.read, (request.params as Static<typeof ByName>).connector)
      return {
        title: titleOf(row.name),
        rows: [{ label: 'Connector', value: row.name, kind: 'text' }],
        subjects: [actSubject('connector', row.id)],
      }
    },
  })

  app.get('/api/v1/connectors', {
    config: { access: 'organisation:admin' },
    schema: { response: { 200: ConnectorList } },
    handler: async () => ({ items: (await listConnectors(database.read)).map(render) }),
  })

  app.post('/api/v1/connectors', {
    config: { access: 'organisation:admin', act: add },
    schema: { body: NewConnector, response: { 201: ConnectorMade } },
    async handler(request, reply) {
      const { name: wanted } = request.body
      return reply.code(201).send({ name: wanted, secret: await addConnector(parts, actOf(request, now), wanted) })
    },
  })

  app.post('/api/v1/connectors/:connector/secret', {
    config: {
      access: 'organisation:admin',
      act: over((of) => `Give the connector “${of}” a new secret; the former one ends now`),
    },
    schema: { params: ByName, response: { 201: ConnectorMade } },
    async handler(request, reply) {
      const { connector } = request.params
      return reply
        .code(201)
        .send({ name: connector, secret: await renewConnector(parts, actOf(request, now), connector) })
    },
  })

  app.delete('/api/v1/connectors/:connector', {
    config: { access: 'organisation:admin', act: over((of) => `End the connector “${of}”`) },
    schema: { params: ByName, response: { 204: Type.Null() } },
    async handler(request, reply) {
      await endConnector(parts, actOf(request, now), request.params.connector)
      return reply.code(204).send(null)
    },
  })
}
