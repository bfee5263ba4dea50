import { once } from 'node:events'
import type { IncomingMessage, RequestListener, RequestOptions, ServerResponse } from 'node:http'
import { createServer, request as httpRequest } from 'node:http'
import { connect, type Socket } from 'node:net'
import { createFrontedServer } from '../../src/http/front.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { firstPolicy } from '../../src/policy/rule.ts'
import { createDispatchers } from '../../src/proxy/door/dispatchers.ts'
import { createDoor, type Door, type DoorParts } from '../../src/proxy/door.ts'
import type { Admitted, AnsweredHere, Entry, ProxyRequest } from '../../src/proxy/entry.ts'
import type { Route, Routes } from '../../src/proxy/route.ts'
import type { RouteSettings } from '../../src/proxy/route-settings.ts'
import { compileRouteRules } from '../../src/proxy/routes/compile-route-rules.ts'

export interface StartedDoor extends AsyncDisposable {
  door: Door
  port: number
  /** Its origin, by the name that routes have here. */
  authority: string
  /** Whoever is said to come; changed at will. */
  admit: (route: Route, request: ProxyRequest) => Admitted | AnsweredHere | Promise<Admitted | AnsweredHere>
  /** The same route with other settings, from now on. */
  change(settings: Partial<RouteSettings>): void
  /** Ends whoever was let in with this. */
  end(id: string): void
  /** What was logged. */
  logged: string[]
}

export const admitted: Admitted = {
  kind: 'admitted',
  headers: { 'x-postern-jwt-assertion': 'signed-by-us', 'remote-user': 'ana' },
  endsWith: ['usr_ana', 'ses_ana'],
  until: Number.MAX_SAFE_INTEGER,
}

export const host = 'tool.localhost'

/** The door alone, before an upstream, with a stand-in for whoever decides who comes in. */
export async function startDoor(
  settings: RouteSettings,
  { headersTimeout, ...options }: Partial<DoorParts> & { fallback?: RequestListener; headersTimeout?: number } = {},
): Promise<StartedDoor> {
  const open = new Map<string, Set<() => void>>()
  const listeners: (() => void)[] = []
  const logged: string[] = []
  let revision = 0
  const makeRoute = (given: RouteSettings): Route => ({
    application: {
      id: 'app_tool',
      kind: 'route',
      slug: 'tool',
      name: 'Tool',
      audience: 'everyone',
      strength: null,
      groupIds: [],
    } as unknown as Route['application'],
    host,
    settings: given,
    rules: compileRouteRules('tool', given.rules),
    revision: String((revision += 1)),
  })
  let route = makeRoute(settings)
  const routes: Routes = {
    find: (name) => (name === host ? route : undefined),
    list: () => [route],
    onChanged: (listener) => void listeners.push(listener),
  }
  const track = (ids: readonly string[], cut: () => void): (() => void) => {
    for (const id of ids) open.set(id, (open.get(id) ?? new Set()).add(cut))
    return () => ids.forEach((id) => open.get(id)?.delete(cut))
  }
  const started = { admit: (): ReturnType<Entry['admit']> => admitted } as Pick<StartedDoor, 'admit'>
  const entry: Entry = {
    admit: (...asked) => started.admit(...asked),
    ownHeaders: () => new Set(['x-postern-jwt-assertion', 'remote-user', 'x-forwarded-user']),
    onJudgedAnew: () => {},
    ownCookies: ['postern-route-7400', 'postern-route-7400-state'],
  }
  const fronts: Door[] = []
  const server = createFrontedServer(fronts, options.fallback ?? ((_request, response) => response.end('elsewhere')), {
    tls: undefined,
    keepAliveTimeout: 60_000,
    requestTimeout: 0,
    connectionTimeout: 0,
    ...(headersTimeout === undefined ? {} : { headersTimeout }),
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  const dispatchers = createDispatchers(routes)
  const compiled = compilePolicy(firstPolicy)
  const door = createDoor({
    routes,
    entry,
    connections: { track, asking: () => ({ track, drop() {} }) },
    policy: { current: () => compiled },
    url: new URL(`http://localhost:${port}`),
    trustedProxies: [],
    dispatcherFor: dispatchers.dispatcherFor,
    now: Date.now,
    log: (error, doing) => void logged.push(`${doing}: ${error instanceof Error ? error.message : String(error)}`),
    ...options,
  })
  fronts.push(door)
  return Object.assign(started, {
    door,
    port,
    authority: `${host}:${port}`,
    logged,
    change(more: Partial<RouteSettings>) {
      route = makeRoute({ ...route.settings, ...more })
      for (const listener of listeners) listener()
    },
    end(id: string) {
      for (const cut of open.get(id) ?? []) cut()
    },
    async [Symbol.asyncDispose]() {
      door.close()
      await dispatchers.close()
      server.closeAllConnections()
      server.close()
    },
  })
}

export interface Upstream extends AsyncDisposable {
  url: string
  port: number
  /** Everything that came, as bytes, by connection. */
  received: string[]
}

export interface RecordingUpstream extends Upstream {
  /** Closes all connections. */
  hangUp(): void
}

/** An upstream that keeps what came in bytes and answers with what it is told, byte by byte. */
export async function recordingUpstream(
  answerWith: string | ((socket: Socket, soFar: string) => void),
): Promise<RecordingUpstream> {
  const { createServer: createSocketServer } = await import('node:net')
  const received: string[] = []
  const sockets = new Set<Socket>()
  const server = createSocketServer((socket) => {
    sockets.add(socket)
    const at = received.push('') - 1
    socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket))
    socket.on('data', (part) => {
      received[at] += part.toString('latin1')
      if (typeof answerWith === 'function') answerWith(socket, received[at] ?? '')
      else if ((received[at] ?? '').includes('\r\n\r\n')) socket.write(answerWith)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  const hangUp = (): void => sockets.forEach((socket) => socket.destroy())
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    hangUp,
    async [Symbol.asyncDispose]() {
      hangUp()
      server.close()
    },
  }
}

/** An upstream that answers as any Node server does. */
export async function upstreamServer(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Upstream & { server: ReturnType<typeof createServer> }> {
  const received: string[] = []
  const server = createServer((request, response) => {
    received.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const port = portOf(server.address())
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    server,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A request to the tool, by its name. */
export function send({ port, authority }: StartedDoor, options: RequestOptions = {}) {
  const { headers, ...others } = options
  return httpRequest({
    host: '127.0.0.1',
    port,
    agent: false,
    ...others,
    headers: { ...(headers as Record<string, string>), host: authority },
  })
}

export async function ask(started: StartedDoor, options: RequestOptions = {}, body?: string): Promise<IncomingMessage> {
  const sent = send(started, options)
  sent.end(body)
  const [answer] = (await once(sent, 'response')) as [IncomingMessage]
  return answer
}

/** Waits for something to become so. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

/** Sends exactly these bytes and returns all that comes until the other side closes, or `until` says it is enough. */
export async function sendBytes(
  port: number,
  bytes: string,
  until: (soFar: string) => boolean = isWhole,
): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => socket.destroy())
  let came = ''
  socket.write(Buffer.from(bytes, 'latin1'))
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    came += (part as Buffer).toString('latin1')
    if (until(came)) break
  }
  socket.destroy()
  return came
}

/** One answer with its length. */
function isWhole(came: string): boolean {
  const at = came.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: (\d+)/i.exec(came)?.[1]
  return at !== -1 && length !== undefined && came.length >= at + 4 + Number(length)
}

const portOf = (address: ReturnType<ReturnType<typeof createServer>['address']>): number => {
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
