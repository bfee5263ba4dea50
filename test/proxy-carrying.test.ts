import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer } from 'node:net'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { finished, pipeline } from 'node:stream/promises'
import { test } from 'node:test'
import './proxy-open-streams.ts'
import { admitted, ask, recordingUpstream, send, sendBytes, startDoor, until, upstreamServer } from './support/door.ts'
import { createPrivateCa } from './support/private-ca.ts'

// own-process: looks at the memory of its process

const megabyte = Buffer.alloc(1024 * 1024, 'x')

test('requests and answers of every kind get through as they are', async (t) => {
  await using upstream = await upstreamServer(async (request, response) => {
    const body = await buffer(request)
    response.setHeader('x-said', `${request.method} ${request.url} ${body.length}`)
    response.setHeader('x-framing', String(request.headers['transfer-encoding'] ?? request.headers['content-length']))
    if (request.url === '/204') return response.writeHead(204).end()
    if (request.url === '/304') return response.writeHead(304, { etag: '"a"' }).end()
    if (request.url === '/chunked') {
      response.write('a')
      return response.end('b')
    }
    if (request.url === '/trailers') {
      response.writeHead(200, { trailer: 'x-late' })
      response.write('a')
      response.addTrailers({ 'x-late': 'b' })
      return response.end()
    }
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.setHeader('x-latin', 'gr\xfc\xdfe')
    response.setHeader('content-length', 5)
    return response.end(request.method === 'HEAD' ? undefined : Buffer.from('hello'))
  })
  await using started = await startDoor({ upstream: upstream.url })
  const cases: Record<string, { options: RequestOptions; body?: string; said: string; status?: number; text: string }> =
    {
      GET: { options: { path: '/a?b=c%20d' }, said: 'GET /a?b=c%20d 0', text: 'hello' },
      HEAD: { options: { method: 'HEAD', path: '/' }, said: 'HEAD / 0', text: '' },
      POST: {
        options: { method: 'POST', path: '/', headers: { 'content-length': '4' } },
        body: 'four',
        said: 'POST / 4',
        text: 'hello',
      },
      'POST in chunks': {
        options: { method: 'POST', path: '/', headers: { 'transfer-encoding': 'chunked' } },
        body: 'seventy',
        said: 'POST / 7',
        text: 'hello',
      },
      'an empty POST': {
        options: { method: 'POST', path: '/', headers: { 'content-length': '0' } },
        said: 'POST / 0',
        text: 'hello',
      },
      'DELETE with a body': {
        options: { method: 'DELETE', path: '/', headers: { 'content-length': '1' } },
        body: 'x',
        said: 'DELETE / 1',
        text: 'hello',
      },
      PROPFIND: { options: { method: 'PROPFIND', path: '/dav' }, said: 'PROPFIND /dav 0', text: 'hello' },
      'no content': { options: { path: '/204' }, said: 'GET /204 0', status: 204, text: '' },
      'not modified': { options: { path: '/304' }, said: 'GET /304 0', status: 304, text: '' },
      'an answer in chunks': { options: { path: '/chunked' }, said: 'GET /chunked 0', text: 'ab' },
      'an answer with trailers': { options: { path: '/trailers' }, said: 'GET /trailers 0', text: 'a' },
      'whoever waits for leave to send': {
        options: { method: 'PUT', path: '/', headers: { expect: '100-continue', 'content-length': '2' } },
        body: 'ok',
        said: 'PUT / 2',
        text: 'hello',
      },
    }
  for (const [what, { options, body, said, status = 200, text: expected }] of Object.entries(cases))
    await t.test(what, async () => {
      const answer = await ask(started, options, body)
      assert.equal(answer.statusCode, status)
      assert.equal(answer.headers['x-said'], said)
      assert.equal(await text(answer), expected)
      assert.deepEqual(answer.trailers, {})
      if (said === 'GET /a?b=c%20d 0') {
        assert.deepEqual(answer.headers['set-cookie'], ['a=1', 'b=2'])
        assert.equal(answer.headers['x-latin'], 'gr\xfc\xdfe')
      }
    })
  await t.test('several on one connection, one behind the other', async () => {
    const one = `GET /1 HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`
    const came = await sendBytes(started.port, one + one.replace('/1', '/2'), (soFar) => /\/2 0[^]*hello$/.test(soFar))
    assert.match(came, /GET \/1 0[^]*hello[^]*GET \/2 0[^]*hello/)
  })
  await t.test('by HTTP/1.0, without chunks', async () => {
    const came = await sendBytes(
      started.port,
      `GET /chunked HTTP/1.0\r\nHost: ${started.authority}\r\n\r\n`,
      () => false,
    )
    assert.match(came, /\r\n\r\nab$/)
  })
  await t.test('for another host than the one it is called by, and back', async () => {
    await using other = await upstreamServer((request, response) =>
      response.writeHead(302, { location: `${other.url}/next?a=b`, 'x-host': String(request.headers.host) }).end(),
    )
    started.change({ upstream: other.url, keepHost: false })
    const answer = await ask(started)
    assert.equal(answer.headers['x-host'], new URL(other.url).host)
    assert.equal(answer.headers.location, `http://${started.authority}/next?a=b`)
    started.change({ upstream: upstream.url, keepHost: true })
  })
})

test('an upstream by TLS shows a certificate for its own name, by an authority of its own', async (t) => {
  const ca = createPrivateCa()
  const { key, cert } = ca.issue('tool.internal.test')
  const server = createTlsServer({ key, cert }, (request, response) => response.end(request.headers.host))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const upstream = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  await using started = await startDoor({ upstream, tls: { ca: ca.cert, serverName: 'tool.internal.test' } })
  assert.equal(await text(await ask(started)), started.authority)
  for (const tls of [
    { ca: ca.cert, serverName: 'other.test' },
    { ca: ca.cert },
    { serverName: 'tool.internal.test' },
  ]) {
    started.change({ tls })
    const answer = await ask(started)
    assert.equal((JSON.parse(await text(answer)) as { code: string }).code, 'upstream-untrusted')
  }
  assert.match(started.logged.join('\n'), /127\.0\.0\.1/)
})

test('uploads and downloads of 256 MB are streamed: memory stays flat, and whoever is slow slows the other side', async (t) => {
  const parts = 256
  let uploaded = 0
  let isReading = true
  let sent = 0
  await using upstream = await upstreamServer(async (request, response) => {
    if (request.method === 'POST') {
      for await (const part of request) {
        uploaded += (part as Buffer).length
        while (!isReading) await new Promise((resolve) => setImmediate(resolve))
      }
      response.end('done')
      return
    }
    response.writeHead(200, { 'content-length': parts * megabyte.length })
    const body = Readable.from(
      (function* () {
        for (sent = 0; sent < parts; sent += 1) yield megabyte
      })(),
    )
    await pipeline(body, response).catch(() => {})
  })
  await using started = await startDoor({ upstream: upstream.url })
  const memory = async (work: () => Promise<void>): Promise<number> => {
    let most = 0
    const before = process.memoryUsage().rss
    const looking = setInterval(() => (most = Math.max(most, process.memoryUsage().rss - before)), 20)
    await work()
    clearInterval(looking)
    return most / megabyte.length
  }
  await t.test('down', async () => {
    const grown = await memory(async () => {
      const answer = await ask(started)
      let length = 0
      for await (const part of answer) length += (part as Buffer).length
      assert.equal(length, parts * megabyte.length)
    })
    assert.ok(grown < 150, `${grown} MB`)
  })
  await t.test('up', async () => {
    const grown = await memory(async () => {
      const upload = send(started, { method: 'POST' })
      const body = Readable.from(
        (function* () {
          for (let at = 0; at < parts; at += 1) yield megabyte
        })(),
      )
      const answered = once(upload, 'response') as Promise<[IncomingMessage]>
      await pipeline(body, upload)
      assert.equal(await text((await answered)[0]), 'done')
      assert.equal(uploaded, parts * megabyte.length)
    })
    assert.ok(grown < 150, `${grown} MB`)
  })
  await t.test('a client that does not read holds the upstream back, and goes on where it was', async () => {
    const answer = await ask(started)
    answer.pause()
    let before = -1
    // Until nothing moves any more: all buffers on the way are full.
    while (before !== sent) {
      before = sent
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    assert.ok(sent < parts / 2, `${sent} MB left the upstream`)
    let length = 0
    for await (const part of answer) length += (part as Buffer).length
    assert.equal(length, parts * megabyte.length)
  })
  await t.test('an upstream that does not read holds the client back', async () => {
    isReading = false
    const upload = send(started, { method: 'POST' })
    upload.on('error', () => {})
    let written = 0
    const body = Readable.from(
      (function* () {
        for (; written < parts; written += 1) yield megabyte
      })(),
    )
    body.pipe(upload)
    let before = -1
    while (before !== written) {
      before = written
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
    assert.ok(written < parts / 2, `${written} MB left the client`)
    isReading = true
    const [answer] = (await once(upload, 'response')) as [IncomingMessage]
    assert.equal(await text(answer), 'done')
  })
})

test('an upstream that fails is said so, in words', async (t) => {
  const page = { accept: 'text/html' }
  await t.test('nobody listens', async () => {
    const gone = await recordingUpstream('')
    await gone[Symbol.asyncDispose]()
    await using started = await startDoor({ upstream: gone.url })
    const answer = await ask(started, { headers: page })
    assert.equal(answer.statusCode, 502)
    assert.match(String(answer.headers['content-type']), /^text\/html/)
    assert.match(await text(answer), /Tool does not answer/)
    assert.equal(answer.headers['permissions-policy'], 'publickey-credentials-get=(), publickey-credentials-create=()')
    const forPrograms = await ask(started)
    assert.equal((JSON.parse(await text(forPrograms)) as { code: string }).code, 'upstream-down')
    assert.equal(started.door.healthOf('app_tool').state, 'down')
    assert.match(started.door.healthOf('app_tool').problem ?? '', /ECONNREFUSED/)
    assert.equal(started.door.figures()[0]?.answers.failed, 2)
  })
  await t.test('it never answers', async () => {
    await using upstream = await recordingUpstream(() => {})
    await using started = await startDoor({ upstream: upstream.url, timeouts: { answerSeconds: 1 } })
    assert.equal((await ask(started, { headers: page })).statusCode, 504)
  })
  await t.test('it takes a connection and makes nothing of it', async () => {
    await using upstream = await recordingUpstream(() => {})
    const timeouts = { connectSeconds: 1, answerSeconds: 3600 }
    await using started = await startDoor({ upstream: upstream.url.replace('http:', 'https:'), timeouts })
    const answer = await ask(started)
    assert.equal(answer.statusCode, 504)
    assert.equal((JSON.parse(await text(answer)) as { code: string }).code, 'upstream-silent')
    assert.match(started.logged.join('\n'), /no connection in time/)
  })
  await t.test('it stops in the middle: the answer is cut, not ended', async () => {
    await using upstream = await recordingUpstream((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n')
      setImmediate(() => socket.destroy())
    })
    await using started = await startDoor({ upstream: upstream.url })
    const answer = await ask(started)
    await assert.rejects(text(answer), { code: 'ECONNRESET' })
  })
  await t.test('it falls silent in the middle', async () => {
    await using upstream = await recordingUpstream('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello')
    await using started = await startDoor({ upstream: upstream.url, timeouts: { idleSeconds: 1 } })
    await assert.rejects(text(await ask(started)), { code: 'ECONNRESET' })
  })
  await t.test('it closes a connection that was kept: asked once more, where that does no harm', async () => {
    const heard: string[] = []
    await using upstream = await recordingUpstream((socket, soFar) => {
      const requests = soFar.split(' HTTP/1.1').length - 1
      heard.push(soFar.match(/[A-Z]+(?= \/ HTTP)/g)?.at(-1) ?? '')
      // The first of each connection is answered, whatever comes next is not.
      if (requests === 1 && !soFar.startsWith('P')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok')
      else socket.destroy()
    })
    await using started = await startDoor({ upstream: upstream.url })
    assert.equal((await ask(started)).statusCode, 200)
    await until(() => started.door.countOpen() === 0)
    assert.equal((await ask(started)).statusCode, 200)
    assert.deepEqual(heard, ['GET', 'GET', 'GET'])
    started.change({ upstream: upstream.url.replace('127.0.0.1', 'localhost') })
    assert.equal((await ask(started, { method: 'POST', headers: { 'content-length': '0' } })).statusCode, 502)
    assert.deepEqual(heard.slice(3), ['POST'])
  })
  await t.test(
    'it answers before it has read the upload: the client hears that, and its connection lives',
    async () => {
      for (const how of ['close', 'keep-alive']) {
        await using upstream = await recordingUpstream((socket, soFar) => {
          if (soFar.startsWith('GET')) return void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnext')
          if (soFar.length < 200_000) return
          socket.removeAllListeners('data').resume()
          socket.write(`HTTP/1.1 413 Too Large\r\ncontent-length: 3\r\nconnection: ${how}\r\n\r\nbig`)
          if (how === 'close') socket.end()
        })
        await using started = await startDoor({ upstream: upstream.url })
        const head = `POST / HTTP/1.1\r\nHost: ${started.authority}\r\nContent-Length: 1000000\r\n\r\n`
        const next = `GET /next HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`
        const came = await sendBytes(started.port, head + 'x'.repeat(1_000_000) + next, (soFar) =>
          soFar.endsWith('next'),
        )
        assert.match(came, /^HTTP\/1\.1 413 [^]*bigHTTP\/1\.1 200 [^]*next$/)
      }
    },
  )
  await t.test('a client that leaves early takes its request to the upstream with it', async () => {
    let left = 0
    await using upstream = await upstreamServer((_request, response) => {
      response.once('close', () => (left += 1))
    })
    await using started = await startDoor({ upstream: upstream.url })
    for (let at = 0; at < 3; at += 1) {
      const sent = send(started)
      sent.on('error', () => {})
      sent.end()
      await until(() => upstream.received.length === at + 1)
      sent.destroy()
      await until(() => left === at + 1)
    }
    assert.equal(started.door.countOpen(), 0)
  })
})

test('a tool that a proxy in front carries is not carried from here', async () => {
  await using upstream = await recordingUpstream('')
  await using started = await startDoor({ upstream: upstream.url, by: 'forward-auth' })
  const answer = await ask(started)
  assert.equal(answer.statusCode, 421)
  assert.equal((JSON.parse(await text(answer)) as { code: string }).code, 'carried-elsewhere')
  const page = { accept: 'text/html' }
  const read = await ask(started, { headers: page })
  assert.equal(read.statusCode, 421)
  assert.match(await text(read), /<h1>Tool is not reached this way/)
  const odd = await ask(started, { headers: page, method: 'TRACE' })
  assert.equal(odd.statusCode, 405)
  assert.match(await text(odd), /<h1>This address did not open/)
  // What is answered here, is: signing in there begins so.
  started.admit = () => ({ kind: 'answer', status: 303, headers: { location: '/elsewhere' }, body: '' })
  assert.equal((await ask(started, { path: '/.postern/enter' })).statusCode, 303)
  assert.deepEqual(upstream.received, [])
})

test('who is let in while the route changes is asked again, and the route goes on', async () => {
  await using before = await upstreamServer((_request, response) => response.end('before'))
  await using after = await upstreamServer((_request, response) => response.end('after'))
  await using started = await startDoor({ upstream: before.url })
  const asked: unknown[] = []
  const admitting = Promise.withResolvers<typeof admitted>()
  started.admit = (route) => (asked.push(route.settings.upstream) === 1 ? admitting.promise : admitted)
  const slow = ask(started)
  await until(() => asked.length === 1)
  started.change({ upstream: after.url })
  assert.equal(await text(await ask(started)), 'after')
  admitting.resolve(admitted)
  assert.equal(await text(await slow), 'after')
  assert.equal(await text(await ask(started)), 'after')
  assert.deepEqual(asked, [before.url, after.url, after.url, after.url])
})

test('whoever lets its turn pass is cut off', async (t) => {
  await using upstream = await upstreamServer(async (request, response) => {
    if (request.url === '/big') return void response.end(Buffer.alloc(64 * 1024 * 1024))
    if (request.url === '/small') return void response.end(Buffer.alloc(60_000))
    await finished(request.resume()).catch(() => {})
    response.end('done')
  })
  await using started = await startDoor({ upstream: upstream.url }, { patienceMs: 1, lingerMs: 1 })
  await t.test('with a body that does not come', async () => {
    const came = await sendBytes(
      started.port,
      `POST / HTTP/1.1\r\nHost: ${started.authority}\r\nContent-Length: 100\r\n\r\nx`,
      () => false,
    )
    assert.equal(came, '')
  })
  await t.test('with a download that is not read', async () => {
    const socket = connect(started.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET /big HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`)
    await until(() => upstream.received.at(-1) === 'GET /big')
    await until(() => started.door.countOpen() === 1)
    await until(() => started.door.countOpen() === 0)
    socket.destroy()
  })
  await t.test('with many small answers that are not read', async () => {
    const socket = connect(started.port, '127.0.0.1').pause()
    socket.on('error', () => {})
    const { promise: isClosed, resolve } = Promise.withResolvers<void>()
    socket.once('close', () => resolve())
    const asking = setInterval(() => {
      if (started.door.countOpen() < 8) socket.write(`GET /small HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`)
    }, 1)
    await isClosed.finally(() => clearInterval(asking))
    await until(() => started.door.countOpen() === 0)
  })
  await t.test('with the same where a WebSocket was asked for', async () => {
    const big = Buffer.alloc(64 * 1024 * 1024)
    upstream.server.on('upgrade', (_request, socket) => {
      socket.on('error', () => {})
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${big.length}\r\n\r\n`)
      socket.end(big)
    })
    const socket = connect(started.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(`GET / HTTP/1.1\r\nHost: ${started.authority}\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n`)
    await until(() => started.door.countOpen() === 1)
    await until(() => started.door.countOpen() === 0)
    socket.destroy()
  })
  await t.test('with the rest of a body that was answered already', async () => {
    started.admit = () => ({ kind: 'answer', status: 401, headers: {}, body: 'no' })
    const came = await sendBytes(
      started.port,
      `POST / HTTP/1.1\r\nHost: ${started.authority}\r\nContent-Length: 100\r\n\r\nx`,
      () => false,
    )
    assert.match(came, /^HTTP\/1\.1 401 /)
  })
})

test('an upstream with a path for its health is asked whether it answers', async () => {
  let status = 200
  await using upstream = await upstreamServer((_request, response) => response.writeHead(status).end())
  await using started = await startDoor({ upstream: upstream.url, healthPath: '/up' }, { healthEveryMs: 10 })
  const health = () => started.door.healthOf('app_tool')
  await until(() => health().state === 'up')
  assert.equal(upstream.received[0], 'GET /up')
  status = 500
  await until(() => health().state === 'down')
  assert.equal(health().problem, 'It answers 500 at /up.')
  // It answers, but not as it should: real requests do not say otherwise.
  await ask(started)
  assert.equal(health().state, 'down')
  status = 200
  await until(() => health().state === 'up')
  assert.equal(started.door.figures()[0]?.isUp, true)
})

test('an answer of single bytes arrives whole, and the first of them at once', async (t) => {
  const more = 50_000
  const rest = Promise.withResolvers<void>()
  const upstream = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n')
      void rest.promise.then(() => socket.write(`${'1\r\nx\r\n'.repeat(more)}0\r\n\r\n`))
    })
  })
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  t.after(() => upstream.close())
  await using started = await startDoor({
    upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
  })
  const socket = connect(started.port, '127.0.0.1')
  socket.write(`GET / HTTP/1.1\r\nhost: ${started.authority}\r\nconnection: close\r\n\r\n`)
  let said = ''
  for await (const part of socket) {
    said += String(part)
    if (said.endsWith('\r\nx\r\n')) rest.resolve()
  }
  const body = said.slice(said.indexOf('\r\n\r\n') + 4)
  assert.equal(body.match(/x/g)?.length, more + 1)
  assert.ok(body.endsWith('\r\n0\r\n\r\n'))
})
