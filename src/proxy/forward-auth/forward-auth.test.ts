import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type OutgoingHttpHeaders } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { test } from 'node:test'
import { rawRequest } from '../../../test/support/raw-request.ts'
import { compileRules } from '../../policy/compile.ts'
import { floorOnly } from '../../policy/policy-testing.ts'
import type { Admitted, AnsweredHere, ProxyRequest } from '../entry.ts'
import type { Route } from '../route.ts'
import { createForwardAuth } from './forward-auth.ts'

const admitted: Admitted = {
  kind: 'admitted',
  headers: { 'x-postern-jwt-assertion': 'a.b.c', 'remote-user': 'ana' },
  endsWith: [],
  until: 0,
}
const toSignIn: AnsweredHere = {
  kind: 'answer',
  status: 303,
  headers: { location: 'https://git.example.com/proxy/sign-in', 'set-cookie': ['a=1', 'b=2'] },
  body: '',
}
const notAllowed: AnsweredHere = {
  kind: 'answer',
  status: 403,
  headers: { 'content-type': 'text/html' },
  body: '<p>No',
}

const onDeletion = compileRules([
  {
    id: 'deletion',
    title: 'Deletion',
    mode: 'enforce',
    who: ['everyone'],
    does: ['application.use'],
    where: { methods: ['DELETE'] },
    requires: { strength: 'attested' },
  },
])
const routeOf = (host: string, by?: 'forward-auth') =>
  ({
    host,
    application: { slug: host },
    rules: by === undefined ? onDeletion : [],
    settings: { upstream: 'http://127.0.0.1:1', ...(by === undefined ? { publicPaths: ['/public/*'] } : { by }) },
    revision: host,
  }) as unknown as Route

/** A server that answers nothing but these questions, and what was asked of whoever decides. */
async function start({
  trusted = ['127.0.0.1'],
  decided = admitted,
}: { trusted?: string[]; decided?: Admitted | AnsweredHere } = {}) {
  const asked: ProxyRequest[] = []
  const routes = [
    routeOf('wiki.example.com'),
    routeOf('board.example.com', 'forward-auth'),
    routeOf('desk.example.com', 'forward-auth'),
  ]
  const forwardAuth = createForwardAuth({
    routes: { find: (host) => routes.find((route) => route.host === host), list: () => routes, onChanged: () => {} },
    entry: {
      admit(_route, request) {
        asked.push(request)
        return decided
      },
      ownHeaders: ({ host }) =>
        new Set([
          'x-postern-jwt-assertion',
          'remote-user',
          host === 'desk.example.com' ? 'x-desk-user' : 'x-forwarded-user',
        ]),
      onJudgedAnew: () => {},
      ownCookies: ['__Host-postern-route'],
    },
    trustedProxies: trusted,
    url: new URL('https://git.example.com'),
    policy: floorOnly,
    onError: (error) => assert.fail(String(error)),
  })
  const server = createServer((request, response) => {
    if (forwardAuth.takes(request)) forwardAuth.request(request, response)
    else response.writeHead(418).end()
  })
  let latest = Promise.withResolvers<void>()
  server.on('connection', (socket) => {
    latest = Promise.withResolvers()
    socket.once('close', latest.resolve)
  })
  server.on('upgrade', (request, socket, head) => forwardAuth.upgrade(request, socket, head))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    asked,
    port,
    closed: () => latest.promise,
    ask: (headers: OutgoingHttpHeaders, path = '/proxy/verify', method = 'GET') =>
      rawRequest(`http://127.0.0.1:${port}`, { method, path, headers: { host: 'git.example.com', ...headers } }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const original = {
  'x-forwarded-method': 'GET',
  'x-forwarded-uri': '/start?q=1',
  'x-forwarded-host': 'wiki.example.com',
  'x-forwarded-proto': 'https',
  'x-forwarded-for': '203.0.113.7',
}

test('who may is let on, and the proxy hears what to tell the tool of them', async () => {
  await using server = await start()
  const answer = await server.ask(original)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['x-postern-jwt-assertion'], 'a.b.c')
  assert.equal(answer.headers['remote-user'], 'ana')
  const [request] = server.asked
  assert.deepEqual(
    { ...request, headers: undefined },
    {
      method: 'GET',
      path: '/start',
      url: '/start?q=1',
      headers: undefined,
      address: '203.0.113.7',
      protocol: 'https:',
      authority: 'wiki.example.com',
    },
  )
})

test('the names that nginx is told to set, and the one of ingress-nginx, say the same', async () => {
  await using server = await start()
  const { 'x-forwarded-for': from } = original
  for (const headers of [
    {
      'x-original-method': 'POST',
      'x-original-uri': '/start',
      'x-original-host': 'wiki.example.com',
      'x-original-proto': 'https',
    },
    { 'x-original-method': 'POST', 'x-original-url': 'https://wiki.example.com/start' },
  ])
    assert.equal((await server.ask({ ...headers, 'x-forwarded-for': from })).status, 200)
  const read = server.asked.map(({ method, url, authority }) => ({ method, url, authority }))
  const same = { method: 'POST', url: '/start', authority: 'wiki.example.com' }
  assert.deepEqual(read, [same, same])
})

test('what the tool must not see is taken out of Cookie and Authorization', async () => {
  await using server = await start()
  const cookie = 'theme=dark; __Host-postern-route=secret; __Host-postern-routes=own'
  const own = await server.ask({ ...original, cookie, authorization: 'Bearer pst_pat_x' })
  assert.equal(own.headers['cookie'], 'theme=dark; __Host-postern-routes=own')
  assert.equal(own.headers.authorization, '')
  const theirs = await server.ask({ ...original, cookie: '__Host-postern-route=secret', authorization: 'Basic eDp5' })
  assert.equal(theirs.headers['cookie'], '')
  assert.equal(theirs.headers.authorization, 'Basic eDp5')
})

const attacks: Record<string, Record<string, string | string[] | undefined>> = {
  'no method': { ...original, 'x-forwarded-method': undefined },
  'no path': { ...original, 'x-forwarded-uri': undefined },
  'no host': { ...original, 'x-forwarded-host': undefined },
  'no scheme': { ...original, 'x-forwarded-proto': undefined },
  'no address of the client': { ...original, 'x-forwarded-for': undefined },
  'no host that has a route': { ...original, 'x-forwarded-host': 'other.example.com' },
  'a path twice': { ...original, 'x-forwarded-uri': ['/public', '/admin'] },
  'a path of the client’s own beside the proxy’s': { ...original, 'x-original-uri': '/public' },
  'a whole address of the client’s own': { ...original, 'x-original-url': 'https://wiki.example.com/public' },
  'a host of the client’s own': { ...original, 'x-original-host': 'board.example.com' },
  'two hosts in one': { ...original, 'x-forwarded-host': 'wiki.example.com, board.example.com' },
  'a host with somebody before it': { ...original, 'x-forwarded-host': 'ana@wiki.example.com' },
  'two schemes': { ...original, 'x-forwarded-proto': 'https,http' },
  'another port than ours': { ...original, 'x-forwarded-host': 'wiki.example.com:8443' },
  'a dot that makes it another site': { ...original, 'x-forwarded-host': 'wiki.example.com.' },
  'no encryption where we have it': { ...original, 'x-forwarded-proto': 'http' },
  'a method that is meant as another': { ...original, 'x-http-method-override': 'DELETE' },
  'the same in another spelling': { ...original, 'x-http_method-override': 'DELETE' },
  'a fragment': { ...original, 'x-forwarded-uri': '/admin#/public' },
  'another address as the path': { ...original, 'x-forwarded-uri': 'https://wiki.example.com/public' },
  'a path that is none': { ...original, 'x-forwarded-uri': 'public' },
  'a space in the path': { ...original, 'x-forwarded-uri': '/admin /public' },
  'a path that a tool may read in another way': { ...original, 'x-forwarded-uri': '/public/..%2fadmin' },
  'a path that only the tool reads': { ...original, 'x-rewrite-url': '/admin' },
  'the same path in another spelling': { ...original, x_rewrite_url: '/admin' },
  'a method that is none': { ...original, 'x-forwarded-method': 'get /' },
  'an address that is none': { ...original, 'x-forwarded-for': 'unknown' },
  'a WebSocket for a page beside the tool’s': {
    ...original,
    origin: 'https://board.example.com',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
  },
  'a WebSocket for a page without a site': { ...original, origin: 'null', 'sec-fetch-mode': 'websocket' },
  'two tokens': { ...original, authorization: ['Bearer one', 'Bearer two'] },
}

test('whatever is not said once and plainly is a no, and nobody is asked', async (context) => {
  await using server = await start()
  for (const [name, headers] of Object.entries(attacks))
    await context.test(name, async () => {
      const given = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined))
      assert.equal((await server.ask(given)).status, 403)
      assert.equal((await server.ask(given, '/proxy/verify/status')).status, 403)
    })
  assert.deepEqual(server.asked, [])
})

test('nobody but a proxy that was named is believed', async () => {
  await using server = await start({ trusted: ['192.0.2.1'] })
  const answer = await server.ask(original)
  assert.equal(answer.status, 403)
  assert.match(answer.body, /POSTERN_TRUSTED_PROXIES/)
  await using nobody = await start({ trusted: [] })
  assert.equal((await nobody.ask(original)).status, 403)
  assert.deepEqual([...server.asked, ...nobody.asked], [])
})

test('the client is the last address that no trusted proxy has', async () => {
  await using server = await start({ trusted: ['127.0.0.1', '10.0.0.0/8'] })
  await server.ask({ ...original, 'x-forwarded-for': '198.51.100.1, 203.0.113.7, 10.0.0.5' })
  assert.equal(server.asked[0]?.address, '203.0.113.7')
})

test('proxies that pass everything on get the whole answer, those that do not get the number they understand', async () => {
  await using server = await start({ decided: toSignIn })
  const whole = await server.ask(original)
  assert.equal(whole.status, 303)
  assert.equal(whole.headers.location, 'https://git.example.com/proxy/sign-in')
  assert.deepEqual(whole.headers['set-cookie'], ['a=1', 'b=2'])
  const status = await server.ask(original, '/proxy/verify/status')
  assert.equal(status.status, 401)
  assert.equal(status.headers['set-cookie'], undefined)
  assert.equal((await server.ask(original, '/proxy/verify/page')).status, 303)
  await using refusing = await start({ decided: notAllowed })
  assert.equal((await refusing.ask(original, '/proxy/verify/status')).status, 403)
  const page = await refusing.ask(original, '/proxy/verify/page')
  assert.deepEqual([page.status, page.body], [403, '<p>No'])
  assert.equal((await refusing.ask(original, '/proxy/verify/other')).status, 403)
  const chosen = await refusing.ask(original, '/proxy/verify/status?answer=/proxy/verify/page')
  assert.deepEqual([chosen.status, chosen.body], [403, ''])
})

test('a page of ours is no yes to a proxy that would go on to the tool', async () => {
  await using server = await start({ decided: { ...notAllowed, status: 200 } })
  const whole = await server.ask({ ...original, 'x-forwarded-uri': '/.postern/sign-out' })
  assert.deepEqual([whole.status, whole.body], [403, '<p>No'])
  assert.equal((await server.ask(original, '/proxy/verify/status')).status, 401)
  assert.equal((await server.ask(original, '/proxy/verify/page')).status, 200)
})

test('what is good for once is used up by who is shown it, not by the question before', async () => {
  await using server = await start({ decided: toSignIn })
  const entering = { ...original, 'x-forwarded-uri': '/.postern/enter?code=x' }
  assert.equal((await server.ask(entering, '/proxy/verify/status')).status, 401)
  assert.deepEqual(server.asked, [])
  assert.equal((await server.ask(entering, '/proxy/verify/page')).status, 303)
  assert.equal(server.asked.length, 1)
})

test('who is let in between two questions is sent back, and an identity never reaches a browser', async () => {
  await using server = await start()
  const shown = await server.ask(
    { ...original, 'x-forwarded-host': 'board.example.com', 'x-forwarded-uri': '//evil.example/x' },
    '/proxy/verify/page',
  )
  assert.deepEqual([shown.status, shown.headers.location], [303, '/evil.example/x'])
  assert.equal(shown.headers['x-postern-jwt-assertion'], undefined)
  const posted = await server.ask({ ...original, 'x-forwarded-method': 'POST' }, '/proxy/verify/page')
  assert.equal(posted.status, 409)
})

test('Envoy asks by the name of the tool with the path behind ours, and is told what to take off', async () => {
  await using server = await start()
  const headers = { host: 'board.example.com', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  const answer = await server.ask(headers, '/proxy/verify/cards?open', 'DELETE')
  assert.equal(answer.status, 200)
  assert.equal(answer.headers['x-envoy-auth-headers-to-remove'], 'x-forwarded-user')
  const [request] = server.asked
  assert.deepEqual([request?.method, request?.url, request?.authority], ['DELETE', '/cards?open', 'board.example.com'])
  // Let in alike, as everybody is where nobody is asked who they are: what this tool would believe is another name.
  const other = await server.ask({ ...headers, host: 'desk.example.com' }, '/proxy/verify/cards')
  assert.equal(other.headers['x-envoy-auth-headers-to-remove'], 'x-desk-user')
})

test('a proxy that is named may ask by any name that no tool has, a stranger may not', async () => {
  await using server = await start()
  assert.equal((await server.ask({ ...original, host: 'postern:7400' })).status, 200)
  await using other = await start({ trusted: [] })
  assert.equal((await other.ask({ ...original, host: 'postern:7400' })).status, 418)
})

test('by the name of a tool whose requests we carry, the same address is the tool’s', async () => {
  await using server = await start()
  const headers = { host: 'wiki.example.com', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' }
  assert.equal((await server.ask(headers, '/proxy/verify/cards')).status, 418)
  assert.equal((await server.ask(original, '/proxy/verifying')).status, 418)
  assert.deepEqual(server.asked, [])
})

test('a question is answered before its body, and where its client wants a WebSocket', async () => {
  await using server = await start()
  const lines = Object.entries({ host: 'git.example.com', ...original }).map(([name, value]) => `${name}: ${value}`)
  const page = ['origin: https://wiki.example.com', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==']
  for (const more of [['content-length: 1000000'], ['connection: Upgrade', 'upgrade: websocket', ...page]]) {
    const socket = connect({ port: server.port, host: '127.0.0.1', allowHalfOpen: true })
    socket.on('error', () => {})
    socket.write(['GET /proxy/verify HTTP/1.1', ...lines, ...more, '', ''].join('\r\n'))
    const [first] = (await once(socket, 'data')) as [Buffer]
    assert.match(first.toString(), /^HTTP\/1\.1 200 OK/)
    // Whoever does not close it holds nothing here.
    await server.closed()
    socket.destroy()
  }
  assert.equal(server.asked.length, 2)
})
