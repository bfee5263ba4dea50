import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { createFrontedServer, type Front } from './front.ts'

const settings = { tls: undefined, keepAliveTimeout: 1000, requestTimeout: 0, connectionTimeout: 0 }

const front: Front = {
  takes: ({ headers }) => headers.host === 'mine',
  request: (_request, response) =>
    void response.writeHead(200, { connection: 'close', 'content-length': 5 }).end('front'),
  takesUpgrade: ({ headers }) => headers.host === 'mine',
  upgrade: (_request, socket) => void socket.end('upgraded'),
}

test('a front takes what is its own, and everything else goes on as if there were none', async (t) => {
  const fronts: Front[] = []
  const server = createFrontedServer(
    fronts,
    (_request, response) => void response.writeHead(200, { connection: 'close', 'content-length': 5 }).end('route'),
    settings,
  )
  fronts.push(front)
  server.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  const send = async (host: string, lines = ''): Promise<string> => {
    const socket = connect(address.port, '127.0.0.1')
    socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n`)
    return text(socket)
  }
  const upgrade = 'Connection: upgrade\r\nUpgrade: anything\r\n'
  assert.match(await send('mine'), /front$/)
  assert.match(await send('other'), /route$/)
  assert.match(await send('mine', upgrade), /^upgraded$/)
  assert.match(await send('other', upgrade), /^HTTP\/1\.1 200 [^]*route$/)
  // Whoever takes the body says whether it is wanted.
  assert.doesNotMatch(await send('mine', 'Expect: 100-continue\r\nContent-Length: 0\r\n'), /100 Continue/)
  assert.match(await send('other', 'Expect: 100-continue\r\nContent-Length: 0\r\n'), /^HTTP\/1\.1 100 Continue/)
})

test('headers that trickle in have a deadline, although bodies have their own', () => {
  const server = createFrontedServer([], () => {}, settings)
  assert.equal(server.headersTimeout, 60_000)
  assert.equal(server.requestTimeout, 0)
  server.close()
})

test('a body in chunks of one byte is no heap of parts, but comes whole and few at a time', async (t) => {
  let parts = 0
  const server = createFrontedServer(
    [],
    (request, response) => {
      request.once('data', () => {}).pause()
      let length = 0
      request.on('data', (part: Buffer) => {
        parts += 1
        length += part.length
      })
      request.once('end', () => response.end(`${length}`))
      setImmediate(() => request.resume())
    },
    settings,
  )
  server.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address !== 'string')
  const socket = connect(address.port, '127.0.0.1')
  const chunks = 200_000
  socket.write('POST / HTTP/1.1\r\nHost: any\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n')
  socket.write(`${'1\r\nx\r\n'.repeat(chunks)}0\r\n\r\n`)
  assert.match(await text(socket), new RegExp(`\\b${chunks}\\b`))
  assert.ok(parts < chunks / 100, `${parts} parts`)
})
