import assert from 'node:assert/strict'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createOutbound, OutboundError, type OutboundProblem } from './outbound.ts'

const strict = createOutbound({ allow: [] })
const house = createOutbound({ allow: ['127.0.0.0/8'] })
const limits = { timeoutMs: 5_000, maxResponseBytes: 1_000 }

async function fails(work: Promise<unknown>, problem: OutboundProblem): Promise<OutboundError> {
  const error = await work.then(
    (answer) => assert.fail(`was not refused, but answered ${JSON.stringify(answer)}`),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof OutboundError, String(error))
  assert.equal(error.problem, problem, error.message)
  return error
}

async function serving(answer: RequestListener): Promise<{ url: string; port: number } & AsyncDisposable> {
  const server = createServer(answer).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('an address inside the house is refused however it is spelled', () => {
  const spelled = `http://127.0.0.1 http://127.1 http://2130706433 http://0x7f000001 http://0177.0.0.1 http://0x7f.1
    http://[::1] http://[::ffff:127.0.0.1] http://[::ffff:7f00:1] http://[64:ff9b::7f00:1] http://169.254.169.254/latest
    http://0/ http://[::]/ http://127.0.0.1. http://１２７.０.０.１ http://192.168.0.1:8080 https://10.0.0.1`
  for (const url of spelled.split(/\s+/)) {
    assert.throws(() => strict.checkUrl(url), { problem: 'private-address' }, url)
  }
})

test('only http and https, without credentials, on a port of their own', () => {
  for (const url of ['', 'example.com', 'http://', 'http://[::1', 'http://a b/', 'http://exa%00mple.com/'])
    assert.throws(() => strict.checkUrl(url), { problem: 'bad-url' }, url)
  for (const url of ['ftp://example.com', 'file:///etc/passwd', 'gopher://example.com', 'javascript:alert(1)'])
    assert.throws(() => strict.checkUrl(url), { problem: 'bad-url' }, url)
  for (const url of ['https://ana@example.com', 'https://ana:secret@example.com', 'https://:x@example.com'])
    assert.throws(() => strict.checkUrl(url), /must not hold a user name or password/, url)
  for (const port of [0, 22, 25, 6000, 6667])
    assert.throws(() => strict.checkUrl(`http://example.com:${port}`), { problem: 'bad-url' }, String(port))
  assert.throws(() => strict.checkUrl(`https://example.com/${'a'.repeat(2_000)}`), { problem: 'bad-url' })
  assert.equal(strict.checkUrl('https://example.com:8443/a?b#c').href, 'https://example.com:8443/a?b')
})

test('a name that leads inside is refused, also where only one of its addresses does', async () => {
  const answers: Record<string, string[]> = {
    'inside.example': ['10.0.0.7'],
    'mixed.example': ['93.184.216.34', '127.0.0.1'],
    'six.example': ['::ffff:127.0.0.1'],
    'odd.example': ['not an address'],
    'empty.example': [],
  }
  const outbound = createOutbound({
    allow: [],
    resolve: async (host) => (answers[host] ?? []).map((address) => ({ address })),
  })
  for (const host of ['inside.example', 'mixed.example', 'six.example', 'odd.example']) {
    const error = await fails(outbound.request(`http://${host}/`, limits), 'private-address')
    assert.ok(!/\d+\.\d+\.\d+|::/.test(error.message), `${error.message} tells what the name means inside`)
  }
  await fails(outbound.request('http://empty.example/', limits), 'unknown-host')
  await fails(strict.request('http://localhost/', limits), 'private-address')
})

test('a name is looked up once for each request, and another answer later is judged again', async () => {
  let asked = 0
  await using server = await serving((request, response) => response.end(request.headers.host))
  const outbound = createOutbound({
    allow: ['127.0.0.1'],
    // Allowed first, forbidden at every later look.
    resolve: async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.2' }],
  })
  const url = `http://rebinding.example:${server.port}/`
  assert.equal((await outbound.request(url, limits)).body.toString(), `rebinding.example:${server.port}`)
  assert.equal(asked, 1)
  await fails(outbound.request(url, limits), 'private-address')
  assert.equal(asked, 2)
})

test('a redirect is an answer, and nobody follows it', async () => {
  let asked = 0
  await using inside = await serving((_request, response) => {
    asked += 1
    response.end('secret')
  })
  await using server = await serving((_request, response) => response.writeHead(307, { location: inside.url }).end())
  const answer = await house.request(server.url, { ...limits, method: 'POST', body: 'x' })
  assert.equal(answer.status, 307)
  assert.deepEqual(
    answer.headers.find(([name]) => name === 'location'),
    ['location', inside.url],
  )
  assert.equal(asked, 0)
})

test('sends method, headers and body, and brings the answer as it came', async () => {
  await using server = await serving((request, response) => {
    request.setEncoding('utf8').once('data', (body: string) => {
      response.writeHead(
        201,
        [
          ['X-Twice', 'a'],
          ['X-Twice', 'b'],
        ].flat(),
      )
      response.end(
        `${request.method} ${String(request.headers['x-mine'])} ${request.headers['content-length']} ${body}`,
      )
    })
  })
  const answer = await house.request(server.url, {
    ...limits,
    method: 'POST',
    headers: { 'x-mine': 'yes' },
    body: 'héllo',
  })
  assert.equal(answer.body.toString(), 'POST yes 6 héllo')
  assert.equal(answer.isCut, false)
  assert.deepEqual(
    answer.headers.filter(([name]) => name === 'x-twice').map(([, value]) => value),
    ['a', 'b'],
  )
})

test('an endless answer is read no further than asked', async () => {
  let sent = 0
  await using server = await serving((_request, response) => {
    const part = Buffer.alloc(64 * 1024, 'a')
    const send = (): void => {
      while (!response.destroyed && response.write(part)) sent += part.length
      if (!response.destroyed) response.once('drain', send)
    }
    send()
  })
  const answer = await house.request(server.url, limits)
  assert.deepEqual({ length: answer.body.length, isCut: answer.isCut }, { length: 1_000, isCut: true })
  assert.ok(sent < 50 * 1024 ** 2)
})

test('what hangs or drips ends at the deadline; what had come is told', async () => {
  const sockets: Socket[] = []
  const silent = createTcpServer((socket) => sockets.push(socket)).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const quick = { ...limits, timeoutMs: 150 }
  const hung = await fails(house.request(`http://127.0.0.1:${port}/`, quick), 'timed-out')
  assert.match(hung.message, /gave no whole answer within 0\.15 seconds/)
  assert.equal(hung.answer, undefined)
  for (const socket of sockets) socket.destroy()
  silent.close()

  await using dripping = await serving((_request, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 20)
    response.on('close', () => clearInterval(timer))
  })
  const dripped = await fails(house.request(dripping.url, { ...limits, timeoutMs: 1_000 }), 'timed-out')
  assert.equal(dripped.answer?.status, 200)
  assert.match(dripped.answer?.body.toString() ?? '', /^\.+$/)

  const slow = createOutbound({ allow: [], resolve: () => new Promise(() => {}) })
  await fails(slow.request('http://slow.example/', quick), 'timed-out')
})

test('says in a sentence what went wrong', async () => {
  await using server = await serving((request, response) => {
    if (request.url === '/half') {
      response.writeHead(200, { 'content-length': 100 }).write('half')
      setImmediate(() => response.destroy())
    } else request.socket.destroy()
  })
  assert.match((await fails(house.request(server.url, limits), 'unreachable')).message, /broke the connection off\.$/)
  const half = await fails(house.request(`${server.url}half`, limits), 'broken-off')
  assert.equal(half.answer?.body.toString(), 'half')
  await fails(house.request(server.url.replace('http:', 'https:'), limits), 'tls')
  await fails(house.request(server.url, { ...limits, headers: { 'x-a': 'b\r\nx-evil: c' } }), 'bad-url')
  const stopped = AbortSignal.abort()
  await fails(house.request(server.url, { ...limits, signal: stopped }), 'aborted')
})

test('an answer in chunks of one byte takes little more memory than its bytes', async (t) => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const used = (): number => {
    collect()
    return process.memoryUsage().heapUsed
  }
  const chunks = 100_000
  const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(chunks)}`
  const server = createTcpServer((socket) => socket.once('data', () => socket.write(text)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const before = used()
  let peak = 0
  const measure = (message: unknown): void => {
    const { socket } = (message as { response: IncomingMessage }).response
    if (socket.bytesRead < text.length) return void setImmediate(measure, message)
    peak = used()
    socket.destroy()
  }
  subscribe('http.client.response.finish', measure)
  t.after(() => unsubscribe('http.client.response.finish', measure))
  const { port } = server.address() as AddressInfo
  const asked = house.request(`http://127.0.0.1:${port}/`, { timeoutMs: 60_000, maxResponseBytes: 1e6 })
  const { answer } = await fails(asked, 'broken-off')
  assert.equal(answer?.body.toString(), 'x'.repeat(chunks))
  assert.ok(peak - before < 20 * chunks, `${peak - before} bytes for ${chunks}`)
})
