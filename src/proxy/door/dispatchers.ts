import { createRequire } from 'node:module'
import type { buildConnector, Dispatcher, Pool } from 'undici'
import type { Route, Routes } from '../route.ts'
import { connectPlain } from './connect-plain.ts'
import { speakTls } from './speak-tls.ts'

export interface Dispatchers {
  dispatcherFor(route: Route): Dispatcher
  close(): Promise<void>
}

/** Connects to the upstream of a route in another way than from this machine; undefined where this machine does. */
export type ConnectorFor = (route: Route) => buildConnector.connector | undefined

/** One pool of connections for each route, kept as long as what leads to its upstream stays the same. */
export function createDispatchers(routes: Routes, connectorFor: ConnectorFor = () => undefined): Dispatchers {
  const pools = new Map<string, { key: string; pool: Pool }>()
  // A route is another object after each change of it.
  const known = new WeakMap<Route, Pool>()

  routes.onChanged(() => {
    for (const [id, { pool }] of pools) {
      if (routes.list().some(({ application }) => application.id === id)) continue
      pools.delete(id)
      retire(pool)
    }
  })

  function find(route: Route): Pool {
    const { upstream, connector, tls, timeouts } = route.settings
    const key = JSON.stringify([upstream, connector, tls, timeouts?.connectSeconds])
    const before = pools.get(route.application.id)
    if (before?.key === key) return before.pool
    if (before !== undefined) retire(before.pool)
    const pool = open(route, connectorFor(route))
    pools.set(route.application.id, { key, pool })
    return pool
  }

  return {
    dispatcherFor(route) {
      let pool = known.get(route)
      if (pool === undefined) known.set(route, (pool = find(route)))
      return pool
    },
    async close() {
      await Promise.all([...pools.values()].map(({ pool }) => pool.destroy()))
    },
  }
}

// Where nothing stands behind the proxy, its client is never read.
const load = (): typeof import('undici') => createRequire(import.meta.url)('undici') as typeof import('undici')

/** What is under way there ends by itself. */
const retire = (pool: Pool): void => void pool.close().catch(() => {})

function open(route: Route, connect: buildConnector.connector | undefined): Pool {
  const { upstream, timeouts } = route.settings
  const timeoutMs = (timeouts?.connectSeconds ?? 5) * 1000
  const { origin, protocol } = new URL(upstream)
  const fromHere: buildConnector.connector =
    protocol === 'http:' ? connectPlain(timeoutMs) : (_wanted, done) => speakTls(route, { timeoutMs }, done)
  const undici = load()
  return new undici.Pool(origin, {
    pipelining: 1,
    allowH2: false,
    maxHeaderSize: 64 * 1024,
    // Most servers keep a connection for five seconds and more; one that says less is heard.
    keepAliveTimeout: 4000,
    connect: connect ?? fromHere,
  })
}
