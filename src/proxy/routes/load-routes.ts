import { hash } from 'node:crypto'
import { type Application, listApplications } from '../../applications/application.ts'
import type { AuditEntry } from '../../audit/entry.ts'
import type { Database } from '../../database/handles.ts'
import type { Route, Routes } from '../route.ts'
import type { RouteSettings } from '../route-settings.ts'
import { compileRouteRules } from './compile-route-rules.ts'
import { findHostProblem, type RouteSite } from './host-name.ts'

/** A tool that nobody is led to, because of the name it has. */
export interface ClosedRoute {
  application: Application
  host: string
  problem: string
}

export interface LoadedRoutes extends Routes {
  /** Those whose host no route can have since the instance has moved. */
  closed(): readonly ClosedRoute[]
  /** Reads them before the first request, and from then on where another node may change them. */
  start(): Promise<void>
  /** Reads them again, after a change was committed. */
  refresh(): Promise<void>
  /** After events of this node; resolves when what they may have changed of a route is in force. */
  after(events: readonly Pick<AuditEntry, 'action'>[]): Promise<void>
  close(): void
}

const pollEveryMs = 1000

/** Keeps the routes in force in memory: on this node at once after a change, on others within a second. */
export function createRoutes({
  database,
  site,
  upstreamOf = (upstream) => Promise.resolve(upstream),
  onError,
}: {
  database: Pick<Database, 'read' | 'dialect'>
  /** Where the instance stands now: a host was judged by where it stood when it was given. */
  site: Pick<RouteSite, 'origin' | 'rpId'>
  /** Where what is named really listens: pages that the server brings itself. */
  upstreamOf?: (upstream: string) => Promise<string>
  onError: (error: unknown) => void
}): LoadedRoutes {
  let byHost: ReadonlyMap<string, Route> = new Map()
  let listed: readonly Route[] = []
  let closed: readonly ClosedRoute[] = []
  const listeners: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  // One after the other, so that an older reading never replaces a newer one.
  let reading = Promise.resolve()

  async function read(): Promise<void> {
    const rows = await database.read.selectFrom('proxyRoute').selectAll().execute()
    const applications = rows.length === 0 ? [] : await listApplications(database.read)
    const routes: Route[] = []
    const shut: ClosedRoute[] = []
    for (const application of applications) {
      const row = rows.find(({ applicationId }) => applicationId === application.id)
      if (row === undefined) continue
      const problem = findHostProblem(row.host, site)
      if (problem !== undefined) {
        shut.push({ application, host: row.host, problem })
        continue
      }
      const settings = JSON.parse(row.settings) as RouteSettings
      const upstream = await upstreamOf(settings.upstream)
      const revision = hash('sha256', JSON.stringify([application, row, upstream]), 'base64url')
      const known = byHost.get(row.host)
      routes.push(
        known?.revision === revision
          ? known
          : {
              application,
              host: row.host,
              settings: { ...settings, upstream },
              rules: compileRouteRules(application.slug, settings.rules),
              revision,
            },
      )
    }
    for (const { application, host, problem } of shut)
      if (!closed.some((one) => one.application.id === application.id && one.host === host))
        onError(new Error(`${application.name} is not opened at ${host}: ${problem}`))
    closed = shut
    const isSame = routes.length === listed.length && routes.every((route) => listed.includes(route))
    if (isSame) return
    listed = routes
    byHost = new Map(routes.map((route) => [route.host, route]))
    for (const listener of listeners) listener()
  }

  function refresh(): Promise<void> {
    const next = reading.then(read)
    reading = next.catch(() => {})
    return next
  }

  return {
    find: (host) => byHost.get(host),
    list: () => listed,
    closed: () => closed,
    onChanged: (listener) => void listeners.push(listener),
    refresh,
    async after(events) {
      if (events.some(({ action }) => action.startsWith('application.') || action.startsWith('group.')))
        await refresh().catch(onError)
    },
    async start() {
      await refresh()
      if (database.dialect === 'postgres') timer = setInterval(() => void refresh().catch(onError), pollEveryMs).unref()
    },
    close: () => clearInterval(timer),
  }
}
