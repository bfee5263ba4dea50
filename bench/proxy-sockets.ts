import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect, type Socket } from 'node:net'
import { hash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { Person } from '../src/walk/person.ts'
import { makeRoute } from '../test/support/make-route.ts'
import { RouteBrowser } from '../test/support/route-browser.ts'
import { treePssMb } from './cpu-time.ts'
import type { Row } from './measure.ts'
import type { Served } from './served.ts'

const sockets = 5000
const atOnce = 50

/** Idle WebSockets of one person through a route: what each takes, and how soon all are gone after their person's end. */
export async function measureSockets({
  server,
  ana,
  say,
}: {
  server: Served
  ana: Person
  say: (line: string) => void
}): Promise<Row[]> {
  await using undo = new AsyncDisposableStack()
  const { upstream, url } = await startUpstream()
  undo.defer(() => void upstream.close())
  const { link } = await ana.act<{ link: string }>('POST', '/people', {
    username: 'ben',
    displayName: 'Ben',
    email: 'ben@example.com',
    role: 'member',
  })
  const ben = new Person(server.origin)
  await ben.register(link, { username: 'ben', displayName: 'Ben', email: 'ben@example.com' })
  const origin = await makeRoute(ana, 'chat', { upstream: url })
  const browser = new RouteBrowser(ben)
  await browser.visit(`${origin}/`)
  const cookie = [...browser.cookies(origin)].map(([name, value]) => `${name}=${value}`).join('; ')
  const { host, port } = new URL(origin)

  const open: Socket[] = []
  undo.defer(() => open.forEach((socket) => void socket.destroy()))
  const begin = async (): Promise<void> => {
    const socket = connect(Number(port), '127.0.0.1')
    socket.write(
      `GET / HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    const [answer] = (await once(socket, 'data')) as [Buffer]
    if (!answer.toString().startsWith('HTTP/1.1 101 ')) throw new Error(`no WebSocket: ${answer.toString()}`)
    socket.on('error', () => {}).resume()
    open.push(socket)
  }
  const before = treePssMb(server.pid)
  while (open.length < sockets) await Promise.all(Array.from({ length: atOnce }, begin))
  await wait(2000)
  const kilobytes = ((treePssMb(server.pid) - before) * 1024) / sockets
  say(`${sockets} idle WebSockets: ${kilobytes.toFixed(1)} KB each`)

  let left = open.length
  const gone = new Promise<void>((resolve) => {
    for (const socket of open) socket.once('close', () => ((left -= 1) === 0 ? resolve() : undefined))
  })
  const askedAt = performance.now()
  const ended = ana.act('POST', '/people/ben/end', { reason: '' })
  await gone
  const closedAfterMs = performance.now() - askedAt
  await ended
  return [
    {
      measured: `an idle WebSocket through a route, of ${sockets.toLocaleString('en')}, PSS`,
      unit: 'MB',
      ours: kilobytes / 1024,
      reach: { value: 60 / 1024 },
    },
    {
      measured: 'from the click that ends their person to the last of them closed, the tap included',
      unit: 'ms',
      ours: closedAfterMs,
      reach: { value: 1000 },
    },
  ]
}

async function startUpstream() {
  const upstream = createServer((_request, response) => response.end('chat'))
  upstream.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`
    socket.on('error', () => socket.destroy()).resume()
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ${hash('sha1', key, 'base64')}\r\n\r\n`,
    )
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  return { upstream, url: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}` }
}
