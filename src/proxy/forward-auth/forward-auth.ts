import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Front } from '../../http/front.ts'
import { isProxyTrusted } from '../../http/trusted-proxies.ts'
import type { PolicyInForce } from '../../policy/in-force.ts'
import { rememberJudged } from '../door/judged-parts.ts'
import { readHost } from '../door/read-host.ts'
import { readPath } from '../door/read-path.ts'
import { overrides } from '../door/read-request.ts'
import { respondOn } from '../door/tunnel.ts'
import type { Admitted, AnsweredHere, Entry } from '../entry.ts'
import type { Routes } from '../route.ts'
import { askAgain, renderRefusal } from './refusals.ts'
import { readOriginal, readPrefixed } from './read-original.ts'
import { renderAdmitted } from './render-admitted.ts'

export interface ForwardAuthParts {
  routes: Routes
  entry: Entry
  trustedProxies: readonly string[]
  /** Where this instance answers. */
  url: URL
  policy: PolicyInForce
  onError: (error: unknown) => void
}

const address = '/proxy/verify'

/** By which some tools are told another path. A client's own would get past a rule about the one that it asks for. */
const rewrites = ['x-rewrite-url', 'x-rewrite-uri']

/**
 * How the proxy can be answered. `whole`: it passes on whatever is no success (Caddy, Traefik, Envoy). `status`: it
 * understands 200, 401 and 403 alone (nginx, HAProxy), and asks for the `page` that its client is shown by itself.
 */
type Answer = 'whole' | 'status' | 'page'
const answers = new Map<string, Answer>([
  [address, 'whole'],
  [`${address}/status`, 'status'],
  [`${address}/page`, 'page'],
])

/**
 * `forward-auth/` answers proxies that carry the bytes themselves and only ask who came and whether they may: the same
 * `Entry` decides that as for what this server carries. It believes nobody but the proxies it was told to, reads no
 * body, and answers at one address only.
 */
export function createForwardAuth(parts: ForwardAuthParts): Front {
  const { routes, entry, trustedProxies, policy, onError } = parts
  // Each of these is worked out anew by a URL.
  const own = { host: parts.url.host, port: parts.url.port, protocol: parts.url.protocol }
  const judged = rememberJudged(policy)
  const isTrusted = ({ socket }: IncomingMessage): boolean => isProxyTrusted(socket.remoteAddress ?? '', trustedProxies)

  /**
   * How somebody asks: at our own name or any that no tool has, with headers that say what for; or as Envoy does, by the
   * name of the tool with its path behind ours. Null where it is no question: by that name, what comes is for the tool.
   */
  function askedAs(request: IncomingMessage): 'headers' | 'prefix' | null {
    const { host = '' } = request.headers
    if (host === own.host) return 'headers'
    // Strangers are told where we are, as everywhere.
    if (!isTrusted(request)) return null
    const route = routes.find(readHost(host)?.host ?? '')
    if (route === undefined) return 'headers'
    return route.settings.by === 'forward-auth' ? 'prefix' : null
  }

  function decide(request: IncomingMessage, response: ServerResponse): Promise<void> | void {
    const isPrefixed = askedAs(request) === 'prefix'
    const answer = isPrefixed ? 'whole' : answers.get(withoutQuery(request.url ?? ''))
    if (answer === undefined) return send(response, renderRefusal('no-such-answer'))
    if (!isTrusted(request)) return send(response, renderRefusal('not-trusted', request.socket.remoteAddress))
    const original = isPrefixed ? readPrefixed(request, address, trustedProxies) : readOriginal(request, trustedProxies)
    if ('problem' in original) return send(response, renderRefusal('unreadable', original.problem))
    const { method, named, protocol } = original
    const route = routes.find(named.host)
    if (route === undefined) return send(response, renderRefusal('no-route', named.host))
    const authority = own.port === '' ? route.host : `${route.host}:${own.port}`
    if (named.isDotted || named.port !== own.port || protocol !== own.protocol)
      return send(response, renderRefusal('wrong-place', `${own.protocol}//${authority}`))
    const { headers } = request
    const parts = judged(route)
    const read = readPath(original.url)
    if (read === undefined || (parts.paths && (read.isAmbiguous || isSaid(headers, rewrites))))
      return send(response, renderRefusal('ambiguous-path'))
    if (parts.methods && isSaid(headers, overrides)) return send(response, renderRefusal('ambiguous-method'))
    if (isForeignSocket(headers, `${own.protocol}//${authority}`)) return send(response, renderRefusal('foreign-page'))
    const { path } = read
    // Our own pages there are only for who is shown them: to ask twice would use up what is good for once.
    if (answer === 'status' && path.startsWith('/.postern/')) return send(response, asStatus(401))

    const answerAs = (decided: Admitted | AnsweredHere): void => {
      if (decided.kind === 'answer') return send(response, renderAs(answer, decided))
      // Let in between two questions.
      if (answer === 'page') return send(response, askAgain(original))
      response.writeHead(200, renderAdmitted({ entry, route, request, headers: decided.headers, isPrefixed }))
      response.end()
    }
    const asked = { method, path, url: original.url, headers, address: original.address, protocol, authority }
    const decided = entry.admit(route, asked)
    // Most are remembered, and need no turn of their own.
    return 'then' in decided ? decided.then(answerAs) : answerAs(decided)
  }

  const takes: Front['takes'] = (request) => isQuestion(request.url ?? '') && askedAs(request) !== null

  const answerRequest: Front['request'] = (request, response) => {
    // A body is nothing that a question has: it is not waited for.
    if (hasBody(request)) response.shouldKeepAlive = false
    const failed = (error: unknown): void => {
      onError(error)
      if (response.headersSent) response.destroy()
      else send(response, renderRefusal('failed'))
    }
    try {
      decide(request, response)?.catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  return {
    takes,
    request: answerRequest,
    takesUpgrade: takes,
    // The client wants another protocol, and its proxy says so in the question too.
    upgrade(request, socket) {
      socket.on('error', () => socket.destroy())
      answerRequest(request, respondOn(request, socket as Socket))
    },
  }
}

/** Whether one of these came, in any spelling: tools read `X-HTTP_Method-Override` as what it stands for. */
const isSaid = (headers: IncomingHttpHeaders, names: readonly string[]): boolean =>
  Object.keys(headers).some((name) => names.includes(name.replace(/[^a-z0-9]/g, '-')))

/**
 * Whether a page of another site wants a WebSocket with the cookies of whoever looks at it: RFC 6455 §10.2. Many a proxy
 * keeps `Upgrade` to itself; that one is wanted shows by its key, and by what browsers say.
 */
const isForeignSocket = (headers: IncomingHttpHeaders, origin: string): boolean =>
  headers.origin !== undefined &&
  headers.origin !== origin &&
  (headers['sec-websocket-key'] !== undefined || headers['sec-fetch-mode'] === 'websocket')

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** Some proxies ask with the query of their client behind it, who must not choose how they are answered. */
function withoutQuery(url: string): string {
  const at = url.indexOf('?')
  return at === -1 ? url : url.slice(0, at)
}

const isQuestion = (url: string): boolean =>
  url.startsWith(address) &&
  (url.length === address.length || url[address.length] === '/' || url[address.length] === '?')

function renderAs(answer: Answer, decided: AnsweredHere): AnsweredHere {
  if (answer === 'status') return asStatus(decided.status)
  // A page of our own, such as the one for signing out, is no yes: a proxy that hears one would ask the tool for it.
  return answer === 'whole' && decided.status < 300 ? { ...decided, status: 403 } : decided
}

/** Whatever is no plain “no” is a matter of who asks: they are shown where to go. */
const asStatus = (status: number): AnsweredHere => ({
  kind: 'answer',
  status: status === 401 || status < 400 ? 401 : 403,
  headers: {},
  body: '',
})

function send(response: ServerResponse, { status, headers, body }: AnsweredHere): void {
  response.writeHead(status, { ...(headers as OutgoingHttpHeaders), 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
