import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config.ts'
import type { Database } from '../database/handles.ts'
import type { Front } from '../http/front.ts'
import type { OpenConnections } from '../http/open-connections.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { connectorFront } from '../proxy/connectors/connector-front.ts'
import { createTunnels, type Tunnels } from '../proxy/connectors/tunnels.ts'
import { readClient } from '../proxy/door/client-address.ts'
import { connectThrough } from '../proxy/door/connect-through.ts'
import { createDispatchers } from '../proxy/door/dispatchers.ts'
import { createDoor, type Door } from '../proxy/door.ts'
import type { Entry } from '../proxy/entry.ts'
import { createForwardAuth } from '../proxy/forward-auth/forward-auth.ts'
import type { Routes } from '../proxy/route.ts'

/** What is asked before any route of ours: proxies that ask who came, the hosts of tools, connectors that dial in. */
export function openFronts(parts: {
  config: Pick<Config, 'url' | 'trustedProxies'>
  database: Database
  routes: Routes
  entry: Entry
  policy: PolicyInForce
  connections: OpenConnections
  countFailure: (address: string) => Promise<void>
  now: () => number
  logger: FastifyBaseLogger
}): { fronts: readonly Front[]; door: Door; tunnels: Tunnels; close: () => Promise<void> } {
  const { config, database, routes, entry, policy, connections, countFailure, now, logger } = parts
  const { url, trustedProxies } = config
  const onError =
    (doing: string) =>
    (error: unknown): void =>
      logger.error({ err: error }, doing)
  const forwardAuth = createForwardAuth({
    routes,
    entry,
    policy,
    trustedProxies,
    url,
    onError: onError('telling a proxy who came'),
  })
  const tunnels = createTunnels({
    database,
    connections,
    countFailure,
    now,
    onError: onError('letting a connector in'),
  })
  const dispatchers = createDispatchers(routes, connectThrough(tunnels.open))
  const door = createDoor({
    routes,
    entry,
    connections,
    policy,
    url,
    trustedProxies,
    dispatcherFor: dispatchers.dispatcherFor,
    now,
    log: (error, doing) => logger.warn({ err: error }, doing),
  })
  const addressOf = (request: Parameters<typeof readClient>[0]): string => readClient(request, trustedProxies).address
  return {
    // Before the door: Envoy asks by the name of the tool.
    fronts: [forwardAuth, door, connectorFront({ tunnels, host: url.host, addressOf })],
    door,
    tunnels,
    async close() {
      door.close()
      await dispatchers.close()
      tunnels.close()
    },
  }
}
