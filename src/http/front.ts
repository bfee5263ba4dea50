import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { gatherParts } from './gather-parts.ts'
import { http, https } from './node-http.ts'

/** Takes what is for somebody else than our own routes, before they see it. */
export interface Front {
  takes(request: IncomingMessage): boolean
  request(request: IncomingMessage, response: ServerResponse): void
  /** Whether a request that asks for another protocol may have one here; where not, it is a request like any other. */
  takesUpgrade(request: IncomingMessage): boolean
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

export interface ServerSettings {
  tls: { cert: Buffer; key: Buffer } | undefined
  keepAliveTimeout: number
  requestTimeout: number
  connectionTimeout: number
  /** How long the head of a request may take to come, or the first byte of a connection. */
  headersTimeout?: number
}

/** How much may be asked on one connection before the first of it is answered: browsers ask for nothing, programs for little. */
const mostAhead = 32

/** The one HTTP server. Whoever is added to `fronts` later counts from then on. */
export function createFrontedServer(
  fronts: readonly Front[],
  listener: RequestListener,
  { tls, keepAliveTimeout, requestTimeout, connectionTimeout, headersTimeout = 60_000 }: ServerSettings,
): Server {
  const latest = new WeakMap<Duplex, ServerResponse>()
  const ahead = new WeakMap<Duplex, number>()
  const isTooFarAhead = ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    const waiting = ahead.get(socket) ?? 0
    ahead.set(socket, waiting + 1)
    response.once('close', () => ahead.set(socket, (ahead.get(socket) ?? 1) - 1))
    return waiting >= mostAhead
  }
  const answer: RequestListener = (request, response) => {
    const { socket } = request
    const isBusy = latest.get(socket)?.writableFinished === false
    latest.set(socket, response)
    if (isBusy && isTooFarAhead(request, response)) return void socket.destroy()
    gatherParts(request)
    const front = fronts.find((each) => each.takes(request))
    if (front === undefined) listener(request, response)
    else front.request(request, response)
  }
  const options = {
    headersTimeout,
    connectionsCheckingInterval: headersTimeout / 2,
    shouldUpgradeCallback: (request: IncomingMessage) => fronts.some((front) => front.takesUpgrade(request)),
  }
  const server =
    tls === undefined ? http.createServer(options, answer) : https.createServer({ ...tls, ...options }, answer)
  server.keepAliveTimeout = keepAliveTimeout
  server.requestTimeout = requestTimeout
  server.setTimeout(connectionTimeout)
  server.on('upgrade', (request, socket, head) => {
    const front = fronts.find((each) => each.takesUpgrade(request))
    // Node hands the connection over although what was asked before on it has not been answered.
    const isBusy = latest.get(socket)?.writableFinished === false
    if (front === undefined || isBusy) socket.destroy()
    else front.upgrade(request, socket, head)
  })
  // RFC 9110 §10.1.1: a front asks for the body when it knows that somebody will read it.
  server.on('checkContinue', (request, response) => {
    if (!fronts.some((front) => front.takes(request))) response.writeContinue()
    answer(request, response)
  })
  return server
}
