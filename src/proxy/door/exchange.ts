import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Admitted, ProxyRequest } from '../entry.ts'
import type { Route } from '../route.ts'
import { answer } from './answer.ts'
import { Crumbs } from './crumbs.ts'
import type { PreparedRoute } from './prepared-route.ts'
import type { SoundRequest } from './read-request.ts'
import { RequestBody } from './request-body.ts'
import { requestHeaders } from './request-headers.ts'
import { responseHeaders } from './response-headers.ts'
import { codeOf, renderTrouble, troubleOf } from './trouble.ts'
import type { OpenWork, WatchOpen } from './watch-open.ts'
import type { OpenConnections } from '../../http/open-connections.ts'

export interface CarryParts {
  watch: WatchOpen
  dispatcherFor: (route: Route) => Dispatcher
  ownCookies: readonly string[]
  via: string
  /** How long a client may let its turn pass. */
  patienceMs: number
  /** Told how the upstream did: the status of its answer, or what went wrong. */
  told: (route: Route, outcome: number | Error) => void
}

export interface Coming extends SoundRequest {
  prepared: PreparedRoute
  incoming: IncomingMessage
  response: ServerResponse
  admitted: Admitted
  track: OpenConnections['track'] | undefined
}

const safe = new Set(['GET', 'HEAD', 'OPTIONS'])
/** The upstream closed a connection that it had left open, as it may at any time (RFC 9112 §9.3.1). */
const lost = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const longestMs = 24 * 3_600_000
/** Of which a body means nothing (RFC 9110 §9.3): an upstream that leaves it unread takes it for the next request. */
const bodiless = new Set([...safe, 'DELETE'])
/** What a client sends or takes within its patience, at the least. */
const leastBytes = 1024
const mostInOne = 8 * 1024

class UpstreamSilent extends Error {
  readonly code = 'ETIMEDOUT'
  override readonly message = 'the upstream let its turn pass'
}

/** One request on its way to the upstream, and the answer on its way back. */
export class Exchange implements Dispatcher.DispatchHandler, OpenWork {
  route: Route
  readonly request: ProxyRequest
  readonly #parts: CarryParts
  readonly #coming: Coming
  readonly #body: RequestBody | null
  readonly #headers: string[]
  readonly #startedAt = performance.now()
  #movedAt = this.#startedAt
  #moved = 0
  #wasTheirTurn = false
  #controller: Dispatcher.DispatchController | undefined
  /** Of an answer that comes in one piece: sent with its head. */
  #whole: Buffer | undefined
  #length = -1
  #crumbs: Crumbs | undefined
  #isWaiting = false
  #isGone = false
  #isRetried = false

  constructor(parts: CarryParts, coming: Coming) {
    const { prepared, request, incoming, response, admitted, contentLength, hasBody } = coming
    this.#parts = parts
    this.#coming = coming
    this.route = prepared.route
    this.request = request
    this.#headers = requestHeaders({
      prepared,
      request,
      rawHeaders: incoming.rawHeaders,
      contentLength,
      admitted,
      ownCookies: parts.ownCookies,
      via: parts.via,
    })
    this.#body = hasBody
      ? new RequestBody(incoming, () => {
          if (incoming.headers.expect !== undefined) response.writeContinue()
        })
      : null
  }

  begin(): void {
    const { response, admitted, track } = this.#coming
    const done = this.#parts.watch.add(this, admitted, track)
    // Before anything is asked: a client that leaves while a connection is made would hold it for ever.
    response.once('close', () => {
      done()
      this.#isGone = true
      this.#controller?.abort(new Error('the client left'))
      this.#body?.destroy()
    })
    this.#dispatch()
  }

  /** Whoever's turn it is, client or upstream, lets it pass only for so long. */
  look(at: number): void {
    const { response, prepared } = this.#coming
    const bytes = (response.socket?.bytesWritten ?? 0) + (this.#body?.taken ?? 0)
    // One that has ended and is still here was not taken yet; without a socket, another before it was not.
    const isUntaken = response.writableNeedDrain || (response.writableEnded && response.socket !== null)
    const isTheirTurn = isUntaken || this.#body?.isWaiting === true
    if (isTheirTurn !== this.#wasTheirTurn || bytes - this.#moved >= (isTheirTurn ? leastBytes : 1)) {
      this.#wasTheirTurn = isTheirTurn
      this.#moved = bytes
      this.#movedAt = at
    }
    const quietMs = at - this.#movedAt
    if (at - this.#startedAt > longestMs || (isTheirTurn && quietMs > this.#parts.patienceMs)) return this.cut()
    const patienceMs = response.headersSent ? prepared.bodyTimeoutMs : prepared.headersTimeoutMs
    if (!isTheirTurn && quietMs > patienceMs) this.#controller?.abort(new UpstreamSilent())
  }

  cut(): void {
    const { socket, httpVersion } = this.#coming.incoming
    // There an answer may end with its connection, and half of one would look whole: nginx speaks it unless told otherwise.
    if (httpVersion === '1.0' && !('encrypted' in socket)) socket.resetAndDestroy()
    else socket.destroy()
  }

  #dispatch(): void {
    const { prepared, request } = this.#coming
    const options: Dispatcher.DispatchOptions = {
      origin: prepared.upstream.origin,
      path: request.url,
      method: request.method,
      headers: this.#headers,
      body: this.#body,
      // Nothing is read on its connection behind such a one.
      reset: this.#body !== null && bodiless.has(request.method),
      // Where these differ, each answer makes three timers that lie around for half a second: `look` keeps the time instead.
      headersTimeout: 0,
      bodyTimeout: 0,
    }
    try {
      this.#parts.dispatcherFor(prepared.route).dispatch(options, this)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#movedAt = performance.now()
    if (this.#isGone) controller.abort(new Error('the client left'))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // Nobody waits for what is said in between; 101 comes by another way.
    if (status < 200) return
    const { prepared, request, response } = this.#coming
    const origin = `${request.protocol}//${request.authority}`
    const raw = controller.rawHeaders as Buffer[]
    const headers = responseHeaders({ prepared, status, raw, origin, ownCookies: this.#parts.ownCookies })
    response.writeHead(status, headers)
    const at = headers.indexOf('content-length')
    // Names and values by turns: it may be the value of another.
    this.#length = at % 2 === 0 ? Number(headers[at + 1]) : -1
    // Where nothing follows at once, the client sees that an answer has begun: a stream of events may take its time.
    process.nextTick(() => {
      if (this.#whole === undefined && !response.writableEnded && !response.destroyed) response.flushHeaders()
    })
    this.#parts.told(prepared.route, status)
  }

  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    if (part.length === this.#length) {
      this.#whole = part
      return
    }
    this.#crumbs ??= new Crumbs((each) => this.#write(controller, each))
    this.#crumbs.add(part)
  }

  #write(controller: Dispatcher.DispatchController, part: Buffer): void {
    const { response } = this.#coming
    if (response.destroyed) return
    const isTaken = response.write(part)
    const { socket } = response
    // Node holds writes back until the end of the turn: a large part goes out at once instead, and mostly whole.
    socket?.uncork()
    if (isTaken || this.#isWaiting || socket?.writableLength === 0) return
    controller.pause()
    this.#isWaiting = true
    response.once('drain', () => {
      this.#isWaiting = false
      controller.resume()
    })
  }

  onResponseEnd(): void {
    const { response } = this.#coming
    const whole = this.#whole
    this.#crumbs?.handOn()
    // As a string it is written with the head in one piece, which costs less than two pieces at once.
    if (whole !== undefined && whole.length <= mostInOne) response.end(whole.toString('latin1'), 'latin1')
    else response.end(whole)
    this.#letRest()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error)
  }

  #fail(error: Error): void {
    const { prepared, request, response } = this.#coming
    if (this.#isGone) return
    if (!this.#isRetried && !response.headersSent && this.#body === null && this.#maySendAgain(error)) {
      this.#isRetried = true
      return this.#dispatch()
    }
    this.#parts.told(prepared.route, error)
    // Half an answer must not look like a whole one.
    if (response.headersSent) return void (response.socket === null ? response.destroy() : this.cut())
    answer(
      response,
      renderTrouble(prepared.route.application.name, troubleOf(error), request),
      request.protocol === 'https:',
    )
    this.#letRest()
  }

  #maySendAgain = (error: Error): boolean => safe.has(this.request.method) && lost.has(codeOf(error))

  /** It was answered before all of it had come. */
  #letRest(): void {
    if (this.#body !== null) this.#parts.watch.linger(this.#coming.incoming)
  }
}
