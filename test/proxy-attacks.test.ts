import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { test } from 'node:test'
import { admitted, host, recordingUpstream, sendBytes, startDoor } from './support/door.ts'

const ok = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'

/** What of the request reached the upstream, by name in small letters. */
function headersOf(received: string): Map<string, string> {
  const lines = received.slice(0, received.indexOf('\r\n\r\n')).split('\r\n').slice(1)
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  )
}

test('what two servers could read in two ways is refused, and the upstream hears nothing of it', async (t) => {
  await using upstream = await recordingUpstream(ok)
  await using started = await startDoor({ upstream: upstream.url })
  const { port } = started
  const named = `Host: ${host}:${port}\r\n`
  const refused: Record<string, [status: number, bytes: string]> = {
    'two lengths': [400, `POST / HTTP/1.1\r\n${named}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd`],
    'the same length twice': [400, `POST / HTTP/1.1\r\n${named}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`],
    'lengths in a list': [400, `POST / HTTP/1.1\r\n${named}Content-Length: 3, 3\r\n\r\nabc`],
    'a length with a sign': [400, `POST / HTTP/1.1\r\n${named}Content-Length: +3\r\n\r\nabc`],
    'a length beside a coding': [
      400,
      `POST / HTTP/1.1\r\n${named}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    'an unknown coding': [400, `POST / HTTP/1.1\r\n${named}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    'two codings': [
      400,
      `POST / HTTP/1.1\r\n${named}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n`,
    ],
    'a coding in HTTP/1.0': [400, `POST / HTTP/1.0\r\n${named}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    'a coding behind a vertical tab': [
      400,
      `POST / HTTP/1.1\r\n${named}Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n`,
    ],
    'a chunk with a bare line feed': [
      400,
      `POST / HTTP/1.1\r\n${named}Transfer-Encoding: chunked\r\n\r\n3;a=b\nX\r\nabc\r\n0\r\n\r\n`,
    ],
    'a folded line': [400, `GET / HTTP/1.1\r\n${named}X-A: b\r\n c\r\n\r\n`],
    'NUL in a value': [400, `GET / HTTP/1.1\r\n${named}X-A: b\0c\r\n\r\n`],
    'a bare line feed': [400, `GET / HTTP/1.1\r\n${named}X-A: a\nX-B: b\r\n\r\n`],
    'a bare carriage return': [400, `GET / HTTP/1.1\r\n${named}X-A: a\rb\r\n\r\n`],
    'a space before the colon': [400, `GET / HTTP/1.1\r\n${named}X-A : b\r\n\r\n`],
    'two hosts': [400, `GET / HTTP/1.1\r\n${named}Host: other.localhost\r\n\r\n`],
    'the same host twice': [400, `GET / HTTP/1.1\r\n${named}${named}\r\n`],
    'two who ask': [400, `GET / HTTP/1.1\r\n${named}Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n`],
    'another host in the target': [400, `GET http://other.localhost/ HTTP/1.1\r\n${named}\r\n`],
    'another scheme in the target': [400, `GET https://${host}/ HTTP/1.1\r\n${named}\r\n`],
    'a user in the target': [400, `GET http://${host}@evil.example/ HTTP/1.1\r\n${named}\r\n`],
    'a fragment': [400, `GET /a#b HTTP/1.1\r\n${named}\r\n`],
    'a byte above ASCII': [400, `GET /\xe9 HTTP/1.1\r\n${named}\r\n`],
    'the whole server': [400, `OPTIONS * HTTP/1.1\r\n${named}\r\n`],
    TRACE: [405, `TRACE / HTTP/1.1\r\n${named}\r\n`],
    'an expectation that nobody has': [417, `POST / HTTP/1.1\r\n${named}Expect: more\r\nContent-Length: 0\r\n\r\n`],
    'a megabyte of headers': [431, `GET / HTTP/1.1\r\n${named}X-A: ${'a'.repeat(1_000_000)}\r\n\r\n`],
    'thousands of headers': [431, `GET / HTTP/1.1\r\n${named}${'A: b\r\n'.repeat(1500)}\r\n`],
    'another port': [421, `POST / HTTP/1.1\r\nHost: ${host}:1\r\nContent-Length: 0\r\n\r\n`],
    'a trailing dot': [421, `POST / HTTP/1.1\r\nHost: ${host}.:${port}\r\nContent-Length: 0\r\n\r\n`],
  }
  for (const [what, [status, bytes]] of Object.entries(refused))
    await t.test(what, async () => {
      const came = await sendBytes(port, bytes, (soFar) => soFar.includes('\r\n\r\n'))
      assert.match(came, new RegExp(`^HTTP/1.1 ${status} `), came)
      assert.equal(upstream.received.join(''), '')
    })
  await t.test('the host that browsers would mean by a trailing dot is named to them', async () => {
    const came = await sendBytes(port, `GET /a?b HTTP/1.1\r\nHost: ${host}.:${port}\r\n\r\n`)
    assert.match(came, new RegExp(`^HTTP/1.1 308 [^]*\r\nlocation: http://${host}:${port}/a\\?b\r\n`))
  })
  await t.test('what comes behind a refused request on its connection is never read', async () => {
    const came = await sendBytes(
      port,
      `GET / HTTP/1.1\r\n${named}Host: b\r\n\r\nGET /second HTTP/1.1\r\n${named}\r\n`,
      () => false,
    )
    assert.equal(came.match(/HTTP\/1\.1/g)?.length, 1)
    assert.equal(upstream.received.join(''), '')
  })
  await t.test('the names in any case, and the whole address of the same host, are one', async () => {
    for (const bytes of [
      `GET / HTTP/1.1\r\nHost: TOOL.LocalHost:${port}\r\n\r\n`,
      `GET http://Tool.localhost:${port}/ HTTP/1.1\r\n${named}\r\n`,
    ])
      assert.match(await sendBytes(port, bytes), /^HTTP\/1\.1 200 /)
    const heads = upstream.received.join('').match(/GET \S+ HTTP\/1\.1\r\nhost: \S+\r\n/g)
    assert.deepEqual(heads, Array(2).fill(`GET / HTTP/1.1\r\nhost: ${host}:${port}\r\n`))
  })
  await t.test('other hosts are none of its business', async () => {
    const came = await sendBytes(
      port,
      `GET / HTTP/1.1\r\nHost: other.localhost:${port}\r\nConnection: close\r\n\r\n`,
      () => false,
    )
    assert.match(came, /elsewhere/)
  })
})

test('a body that an upstream does not read is not its next request', async (t) => {
  await using upstream = await recordingUpstream(ok)
  await using started = await startDoor({ upstream: upstream.url })
  const hidden = 'GET /admin HTTP/1.1\r\nHost: a\r\nRemote-User: root\r\n\r\n'
  for (const method of ['GET', 'HEAD', 'DELETE', 'OPTIONS'])
    await t.test(method, async () => {
      const bytes = `${method} / HTTP/1.1\r\nHost: ${started.authority}\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`
      assert.match(await sendBytes(started.port, bytes, (soFar) => soFar.includes('\r\n\r\n')), /^HTTP\/1\.1 200 /)
      assert.equal(headersOf(upstream.received.at(-1) ?? '').get('connection'), 'close')
    })
})

test('what comes behind a body in chunks is no header, and what stands between them is not passed on', async () => {
  await using upstream = await recordingUpstream((socket, soFar) => {
    if (soFar.endsWith('0\r\n\r\n')) socket.write(ok)
  })
  await using started = await startDoor({ upstream: upstream.url })
  const head = `POST / HTTP/1.1\r\nHost: ${started.authority}\r\nTrailer: Remote-User\r\nTransfer-Encoding: chunked\r\n\r\n`
  const body = (...trailers: string[]): string =>
    `3;note="Remote-User: root"\r\nabc\r\n0\r\n${trailers.map((line) => `${line}\r\n`).join('')}\r\n`
  const named = ['Remote-User: root', 'X-Postern-Jwt-Assertion: forged', 'Host: evil.example', 'Cookie: evil']
  assert.match(await sendBytes(started.port, head + body(...named)), /^HTTP\/1\.1 200 /)
  const received = upstream.received.join('')
  assert.equal(received.slice(received.indexOf('\r\n\r\n')), '\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
  assert.doesNotMatch(received, /root|forged|evil|trailer/i)
  for (const odd of ['Content-Length: 9', 'Transfer-Encoding: chunked', 'X-A: b\0', ' folded: b', 'X-A : b'])
    assert.match(
      await sendBytes(started.port, head + body(odd), () => false),
      /^HTTP\/1\.1 400 [^]{0,40}close\r\n\r\n$/,
      odd,
    )
})

test('where two of these meet, the answer is still a no', async (t) => {
  await using upstream = await recordingUpstream(ok)
  await using started = await startDoor({
    upstream: upstream.url,
    rules: [{ title: 'Administration', paths: ['/admin*'], methods: ['GET'], requires: { strength: 'attested' } }],
  })
  const { port, authority } = started
  const named = `Host: ${authority}\r\n`
  const socket =
    'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
  const meetings: Record<string, [status: number, bytes: string]> = {
    'a whole address and a folder up': [400, `GET http://${authority}/x/..;/admin HTTP/1.1\r\n${named}\r\n`],
    'a whole address and two slashes': [400, `GET http://${authority}//admin HTTP/1.1\r\n${named}\r\n`],
    'a whole address and another Host': [421, `POST http://${authority}/ HTTP/1.1\r\nHost: ${host}:1\r\n\r\n`],
    'a whole address with a dot and Host without one': [200, `GET http://${host}.:${port}/ HTTP/1.1\r\n${named}\r\n`],
    'a name in capitals with a dot': [421, `POST / HTTP/1.1\r\nHost: TOOL.Localhost.:${port}\r\n\r\n`],
    'two hosts of which one has a dot': [400, `GET / HTTP/1.1\r\n${named}Host: ${host}.:${port}\r\n\r\n`],
    'a WebSocket and a folder up': [400, `GET /x/%2e%2e/admin HTTP/1.1\r\n${named}${socket}\r\n`],
    'a WebSocket and two slashes': [400, `GET //admin HTTP/1.1\r\n${named}${socket}\r\n`],
    'a WebSocket and another host': [400, `GET http://other.localhost/ HTTP/1.1\r\n${named}${socket}\r\n`],
    'a WebSocket and two hosts': [400, `GET / HTTP/1.1\r\n${named}${named}${socket}\r\n`],
    'a WebSocket, a dot and a folder up': [308, `GET /x HTTP/1.1\r\nHost: ${host}.:${port}\r\n${socket}\r\n`],
    'a WebSocket and a length beside a coding': [
      400,
      `GET / HTTP/1.1\r\n${named}${socket}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    'a WebSocket with a body in chunks': [
      400,
      `GET / HTTP/1.1\r\n${named}${socket}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`,
    ],
    'a WebSocket that is meant as another kind': [
      400,
      `GET / HTTP/1.1\r\n${named}${socket}X-HTTP-Method-Override: DELETE\r\n\r\n`,
    ],
    'a WebSocket and a fragment': [400, `GET /x#/admin HTTP/1.1\r\n${named}${socket}\r\n`],
    'a NUL and a folded line': [400, `GET / HTTP/1.1\r\n${named}X-A: b\0\r\n c\r\n\r\n`],
    'leave to send, and a length beside a coding': [
      400,
      `POST / HTTP/1.1\r\n${named}Expect: 100-continue\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n`,
    ],
    'leave to send, and an address in two ways': [
      400,
      `POST /x/..;/admin HTTP/1.1\r\n${named}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    ],
  }
  for (const [what, [status, bytes]] of Object.entries(meetings))
    await t.test(what, async () => {
      const came = await sendBytes(port, bytes, (soFar) => soFar.includes('\r\n\r\n'))
      assert.match(came, new RegExp(`^HTTP/1.1 ${status} `), came)
      assert.equal(upstream.received.splice(0).length > 0, status === 200)
    })
  await t.test('a whole address of the tool, sent to somebody else', async () => {
    for (const other of ['other.localhost', `localhost:${port}`]) {
      const bytes = `GET http://${authority}/admin HTTP/1.1\r\nHost: ${other}\r\nConnection: close\r\n\r\n`
      assert.match(await sendBytes(port, bytes, () => false), /elsewhere/)
    }
    assert.deepEqual(upstream.received, [])
  })
  await t.test('a way through by CONNECT there is none', async () => {
    for (const target of [authority, 'evil.example:443', `${host}.:${port}`]) {
      const came = await sendBytes(
        port,
        `CONNECT ${target} HTTP/1.1\r\n${named}\r\nGET /admin HTTP/1.1\r\n\r\n`,
        () => false,
      )
      assert.doesNotMatch(came, /^HTTP\/1\.1 2/)
    }
    assert.deepEqual(upstream.received, [])
  })
})

test('one connection does not open thousands to the upstream', async () => {
  await using upstream = await recordingUpstream('')
  await using started = await startDoor({ upstream: upstream.url })
  const bytes = `GET / HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`
  assert.equal(await sendBytes(started.port, bytes.repeat(1000), () => false), '')
  assert.ok(upstream.received.length < 50, String(upstream.received.length))
})

test('a head that trickles in is cut off, and so is a connection that says nothing', async (t) => {
  await using upstream = await recordingUpstream(ok)
  await using started = await startDoor({ upstream: upstream.url }, { headersTimeout: 50 })
  const heads = {
    'byte by byte': [`GET / HTTP/1.1\r\nHost: ${host}:${started.port}\r\nX-A: `, 'a'],
    'line by line': [`GET / HTTP/1.1\r\nHost: ${host}:${started.port}\r\n`, 'X-A: a\r\n'],
    'nothing at all': ['', ''],
  } as const
  for (const [how, [begin, more]] of Object.entries(heads))
    await t.test(how, async () => {
      const socket = connect(started.port, '127.0.0.1').on('error', () => {})
      const { promise: closed, resolve } = Promise.withResolvers<void>()
      let came = ''
      socket.on('data', (part) => (came += part.toString())).once('close', () => resolve())
      socket.write(begin)
      const trickling = setInterval(() => socket.write(more), 5)
      await closed.finally(() => clearInterval(trickling))
      // What is said may be lost to whoever goes on sending.
      assert.match(came, /^(?:HTTP\/1\.1 408 |$)/)
      assert.deepEqual(upstream.received, [])
    })
  assert.match(await sendBytes(started.port, `GET / HTTP/1.1\r\nHost: ${host}:${started.port}\r\n\r\n`), /ok$/)
})

test('where rules look at paths, one that can be read in two ways is refused; elsewhere it passes as it came', async (t) => {
  await using upstream = await recordingUpstream(ok)
  await using started = await startDoor({ upstream: upstream.url })
  const seen: string[] = []
  started.admit = (_route, request) => {
    seen.push(request.path)
    return admitted
  }
  const ask = (path: string) => sendBytes(started.port, `GET ${path} HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`)
  const odd: Record<string, string> = {
    '//admin': '/admin',
    '/a//admin': '/a/admin',
    '/x/../admin': '/admin',
    '/x/..;/admin': '/admin',
    '/admin;x=1': '/admin',
    '/x/%2e%2e/admin': '/admin',
    '/x/.%2E/admin': '/admin',
    '/x%2fadmin': '/x/admin',
    '/x%5c..%5cadmin': '/admin',
    '/x\\admin': '/x/admin',
    '/%252e%252e/admin': '/%2e%2e/admin',
    // Some decode a path before they look for its query: CVE-2024-38474 in Apache's mod_rewrite.
    '/admin%3fx': '/admin?x',
    '/admin%3Fx=%2e': '/admin?x=.',
    '/admin%23x': '/admin#x',
    '/admin%00': '/admin\0',
    '/./admin': '/admin',
    '/a/.': '/a/',
    '/admin%zz': '/admin%zz',
    '/admin%c0%ae': '/admin%c0%ae',
    '/x/%25%32%65%25%32%65/admin': '/x/%2e%2e/admin',
  }
  for (const [path, strict] of Object.entries(odd))
    await t.test(path, async () => {
      assert.match(await ask(path), /^HTTP\/1\.1 200 /)
      assert.equal(seen.at(-1), strict)
      assert.ok(upstream.received.at(-1)?.includes(`GET ${path} HTTP/1.1`))
    })
  const sound: Record<string, string> = {
    '/': '/',
    '/a/b/': '/a/b/',
    '/a?b=//..;%2f': '/a',
    '/%61dmin': '/admin',
    '/a.b/..c/c..': '/a.b/..c/c..',
    '/100%25': '/100%',
    '/gr%C3%BC%C3%9Fe': '/grüße',
  }
  await t.test('with rules', async () => {
    started.change({ rules: [{ title: 'Administration', paths: ['/admin*'], requires: { strength: 'attested' } }] })
    const reached = upstream.received.length
    for (const path of Object.keys(odd)) assert.match(await ask(path), /^HTTP\/1\.1 400 /, path)
    assert.equal(upstream.received.length, reached)
    for (const [path, read] of Object.entries(sound)) {
      assert.match(await ask(path), /^HTTP\/1\.1 200 /, path)
      assert.equal(seen.at(-1), read)
    }
  })
  await t.test('with public paths', async () => {
    started.change({ rules: [], publicPaths: ['/assets/*'] })
    assert.match(await ask('/assets/..%2fadmin'), /^HTTP\/1\.1 400 /)
  })
  await t.test('and another method than the one that was judged is no way around rules about methods', async () => {
    const bytes = `POST /a HTTP/1.1\r\nHost: ${started.authority}\r\nX-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n`
    assert.match(await sendBytes(started.port, bytes), /^HTTP\/1\.1 200 /)
    started.change({ rules: [{ title: 'Deleting', methods: ['DELETE'], requires: { strength: 'attested' } }] })
    assert.match(await sendBytes(started.port, bytes), /^HTTP\/1\.1 400 /)
  })
})

test('who came is said by us alone', async (t) => {
  await using upstream = await recordingUpstream(ok)
  await using started = await startDoor({ upstream: upstream.url, requestHeaders: { 'X-Team': 'green' } })
  const send = async (lines: readonly string[]): Promise<Map<string, string>> => {
    const bytes = `GET / HTTP/1.1\r\nHost: ${started.authority}\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`
    assert.match(await sendBytes(started.port, bytes), /^HTTP\/1\.1 200 /)
    const all = upstream.received.join('')
    return headersOf(all.slice(all.lastIndexOf('GET / ')))
  }
  await t.test('headers that say it, in any spelling', async () => {
    const spellings = [
      'X-Forwarded-User',
      'x-forwarded-user',
      'X_Forwarded_User',
      'X-Forwarded_User',
      'X.Forwarded.User',
      'X!Forwarded!User',
      'REMOTE_USER',
      'Remote_User',
      'X-Postern-Jwt-Assertion',
      'X_POSTERN_JWT_ASSERTION',
      'X-Postern-Anything',
      'x_team',
      'X-Team',
      'X-Original-URL',
      'X-Rewrite-Url',
      'X-Forwarded-Prefix',
      'Forwarded',
      'X-Real-IP',
      'X_Real_IP',
      'True-Client-IP',
      'Proxy',
      'X-Accel-Mapping',
      'X-Sendfile-Type',
      // Families that other proxies, and tools behind them, have names of their own in.
      'Remote-Roles',
      'X-Remote-Uid',
      'X-Remote-Extra-Scopes',
      'Impersonate-Extra-Scopes',
      'X-Auth-Request-Roles',
      'X-Authentik-Meta-App',
      'X-Pomerium-Claim-Phone',
      'X-MS-Client-Principal-Idp',
      'X-WebAuth-Tenant',
      'X-Vouch-Idp-Claims-Sub',
      'HTTP2-Settings',
      'Keep-Alive',
      'Proxy-Authorization',
      'TE',
      'Trailer',
    ]
    const headers = await send([...spellings.map((name) => `${name}: mallory`), 'X-Fine: yes'])
    assert.equal(headers.get('x-fine'), 'yes')
    assert.equal(headers.get('remote-user'), 'ana')
    assert.equal(headers.get('x-postern-jwt-assertion'), 'signed-by-us')
    assert.equal(headers.get('x-team'), 'green')
    assert.equal(headers.get('x-real-ip'), '127.0.0.1')
    assert.doesNotMatch([...headers.values()].join('\n'), /mallory/)
  })
  await t.test('nor taken away by naming it as the connection’s', async () => {
    const headers = await send([
      'Connection: remote-user, x-postern-jwt-assertion, x-forwarded-for, x-mine, cookie',
      'X-Mine: a',
      'Cookie: a=b',
    ])
    assert.equal(headers.get('remote-user'), 'ana')
    assert.equal(headers.get('x-postern-jwt-assertion'), 'signed-by-us')
    assert.equal(headers.get('x-forwarded-for'), '127.0.0.1')
    assert.equal(headers.has('x-mine'), false)
    assert.equal(headers.has('cookie'), false)
  })
  await t.test('where from, as which host and by which scheme', async () => {
    const headers = await send([
      'X-Forwarded-For: 1.2.3.4',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.example',
    ])
    assert.equal(headers.get('x-forwarded-for'), '127.0.0.1')
    assert.equal(headers.get('x-forwarded-proto'), 'http')
    assert.equal(headers.get('x-forwarded-host'), started.authority)
    assert.equal(headers.get('forwarded'), `for=127.0.0.1;proto=http;host="${started.authority}"`)
  })
  await t.test('no cookie of ours gets through, and the others do', async () => {
    const cookie = 'a=1; postern-route-7400=secret; b=2;postern-route-7400-state=secret'
    assert.equal((await send([`Cookie: ${cookie}`])).get('cookie'), 'a=1; b=2')
    assert.equal((await send(['Cookie: postern-route-7400=secret'])).has('cookie'), false)
    assert.equal((await send(['Cookie: a=1', 'Cookie: postern-route-7400=secret'])).get('cookie'), 'a=1')
  })
  await t.test('no secret of ours gets through, and those of the tool do', async () => {
    const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
    for (const ours of [
      'Bearer pst_pat_abc',
      'bearer  pst_oat_abc',
      'token pst_pat_abc',
      basic('x:pst_pat_abc'),
      basic('pst_con_a:'),
    ])
      assert.equal((await send([`Authorization: ${ours}`])).has('authorization'), false, ours)
    for (const theirs of ['Bearer abc', basic('me:secret')])
      assert.equal((await send([`Authorization: ${theirs}`])).get('authorization'), theirs)
  })
  await t.test('a request that comes back to us is stopped', async () => {
    const via = (await send([])).get('via') ?? ''
    const came = await sendBytes(
      started.port,
      `GET / HTTP/1.1\r\nHost: ${started.authority}\r\nVia: 1.1 other, ${via}\r\n\r\n`,
    )
    assert.match(came, /^HTTP\/1\.1 508 /)
  })
})

test('what an upstream says of hosts, keys and connections that are not its own is dropped', async () => {
  const lines = [
    'HTTP/1.1 200 OK',
    'Content-Length: 2',
    'Set-Cookie: fine=1; Path=/',
    `Set-Cookie: own=1; Domain=${host}`,
    'Set-Cookie: wide=1; Domain=localhost',
    'Set-Cookie: wider=1; domain=.LOCALHOST; Path=/',
    `Set-Cookie: twice=1; Domain=${host}; Domain=localhost`,
    'Set-Cookie: postern-route-7400=planted; Path=/',
    'Set-Cookie: POSTERN-route-7400-state=planted',
    'Set-Cookie: =postern-route-7400=planted',
    'Permissions-Policy: camera=(self), publickey-credentials-get=*',
    'Strict-Transport-Security: max-age=1; includeSubDomains',
    'Alt-Svc: h3="evil.example:443"',
    'X-Accel-Redirect: /internal',
    'Clear-Site-Data: "cookies", "storage", "*"',
    'Keep-Alive: timeout=5',
    'Connection: keep-alive, x-hop',
    'X-Hop: a',
    'X-Fine: yes',
    'Location: http://127.0.0.1/elsewhere',
  ]
  await using upstream = await recordingUpstream(`${lines.join('\r\n')}\r\n\r\nok`)
  await using started = await startDoor({ upstream: upstream.url, responseHeaders: { 'X-Frame-Options': 'DENY' } })
  const came = await sendBytes(started.port, `GET / HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`)
  const said = came.slice(0, came.indexOf('\r\n\r\n')).split('\r\n').slice(1)
  assert.deepEqual(
    said.filter((line) => /^set-cookie/i.test(line)),
    ['Set-Cookie: fine=1; Path=/', `Set-Cookie: own=1; Domain=${host}`],
  )
  assert.deepEqual(
    said.filter((line) => /^permissions-policy/i.test(line)),
    ['permissions-policy: camera=(self), publickey-credentials-get=(), publickey-credentials-create=()'],
  )
  assert.doesNotMatch(came, /strict-transport|alt-svc|x-accel|x-hop/i)
  assert.match(came, /\r\nX-Fine: yes\r\n/)
  assert.match(came, /\r\nClear-Site-Data: "storage"\r\n/)
  assert.match(came, /\r\nX-Frame-Options: DENY\r\n/)
  assert.match(came, /\r\nLocation: http:\/\/127\.0\.0\.1\/elsewhere\r\n/)
})

test('an upstream that breaks the protocol breaks its own answer, and never the next one', async (t) => {
  const cases: Record<string, { answer: string; sees: RegExp }> = {
    'less than it said': {
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort',
      sees: /^HTTP\/1\.1 200 [^]*short$/,
    },
    'no HTTP': { answer: 'SSH-2.0-OpenSSH_9.2\r\n\r\n', sees: /^HTTP\/1\.1 502 / },
    'a length beside a coding': {
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
      sees: /^HTTP\/1\.1 (?:502 |200 (?![^]*content-length)[^]*hello)/i,
    },
    'two lengths': {
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd',
      sees: /^HTTP\/1\.1 502 /,
    },
    'a protocol nobody asked for': {
      answer: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n',
      sees: /^HTTP\/1\.1 502 /,
    },
    'headers without end': { answer: `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(100_000)}`, sees: /^HTTP\/1\.1 502 / },
    nothing: { answer: '', sees: /^HTTP\/1\.1 502 / },
    'a body where none can be': {
      answer: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello',
      sees: /^HTTP\/1\.1 204 (?![^]*hello)/,
    },
    'a second answer': {
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison',
      sees: /^HTTP\/1\.1 200 (?![^]*poison)/,
    },
    'a value and a name like a length': {
      answer:
        'HTTP/1.1 200 OK\r\nX: content-length\r\n5: y\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n',
      sees: /first[^]*last/,
    },
    'early hints': {
      answer: 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      sees: /^HTTP\/1\.1 200 /,
    },
  }
  for (const [what, { answer, sees }] of Object.entries(cases))
    await t.test(what, async () => {
      const isAlways = what === 'nothing' || what === 'a protocol nobody asked for'
      let isFirst = true
      await using upstream = await recordingUpstream((socket, soFar) => {
        if (!soFar.endsWith('\r\n\r\n')) return
        if (isFirst) socket.end(answer, 'latin1')
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nnext')
        // It is asked once more where it hung up without a word.
        isFirst = isAlways
      })
      await using started = await startDoor({ upstream: upstream.url })
      const bytes = `GET / HTTP/1.1\r\nHost: ${started.authority}\r\nConnection: close\r\n\r\n`
      assert.match(await sendBytes(started.port, bytes, () => false), sees)
      if (isAlways) return
      assert.match(await sendBytes(started.port, bytes, () => false), /next$/)
    })
  await t.test('an answer that comes before anything was asked, or again while nothing is', async () => {
    const poison = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison'
    const honest = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nmine'
    let hurries = true
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket.on('error', () => {}))
      if (hurries) socket.write(poison)
      socket.on('data', () => socket.write(honest))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close(() => {}) && sockets.forEach((socket) => socket.destroy()))
    const { port } = server.address() as AddressInfo
    await using started = await startDoor({ upstream: `http://127.0.0.1:${port}` })
    const bytes = `GET / HTTP/1.1\r\nHost: ${started.authority}\r\n\r\n`
    // Whoever asked hears that or a 502; what was meant for them is heard by nobody.
    assert.match(await sendBytes(started.port, bytes), /poison$|^HTTP\/1\.1 502 /)
    const [first] = sockets
    if (first !== undefined && !first.destroyed) await once(first, 'close')
    hurries = false
    assert.match(await sendBytes(started.port, bytes), /mine$/)
    // The connection is kept, and nobody has asked on it: whoever asks next hears their own answer.
    const kept = sockets.at(-1)
    kept?.write(poison)
    if (kept !== undefined && !kept.destroyed) await once(kept, 'close')
    assert.match(await sendBytes(started.port, bytes), /mine$/)
  })
  await t.test('half an answer, where the end of a connection is the end of an answer', async () => {
    const half = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'
    await using upstream = await recordingUpstream(half)
    await using started = await startDoor({ upstream: upstream.url })
    const breaks = { 'the upstream': () => upstream.hangUp(), 'the end of access': () => started.end('usr_ana') }
    for (const [who, breakOff] of Object.entries(breaks)) {
      const socket = connect(started.port, '127.0.0.1')
      socket.write(`GET / HTTP/1.0\r\nHost: ${started.authority}\r\n\r\n`)
      let came = ''
      const reading = async (): Promise<void> => {
        for await (const part of socket) if ((came += String(part)).endsWith('hello')) breakOff()
      }
      await assert.rejects(reading, { code: 'ECONNRESET' }, who)
    }
  })
})
