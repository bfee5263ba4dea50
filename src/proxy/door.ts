import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { Front } from '../http/front.ts'
import type { OpenConnections } from '../http/open-connections.ts'
import { ProblemError, unexpected } from '../http/problem.ts'
import type { PolicyInForce } from '../policy/in-force.ts'
import { answer } from './door/answer.ts'
import { type CarryParts, Exchange } from './door/exchange.ts'
import { createFigures, type RouteFigures } from './door/figures.ts'
import { type RouteHealth, watchHealth } from './door/health.ts'
import { rememberJudged } from './door/judged-parts.ts'
import { type PreparedRoute, prepareRoute } from './door/prepared-route.ts'
import { readHost } from './door/read-host.ts'
import { readRequest, type SoundRequest } from './door/read-request.ts'
import { noTool, openToolItself, renderElsewhere, renderRefused } from './door/trouble.ts'
import { respondOn, Tunnel } from './door/tunnel.ts'
import { watchOpen } from './door/watch-open.ts'
import { problem } from './entry/answers.ts'
import type { Admitted, AnsweredHere, Entry } from './entry.ts'
import type { Route, Routes } from './route.ts'

export interface DoorParts {
  routes: Routes
  entry: Entry
  connections: Pick<OpenConnections, 'track' | 'asking'>
  policy: Pick<PolicyInForce, 'current'>
  /** Of the instance. */
  url: URL
  trustedProxies: readonly string[]
  dispatcherFor: (route: Route) => Dispatcher
  now: () => number
  log: (error: unknown, doing: string) => void
  /** How long a client may let its turn pass, and the rest of a body may take that nobody reads. */
  patienceMs?: number
  lingerMs?: number
  healthEveryMs?: number
}

export interface Door extends Front {
  /** @param host as `Host` names it */
  isMine(host: string | undefined): boolean
  healthOf(applicationId: string): RouteHealth
  figures(): (RouteFigures & { isUp: boolean | undefined })[]
  /** How much is open: requests, downloads, WebSockets. */
  countOpen(): number
  close(): void
}

/**
 * The door carries requests for the hosts of routes to their upstreams: reads them strictly, takes off what only we may
 * say, puts on who came, and streams both ways. It never decides who comes in: it asks `Entry`.
 */
export function createDoor(parts: DoorParts): Door {
  const { routes, entry, connections, policy, url, trustedProxies, dispatcherFor, now, log } = parts
  const { patienceMs = 60_000, lingerMs = 10_000 } = parts
  // By which this instance knows a request that it has sent itself.
  const via = `1.1 postern-${randomBytes(9).toString('base64url')}`
  const watch = watchOpen({ routes, entry, connections, now, log, lingerMs })
  const figures = createFigures(routes)
  const { healthEveryMs: everyMs } = parts
  const health = watchHealth({ routes, dispatcherFor, now, ...(everyMs === undefined ? {} : { everyMs }) })
  const carry: CarryParts = {
    watch,
    dispatcherFor,
    ownCookies: entry.ownCookies,
    via,
    patienceMs,
    told(route, outcome) {
      figures.count(route, outcome)
      health.told(route, outcome)
      if (typeof outcome !== 'number') log(outcome, `carrying a request to ${route.application.slug}`)
    },
  }
  const prepared = new WeakMap<Route, PreparedRoute>()
  const reading = { url, trustedProxies, judged: rememberJudged(policy), via }

  function prepare(route: Route): PreparedRoute {
    let found = prepared.get(route)
    if (found === undefined) prepared.set(route, (found = prepareRoute(route, entry)))
    return found
  }

  /** Names come as few ones over and over, but from whoever asks. */
  const names = new Map<string, string>()

  function routeOf(host: string | undefined): Route | undefined {
    if (host === undefined || host === url.host) return undefined
    let name = names.get(host)
    if (name === undefined) {
      if (names.size >= mostNames) names.clear()
      names.set(host, (name = readHost(host)?.host ?? ''))
    }
    return routes.find(name)
  }

  const isHttps = url.protocol === 'https:'

  /**
   * @param carryOn what happens to a request that may go on
   * @param respond where it is answered from here
   */
  function receive(
    incoming: IncomingMessage,
    respond: () => ServerResponse,
    carryOn: (
      going: SoundRequest & {
        prepared: PreparedRoute
        admitted: Admitted
        track: OpenConnections['track'] | undefined
      },
    ) => void,
  ): void {
    const say = (answered: AnsweredHere): void => {
      const response = respond()
      if (response.destroyed) return
      answer(response, answered, isHttps)
      watch.linger(incoming)
    }
    const fail = (error: unknown): void => {
      if (!(error instanceof ProblemError)) log(error, 'letting a request in to a route')
      say(problem(error instanceof ProblemError ? error : unexpected()))
    }
    try {
      const route = routeOf(incoming.headers.host)
      if (route === undefined) return say(renderRefused(noTool(url.origin), incoming))
      const read = readRequest(route, incoming, reading)
      if ('sentence' in read) return say(renderRefused(read, incoming))
      const goOn = (admitted: Admitted | AnsweredHere, track?: OpenConnections['track']): void => {
        if (admitted.kind === 'answer') say(admitted)
        else if (route.settings.by === 'forward-auth') say(renderElsewhere(route.application.name, incoming))
        else carryOn({ ...read, prepared: prepare(route), admitted, track })
      }
      const admitting = entry.admit(route, read.request)
      if (!(admitting instanceof Promise)) return goOn(admitting)
      const asking = connections.asking()
      admitting
        .then((admitted) => {
          // It changed or ended meanwhile: whoever was let in was let in to what is not there any more.
          if (admitted.kind === 'admitted' && routes.find(route.host) !== route) receive(incoming, respond, carryOn)
          else goOn(admitted, asking.track)
        })
        .catch(fail)
        .finally(() => asking.drop())
    } catch (error) {
      fail(error)
    }
  }

  const isMine = (host: string | undefined): boolean => routeOf(host) !== undefined

  return {
    isMine,
    takes: ({ headers }) => isMine(headers.host),
    request(incoming, response) {
      // A client that leaves makes neither of them throw.
      incoming.on('error', nothing)
      response.on('error', nothing)
      receive(
        incoming,
        () => response,
        (going) => {
          if (!response.destroyed) new Exchange(carry, { ...going, incoming, response }).begin()
        },
      )
    },
    takesUpgrade: ({ method, headers, httpVersion }) =>
      method === 'GET' &&
      httpVersion === '1.1' &&
      headers.upgrade?.toLowerCase() === 'websocket' &&
      isMine(headers.host),
    upgrade(incoming, stream: Duplex, head) {
      const socket = stream as Socket
      socket.on('error', () => socket.destroy())
      const respond = (): ServerResponse => respondOn(incoming, socket)
      receive(incoming, respond, (going) => {
        if (socket.destroyed) return
        const { request, hasBody, prepared, admitted, track } = going
        const { origin } = incoming.headers
        // Pages elsewhere can open a WebSocket with the cookies of whoever looks at them: RFC 6455 §10.2.
        if (origin !== undefined && origin !== `${request.protocol}//${request.authority}`)
          return answer(respond(), problem(foreignPage()), isHttps)
        if (hasBody)
          return answer(
            respond(),
            renderRefused(
              { status: 400, sentence: 'A WebSocket begins without a body.', help: 'Send it without one.' },
              incoming,
            ),
            isHttps,
          )
        new Tunnel(carry, { prepared, request, incoming, socket, head }).begin({ incoming, admitted, track })
      })
    },
    healthOf: health.of,
    figures: () =>
      figures.list().map((each) => {
        const { state } = health.of(each.id)
        return { ...each, isUp: state === 'unknown' ? undefined : state === 'up' }
      }),
    countOpen: watch.count,
    close() {
      health.close()
      watch.close()
    },
  }
}

const mostNames = 200
const nothing = (): void => {}

const foreignPage = (): ProblemError =>
  new ProblemError(403, 'foreign-page', 'A page of another site asked for this connection.', {
    help: openToolItself,
  })
