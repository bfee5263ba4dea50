import { hash } from 'node:crypto'
import { listApplications } from '../../applications/application.ts'
import type { AuditEntry } from '../../audit/entry.ts'
import type { Database } from '../../database/handles.ts'
import type { Route, Routes } from '../route.ts'
import type { RouteSettings } from '../route-settings.ts'
import { compileRouteRules } from './compile-route-rules.ts'

export interface LoadedRoutes extends Routes {
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
  upstreamOf = (upstream) => Promise.resolve(upstream),
  onError,
}: {
  database: Pick<Database, 'read' | 'dialect'>
  /** Where what is named really listens: pages that the server brings itself. */
  upstreamOf?: (upstream: string) => Promise<string>
  onError: (error: unknown) => void
}): LoadedRoutes {
  let byHost: ReadonlyMap<string, Route> = new Map()
  let listed: readonly Route[] = []
  const listeners: (() => void)[] = []
  let timer: NodeJS.Timeout | undefined
  // One after the other, so that an older reading never replaces a newer one.
  let reading = Promise.resolve()

  async function read(): Promise<void> {
    const rows = await database.read.selectFrom('proxyRoute').selectAll().execute()
    const applications = rows.length === 0 ? [] : await listApplications(database.read)
    const routes: Route[] = []
    for (const application of applications) {
      const row = rows.find(({ applicationId }) => applicationId === application.id)
      if (row === undefined) continue
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
