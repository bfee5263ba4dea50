import { hash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { Dispatcher } from 'undici'
import { http } from '../../http/node-http.ts'
import type { OpenConnections } from '../../http/open-connections.ts'
import type { Admitted, ProxyRequest } from '../entry.ts'
import type { Route } from '../route.ts'
import { answer } from './answer.ts'
import { Crumbs } from './crumbs.ts'
import type { CarryParts } from './exchange.ts'
import type { PreparedRoute } from './prepared-route.ts'
import { requestHeaders } from './request-headers.ts'
import { responseHeaders } from './response-headers.ts'
import { renderTrouble, troubleOf } from './trouble.ts'
import type { OpenWork } from './watch-open.ts'

export interface Upgrading {
  prepared: PreparedRoute
  request: ProxyRequest
  incoming: IncomingMessage
  socket: Socket
  /** What came behind the request already. */
  head: Buffer
  admitted: Admitted
  track: OpenConnections['track'] | undefined
}

const halfOpenMs = 10_000

/** A WebSocket on its way to the upstream: bytes by bytes, once both have agreed to it. */
export class Tunnel implements Dispatcher.DispatchHandler, OpenWork {
  route: Route
  readonly request: ProxyRequest
  readonly #parts: CarryParts
  readonly #prepared: PreparedRoute
  readonly #socket: Socket
  readonly #accept: string
  #incoming: IncomingMessage | undefined
  #head: Buffer
  #response: ServerResponse | undefined
  #crumbs: Crumbs | undefined
  #controller: Dispatcher.DispatchController | undefined
  #upstream: Duplex | undefined

  constructor(parts: CarryParts, upgrading: Omit<Upgrading, 'admitted' | 'track'>) {
    const { prepared, request, incoming, socket, head } = upgrading
    this.#parts = parts
    this.#prepared = prepared
    this.#socket = socket
    this.#incoming = incoming
    this.#head = head
    this.route = prepared.route
    this.request = request
    this.#accept = acceptFor(incoming.headers['sec-websocket-key'] ?? '')
  }

  begin(upgrading: Pick<Upgrading, 'incoming' | 'admitted' | 'track'>): void {
    const { incoming, admitted, track } = upgrading
    const parts = this.#parts
    const prepared = this.#prepared
    const socket = this.#socket
    const { request } = this
    const done = parts.watch.add(this, admitted, track)
    socket.once('close', () => {
      done()
      this.#controller?.abort(new Error('the client left'))
      this.#upstream?.destroy()
    })
    if (socket.destroyed) return
    const { ownCookies, via } = parts
    const { rawHeaders } = incoming
    const contentLength = undefined
    const options: Dispatcher.DispatchOptions = {
      origin: prepared.upstream.origin,
      path: request.url,
      method: 'GET',
      upgrade: 'websocket',
      headers: requestHeaders({ prepared, request, rawHeaders, contentLength, admitted, ownCookies, via }),
      headersTimeout: prepared.headersTimeoutMs,
      bodyTimeout: prepared.bodyTimeoutMs,
    }
    try {
      parts.dispatcherFor(prepared.route).dispatch(options, this)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  /** Both ends say for themselves how long silence may last; TCP says whether they are still there. */
  look(): void {}

  cut(): void {
    this.#socket.destroy()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#socket.destroyed) controller.abort(new Error('the client left'))
  }

  onRequestUpgrade(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, unknown>,
    upstream: Duplex,
  ): void {
    this.#controller = undefined
    upstream.on('error', () => upstream.destroy())
    // RFC 6455 §4.1: whoever did not read the key did not understand the question. Without a look at it, any endpoint that
    // can be made to answer 101 would be a way to send requests in somebody's name.
    const isAgreed =
      String(headers.upgrade).toLowerCase() === 'websocket' && headers['sec-websocket-accept'] === this.#accept
    if (!isAgreed || this.#socket.destroyed) {
      upstream.destroy()
      return this.#fail(Object.assign(new Error('the upstream did not agree to a WebSocket'), { code: 'HPE_UPGRADE' }))
    }
    this.#upstream = upstream
    this.#parts.told(this.#prepared.route, status)
    const raw = controller.rawHeaders as Buffer[]
    this.#socket.write(renderHead(this.#answerHeaders(101, raw)), 'latin1')
    if (this.#head.length > 0) upstream.write(this.#head)
    join(this.#socket, upstream)
    // What stays open for days keeps nothing of how it began.
    this.#incoming = undefined
    this.#head = empty
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) return
    this.#parts.told(this.#prepared.route, status)
    // An answer like any other, and whoever does not read it is cut off like anybody else.
    this.#socket.setTimeout(this.#parts.patienceMs, () => {
      if (this.#response?.writableNeedDrain === true) this.cut()
    })
    this.#respond().writeHead(status, this.#answerHeaders(status, controller.rawHeaders as Buffer[]))
  }

  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    this.#crumbs ??= new Crumbs((each) => {
      if (this.#socket.destroyed || this.#respond().write(each)) return
      controller.pause()
      this.#respond().once('drain', () => controller.resume())
    })
    this.#crumbs.add(part)
  }

  onResponseEnd(): void {
    this.#crumbs?.handOn()
    this.#respond().end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  #fail(error: Error): void {
    if (this.#socket.destroyed) return
    this.#parts.told(this.#prepared.route, error)
    if (this.#response?.headersSent === true) return this.cut()
    const { request } = this
    answer(
      this.#respond(),
      renderTrouble(this.#prepared.route.application.name, troubleOf(error), request),
      request.protocol === 'https:',
    )
  }

  #answerHeaders(status: number, raw: readonly Buffer[]): string[] {
    const origin = `${this.request.protocol}//${this.request.authority}`
    return responseHeaders({ prepared: this.#prepared, status, raw, origin, ownCookies: this.#parts.ownCookies })
  }

  #respond(): ServerResponse {
    const incoming = this.#incoming
    if (this.#response === undefined && incoming !== undefined) this.#response = respondOn(incoming, this.#socket)
    if (this.#response === undefined) throw new Error('this is a WebSocket already')
    return this.#response
  }
}

/** Answers a request to become something else with an ordinary answer, after which the connection ends. */
export function respondOn(incoming: IncomingMessage, socket: Socket): ServerResponse {
  const response = new http.ServerResponse(incoming)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => {
    response.detachSocket(socket)
    socket.destroySoon()
  })
  return response
}

const empty = Buffer.alloc(0)

function join(client: Socket, upstream: Duplex): void {
  client.setTimeout(0)
  client.setNoDelay(true)
  client.setKeepAlive(true, 60_000)
  client.pipe(upstream)
  upstream.pipe(client)
  upstream.once('close', () => client.destroySoon())
  // An end that the other side never answers would hold both for ever.
  const endSoon = (): void => void setTimeout(() => client.destroy(), halfOpenMs).unref()
  client.once('end', endSoon)
  upstream.once('end', endSoon)
}

function renderHead(headers: readonly string[]): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n'
  for (let at = 0; at < headers.length; at += 2) head += `${headers[at]}: ${headers[at + 1]}\r\n`
  return `${head}\r\n`
}

/** RFC 6455 §4.2.2. */
const acceptFor = (key: string): string => hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64')
