import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import type { Admitted } from '../src/proxy/entry.ts'
import { admitted, ask, recordingUpstream, sendBytes, startDoor, until, upstreamServer } from './support/door.ts'

// What stays open, events and WebSockets: part of `proxy-carrying.test.ts`.

test('events are sent on as they come, and end with whoever was let in', async (t) => {
  let tell: (line: string) => void = () => {}
  await using upstream = await upstreamServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.flushHeaders()
    tell = (line) => void response.write(`data: ${line}\n\n`)
  })
  let clock = 1000
  await using started = await startDoor({ upstream: upstream.url }, { now: () => clock })
  const listen = async () => {
    const answer = await ask(started)
    answer.setEncoding('utf8')
    answer.on('error', () => {})
    const ended = new Promise((resolve) => answer.once('close', resolve))
    return { answer, ended, hear: async (): Promise<string> => ((await once(answer, 'data')) as [string])[0] }
  }
  await t.test('head first, then each by itself', async () => {
    const { answer, hear } = await listen()
    for (const line of ['one', 'two']) {
      const heard = hear()
      tell(line)
      assert.equal(await heard, `data: ${line}\n\n`)
    }
    answer.destroy()
    await until(() => started.door.countOpen() === 0)
  })
  await t.test('cut when the account or the session ends', async () => {
    for (const id of admitted.endsWith) {
      const { ended } = await listen()
      started.end(id)
      await ended
    }
  })
  await t.test('asked about again when it is time, and cut where that says no', async () => {
    const asked: (boolean | undefined)[] = []
    let standing: Admitted | 'gone' = { ...admitted, until: 2000 }
    started.admit = (_route, { isAgain }) => {
      asked.push(isAgain)
      return standing === 'gone' ? { kind: 'answer', status: 401, headers: {}, body: '' } : standing
    }
    const { ended } = await listen()
    standing = { ...admitted, until: 3000 }
    clock = 2000
    await until(() => asked.length === 2)
    standing = 'gone'
    clock = 3000
    await ended
    assert.deepEqual(asked, [undefined, true, true])
  })
  await t.test('and once more, where something changes while it is asked about', async () => {
    started.admit = () => admitted
    const { ended } = await listen()
    const first = Promise.withResolvers<Admitted>()
    let asked = 0
    started.admit = () => ((asked += 1) === 1 ? first.promise : { kind: 'answer', status: 401, headers: {}, body: '' })
    started.change({ responseHeaders: { 'x-a': 'a' } })
    await until(() => asked === 1)
    started.change({ responseHeaders: { 'x-a': 'aa' } })
    first.resolve(admitted)
    await ended
    assert.equal(asked, 2)
  })
  await t.test('and when the route changes', async () => {
    started.admit = () => admitted
    const { ended, hear } = await listen()
    started.change({ responseHeaders: { 'x-a': 'b' } })
    const heard = hear()
    tell('still')
    await heard
    started.admit = () => Promise.reject(new Error('the store is away'))
    started.change({ responseHeaders: { 'x-a': 'c' } })
    await ended
  })
})

test('WebSockets', async (t) => {
  await using upstream = await upstreamServer((_request, response) => response.writeHead(404).end('no socket here'))
  const sockets = new WebSocketServer({ server: upstream.server, path: '/socket' })
  const heard: IncomingMessage['headers'][] = []
  sockets.on('connection', (socket, request) => {
    heard.push(request.headers)
    socket.on('message', (message, isBinary) => socket.send(message as Buffer, { binary: isBinary }))
  })
  await using started = await startDoor({ upstream: upstream.url })
  const { authority, port } = started
  const open = (path = '/socket', headers: Record<string, string> = {}) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: authority, ...headers } })
  const upgrade = (lines: string): string =>
    `GET /socket HTTP/1.1\r\nHost: ${authority}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n${lines}\r\n`

  await t.test('carry both ways, with who came, and without our cookies', async () => {
    const socket = open('/socket', { cookie: 'a=1; postern-route-7400=secret', x_forwarded_user: 'mallory' })
    await once(socket, 'open')
    for (const message of ['hello', 'x'.repeat(1_000_000)]) {
      const back = once(socket, 'message') as Promise<[Buffer]>
      socket.send(message)
      assert.equal(String((await back)[0]), message)
    }
    const headers = heard.at(-1)
    assert.equal(headers?.['remote-user'], 'ana')
    assert.equal(headers?.cookie, 'a=1')
    assert.equal(headers?.['x_forwarded_user'], undefined)
    assert.equal(started.door.countOpen(), 1)
    socket.close()
    await once(socket, 'close')
    await until(() => started.door.countOpen() === 0 && sockets.clients.size === 0)
  })
  await t.test('end with whoever was let in, on both sides', async () => {
    for (const id of admitted.endsWith) {
      const socket = open()
      await once(socket, 'open')
      const [onServer] = sockets.clients
      started.end(id)
      await Promise.all([once(socket, 'close'), onServer && once(onServer, 'close')])
    }
    assert.equal(started.door.countOpen(), 0)
  })
  await t.test('are refused in words', async () => {
    started.admit = () => ({ kind: 'answer', status: 401, headers: { 'x-why': 'unknown' }, body: 'sign in' })
    const socket = open()
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    assert.equal(answer.statusCode, 401)
    assert.equal(await text(answer), 'sign in')
    started.admit = () => admitted
  })
  await t.test('that the upstream does not want are answered by it', async () => {
    const socket = open('/elsewhere')
    socket.on('error', () => {})
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    // ws itself says 400 where the path is not its own.
    assert.equal(answer.statusCode, 400)
    await until(() => started.door.countOpen() === 0)
  })
  await t.test('are not for pages of other sites', async () => {
    const before = heard.length
    const socket = open('/socket', { origin: `http://evil.localhost:${port}` })
    const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    assert.equal(answer.statusCode, 403)
    assert.equal(heard.length, before)
    const own = open('/socket', { origin: `http://${authority}` })
    await once(own, 'open')
    own.terminate()
  })
  await t.test('another protocol is a request like any other', async () => {
    for (const lines of [
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n',
      'Connection: upgrade\r\nUpgrade: nonsense\r\n',
    ])
      assert.match(await sendBytes(port, upgrade(lines), (soFar) => soFar.includes('\r\n\r\n')), /^HTTP\/1\.1 404 /)
    const posted = upgrade('Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n').replace('GET', 'POST')
    assert.match(await sendBytes(port, posted, (soFar) => soFar.includes('\r\n\r\n')), /^HTTP\/1\.1 404 /)
  })
  await t.test('a 101 that does not know the key is no way to the upstream', async () => {
    await using liar = await recordingUpstream(
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: nonsense\r\n\r\n',
    )
    started.change({ upstream: liar.url })
    const smuggled = `GET /admin HTTP/1.1\r\nHost: ${authority}\r\nRemote-User: root\r\n\r\n`
    const came = await sendBytes(port, upgrade('Connection: upgrade\r\nUpgrade: websocket\r\n') + smuggled)
    assert.match(came, /^HTTP\/1\.1 502 /)
    assert.doesNotMatch(liar.received.join(''), /root/)
    started.change({ upstream: upstream.url })
  })
  await t.test('with a body are refused', async () => {
    const came = await sendBytes(
      port,
      `${upgrade('Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 5\r\n')}hello`,
    )
    assert.match(came, /^HTTP\/1\.1 400 /)
  })
  await t.test('behind a request that is still being answered do not run into its answer', async () => {
    await using slow = await recordingUpstream((socket, soFar) => {
      if (soFar.startsWith('GET /slow'))
        setTimeout(() => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nslow'), 50)
      else
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n',
        )
    })
    started.change({ upstream: slow.url })
    const first = `GET /slow HTTP/1.1\r\nHost: ${authority}\r\n\r\n`
    const came = await sendBytes(
      port,
      first + upgrade('Connection: upgrade\r\nUpgrade: websocket\r\n'),
      (soFar) => soFar.includes('slow') || soFar.includes('101'),
    )
    assert.doesNotMatch(came, /^HTTP\/1\.1 101 /)
    started.change({ upstream: upstream.url })
  })
  sockets.close()
})
