import type { Dispatcher } from 'undici'
import type { Route, Routes } from '../route.ts'
import { codeOf, troubleOf } from './trouble.ts'

export interface RouteHealth {
  /** `unknown` until somebody asked. */
  state: 'up' | 'down' | 'unknown'
  /** When it was last heard of, and since when it is in this state; milliseconds since the epoch. */
  at: number | null
  since: number | null
  /** What went wrong last, in a sentence for administrators. */
  problem: string | null
}

export interface Health {
  of(applicationId: string): RouteHealth
  /** What real requests found out: the status of an answer, or what went wrong. */
  told(route: Route, outcome: number | Error): void
  close(): void
}

const everyMs = 15_000
const patienceMs = 10_000
const unknown: RouteHealth = { state: 'unknown', at: null, since: null, problem: null }

/** Whether upstreams answer, by asking those that have a path for it, and by how real requests fare. */
export function watchHealth(parts: {
  routes: Routes
  dispatcherFor: (route: Route) => Dispatcher
  now: () => number
  everyMs?: number
}): Health {
  const { routes, dispatcherFor, now } = parts
  const known = new Map<string, RouteHealth>()
  const asking = new Set<string>()
  const timer = setInterval(askAll, parts.everyMs ?? everyMs).unref()
  routes.onChanged(() => {
    const ids = new Set<string>(routes.list().map(({ application }) => application.id))
    for (const id of known.keys()) if (!ids.has(id)) known.delete(id)
    askAll()
  })

  function note(id: string, state: 'up' | 'down', problem: string | null): void {
    const at = now()
    const before = known.get(id)
    const since = before?.state === state ? before.since : at
    known.set(id, { state, at, since, problem: problem ?? before?.problem ?? null })
  }

  function askAll(): void {
    for (const route of routes.list())
      if (route.settings.healthPath !== undefined && route.settings.by !== 'forward-auth') void ask(route)
  }

  async function ask(route: Route): Promise<void> {
    const { id } = route.application
    // One that takes its time is not asked twice at once.
    if (asking.has(id)) return
    asking.add(id)
    try {
      const options: Dispatcher.RequestOptions = {
        origin: new URL(route.settings.upstream).origin,
        path: route.settings.healthPath ?? '/',
        method: 'GET',
        headers: { host: hostOf(route), 'user-agent': 'postern-health' },
        headersTimeout: patienceMs,
        bodyTimeout: patienceMs,
        signal: AbortSignal.timeout(patienceMs),
      }
      const { statusCode, body } = await dispatcherFor(route).request(options)
      await body.dump({ limit: 64 * 1024 })
      if (statusCode < 400) note(id, 'up', null)
      else note(id, 'down', `It answers ${statusCode} at ${route.settings.healthPath}.`)
    } catch (error) {
      note(id, 'down', problemOf(error))
    } finally {
      asking.delete(id)
    }
  }

  return {
    of: (id) => known.get(id) ?? unknown,
    told(route, outcome) {
      const { id } = route.application
      if (typeof outcome !== 'number') return note(id, 'down', problemOf(outcome))
      const before = known.get(id)
      // A path made to be asked knows better than whether anything answers at all. The hot path ends here.
      if (before?.state === 'up' || (before !== undefined && route.settings.healthPath !== undefined)) return
      note(id, 'up', null)
    },
    close: () => clearInterval(timer),
  }
}

const hostOf = ({ host, settings: { keepHost = true, upstream } }: Route): string =>
  keepHost ? host : new URL(upstream).host

function problemOf(error: unknown): string {
  const code = codeOf(error)
  return code === '' ? troubleOf(error).sentence : `${troubleOf(error).sentence} (${code})`
}
