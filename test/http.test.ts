import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import type { Person } from '../src/walk/person.ts'
import { beginSignIn } from './support/ceremony.ts'
import { type RawAnswer, rawRequest } from './support/raw-request.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'

interface Problem {
  type: string
  title: string
  status: number
  code: string
  help?: string
}

describe('the web, attacked from outside', () => {
  let postern: StartedPostern
  let ana: Person
  let host = ''
  let cookie = ''
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    host = new URL(postern.origin).host
    const { ceremonyId, publicKey } = await beginSignIn(ana)
    const response = ana.authenticator.get(publicKey, postern.origin)
    const answer = await ana.fetch('POST', '/sign-in/finish', { ceremonyId, response })
    cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
  })
  after(() => postern[Symbol.asyncDispose]())

  /** The problem of an answer, after checking that it is one, and says nothing about us. */
  function problemOf({ status, headers, body }: RawAnswer): Problem {
    assert.equal(headers['content-type'], 'application/problem+json')
    const problem = JSON.parse(body) as Problem
    assert.deepEqual([problem.type, problem.status], ['about:blank', status])
    assert.match(problem.code, /^[a-z][a-z:-]+$/)
    assert.match(problem.title, /^[A-Z].*[.!?]$/)
    assert.match(body, /"(help|fields)":/, 'nobody is told what next')
    assert.doesNotMatch(body, /node_modules|\.ts:|at .*\(|SQLITE|Error:|stack|select /i)
    return problem
  }
  const send = (method: string, path: string, headers: OutgoingHttpHeaders, body?: string): Promise<RawAnswer> =>
    rawRequest(postern.origin, { method, path, headers: { host, ...headers }, ...(body === undefined ? {} : { body }) })

  const group = '{"name":"csrf","description":""}'
  const ours = () => ({
    cookie,
    origin: postern.origin,
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/json',
  })

  const foreign: Record<string, () => OutgoingHttpHeaders> = {
    'from another site': () => ({ ...ours(), origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }),
    'from another site that lies about its origin in no browser': () => ({ ...ours(), 'sec-fetch-site': 'cross-site' }),
    'from another port of this host': () => ({
      ...ours(),
      origin: 'http://localhost:1',
      'sec-fetch-site': 'same-site',
    }),
    'from another port that claims to be same-origin': () => ({ ...ours(), origin: 'http://localhost:1' }),
    'from the other scheme': () => ({ ...ours(), origin: postern.origin.replace('http:', 'https:') }),
    'from a sandboxed frame': () => ({ ...ours(), origin: 'null' }),
    'without Sec-Fetch-Site': () => ({ ...ours(), 'sec-fetch-site': undefined }),
    'without Origin': () => ({ ...ours(), origin: undefined }),
    'typed into the address bar': () => ({ ...ours(), 'sec-fetch-site': 'none' }),
  }
  for (const [what, headers] of Object.entries(foreign))
    test(`a change ${what} is refused, cookie or not`, async () => {
      const given = Object.fromEntries(Object.entries(headers()).filter(([, value]) => value !== undefined))
      for (const [method, path] of [
        ['POST', '/api/v1/groups'],
        ['POST', '/api/v1/sign-in/begin'],
        ['POST', '/api/v1/sign-out'],
        ['DELETE', '/api/v1/me/sessions'],
        ['PATCH', '/api/v1/me/credentials/crd_x'],
        ['PUT', '/api/v1/groups/a/members/b'],
      ] as const)
        assert.equal(
          problemOf(await send(method, path, given, path.includes('credentials') ? '{"name":"x"}' : group)).code,
          'foreign-origin',
          `${method} ${path}`,
        )
    })

  test('no route takes a change from another site by a cookie; those that know no cookie are named', async () => {
    const taken: string[] = []
    for (const { method, url, access } of postern.postern.routes) {
      if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) continue
      const path = url.replaceAll(/:\w+/g, 'x').replace('*', 'x')
      const from = { cookie, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      const { status, body } = await send(method, path, { ...from, 'content-type': 'application/json' }, '{}')
      // Of git and of directories the cookie is nothing: they are known by their own secret, or not at all.
      if (access === 'git' || access === 'directory') assert.equal(status, 401, `${method} ${url}`)
      else if (!body.includes('"foreign-origin"')) taken.push(`${access} ${method} ${url}`)
    }
    assert.deepEqual(taken.sort(), [
      'signed POST /api/v1/deploy-keys/current',
      'signed POST /api/v1/deploy-keys/rotate',
      'signed POST /api/v1/sign-in/upstream/:provider/logout',
      'signed POST /api/v1/token-exchange',
      'signed POST /api/v1/tokens/revoke',
      'signed POST /oidc/auth',
      'signed POST /oidc/device/auth',
      'signed POST /oidc/session/end',
      'signed POST /oidc/token',
      'signed POST /oidc/token/introspection',
      'signed POST /oidc/token/revocation',
      'signed POST /oidc/userinfo',
      'signed POST /saml/sso',
    ])
  })

  test('a change from our own page is carried out', async () => {
    assert.equal((await send('POST', '/api/v1/projects', ours(), group)).status, 200)
  })

  test('no other site may read or preflight anything', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const answer = await send(method, '/api/v1/me', {
        cookie,
        origin: 'https://evil.example',
        'access-control-request-method': 'POST',
      })
      assert.deepEqual(
        Object.keys(answer.headers).filter((name) => name.startsWith('access-control')),
        [],
      )
    }
  })

  test('only JSON is taken: what a form can send is refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain; application/json',
      'application/xml',
    ])
      assert.equal(
        problemOf(await send('POST', '/api/v1/groups', { ...ours(), 'content-type': type }, group)).code,
        'json-only',
        type,
      )
  })

  test('a body that is broken, poisoned, too large, of another shape or missing gets one problem each', async () => {
    const post = (body: string): Promise<RawAnswer> => send('POST', '/api/v1/groups', ours(), body)
    assert.equal(problemOf(await post('{')).code, 'bad-request')
    assert.equal(problemOf(await post('')).code, 'bad-request')
    assert.equal(
      problemOf(await post('{"__proto__":{"role":"owner"},"name":"pp","description":""}')).code,
      'bad-request',
    )
    assert.equal(
      problemOf(await post('{"constructor":{"prototype":{}},"name":"pp","description":""}')).code,
      'bad-request',
    )
    for (const shape of ['null', '[]', '7', '{"name":7,"description":""}', '{"description":""}'])
      assert.equal(problemOf(await post(shape)).code, 'invalid-input', shape)
    // Half of a character, where a route takes any text: no seal could name it.
    const list = String.raw`{"format":"csv","text":"username,email\nzed,zed@example.com\n\ud800,x@example.com"}`
    assert.equal(problemOf(await send('POST', '/api/v1/people/import', ours(), list)).code, 'bad-request')
    assert.equal(problemOf(await post(`{"name":"big","description":"${'x'.repeat(1024 * 1024)}"}`)).code, 'too-large')
  })

  test('nothing at an address, of whatever method, is a problem too', async () => {
    for (const [method, path] of [
      ['GET', '/api/v1/nothing'],
      ['GET', '/api/'],
      ['GET', '/api/v1/../secret'],
      ['GET', '/api/v1/me/tokens/'],
      ['DELETE', '/api/v1/instance'],
      ['POST', '/'],
    ] as const)
      assert.equal(problemOf(await send(method, path, ours(), '{}')).status, 404, `${method} ${path}`)
    assert.equal(problemOf(await send('GET', '/api/v1/%zz', {})).status, 400)
    assert.equal(problemOf(await send('GET', '/api/v1/people?cursor=%00', { cookie })).status, 422)
  })

  test('what is no HTTP at all is answered and cut', async () => {
    const speak = async (bytes: string): Promise<string> => {
      const socket = connect(Number(new URL(postern.origin).port), '127.0.0.1')
      await once(socket, 'connect')
      socket.write(bytes)
      return text(socket)
    }
    for (const [bytes, status] of [
      ['HELLO\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`, 400],
      [`POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
      [`GET / HTTP/1.1\r\nHost: ${host}\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 431],
    ] as const) {
      const [head = '', body = ''] = (await speak(bytes)).split('\r\n\r\n')
      assert.match(head, new RegExp(`^HTTP/1.1 ${status} `))
      if (body !== '') assert.doesNotMatch(body, /node_modules|\.ts:|stack/)
    }
  })

  test('an unknown error is a 500 that says nothing', async () => {
    const { database } = postern.postern.ceremonies
    // A stored value that cannot be read: nobody foresaw it.
    await database.write((tx) => tx.updateTable('credentialRecord').set({ publicKey: '!' }).execute())
    const before = await database.read.selectFrom('credentialRecord').select('publicKey').executeTakeFirstOrThrow()
    assert.equal(before.publicKey, '!')
    const problem = problemOf(await send('GET', '/api/v1/me/credentials', { cookie }))
    assert.deepEqual(problem, {
      type: 'about:blank',
      title: 'Something went wrong here. It has been logged.',
      status: 500,
      code: 'internal',
      help: 'Try again. If it happens again, tell whoever runs this server.',
    })
  })

  test('another Host is refused everywhere but for health, and never used to make an address', async () => {
    for (const wrong of ['evil.example', 'localhost', 'localhost:1', `${host}.evil.example`, `evil@${host}`]) {
      assert.equal(problemOf(await send('GET', '/api/v1/instance', { host: wrong })).code, 'wrong-host', wrong)
      assert.equal(
        problemOf(await send('POST', '/api/v1/sign-in/begin', { ...ours(), host: wrong }, '{}')).code,
        'wrong-host',
        wrong,
      )
    }
    for (const path of ['/healthz', '/readyz'])
      assert.equal((await send('GET', path, { host: 'evil.example' })).status, 200)
  })

  test('our own Host is the same in capitals, as git sends it where somebody typed it so', async () => {
    assert.equal((await send('GET', '/api/v1/instance', { host: host.replace('localhost', 'LocalHost') })).status, 200)
  })

  test('whoever opens such an address is shown where we are', async () => {
    const answer = await send('GET', '/', {
      host: 'old-wiki.localhost',
      accept: 'text/html',
      'sec-fetch-mode': 'navigate',
    })
    assert.equal(answer.status, 421)
    assert.match(answer.headers['content-type'] ?? '', /^text\/html/)
    assert.match(String(answer.headers['content-security-policy']), /default-src 'none'; style-src 'unsafe-inline'/)
    assert.match(answer.body, /There is no tool at this address/)
    assert.ok(answer.body.includes(`href="${postern.origin}/"`) && !answer.body.includes('old-wiki'))
  })

  test('127.0.0.1 leads to localhost, for reading only', async () => {
    const { port } = new URL(postern.origin)
    const answer = await send('GET', '/-/people?x=1', { host: `127.0.0.1:${port}` })
    assert.deepEqual([answer.status, answer.headers.location], [307, `${postern.origin}/-/people?x=1`])
    assert.equal(
      problemOf(await send('POST', '/api/v1/sign-in/begin', { ...ours(), host: `127.0.0.1:${port}` }, '{}')).code,
      'wrong-host',
    )
    const double = await send('GET', '//evil.example/', { host: `127.0.0.1:${port}` })
    assert.equal(new URL(double.headers.location ?? '').origin, postern.origin)
  })

  test('forwarded headers of a peer that is no named proxy change nothing', async () => {
    const forged = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9',
    }
    assert.equal((await send('GET', '/api/v1/instance', forged)).status, 200)
    assert.equal(
      problemOf(await send('GET', '/api/v1/instance', { ...forged, host: 'evil.example', 'x-forwarded-host': host }))
        .code,
      'wrong-host',
    )
  })

  test('every answer carries the headers that keep pages in their place', async () => {
    const pages = ['/', '/-/sign-in', '/-/setup', '/s/ABCD-ABCD-ABCD-ABCD', '/acme/widgets/pull-requests/1/merge']
    for (const path of [...pages, '/api/v1/instance', '/api/v1/me', '/api/v1/nothing', '/api/v1/%zz']) {
      const { headers, status } = await send('GET', path, pages.includes(path) ? { accept: 'text/html' } : {})
      if (pages.includes(path)) assert.equal(status, 200, path)
      const policy = String(headers['content-security-policy'])
      assert.match(policy, /default-src 'none'/)
      assert.match(policy, /script-src 'self';/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.equal(headers['x-content-type-options'], 'nosniff')
      assert.match(
        String(headers['permissions-policy']),
        /publickey-credentials-get=\(self\), publickey-credentials-create=\(self\)/,
      )
      // The page itself says nothing of anybody; what it shows it asks for.
      assert.equal(headers['cache-control'], pages.includes(path) ? 'no-cache' : 'no-store')
      assert.equal(headers['x-powered-by'], undefined)
    }
  })
})

test('the verifier that an instance serves is the file that was built, byte for byte, to be saved and not opened', async () => {
  await using postern = await startPostern()
  const answer = await fetch(`${postern.origin}/-/postern-verify.mjs`)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-disposition'), 'attachment; filename="postern-verify.mjs"')
  const built = await readFile(join(import.meta.dirname, '../dist/postern-verify.mjs'))
  assert.ok(built.equals(Buffer.from(await answer.arrayBuffer())))
})

describe('behind a proxy that is named', () => {
  test('its word about host and scheme is taken, cookies are __Host- and Secure, and the client’s address is the client’s', async () => {
    const port = await freePort()
    await using postern = await startPostern({
      flags: ['--port', String(port), '--url', 'https://git.example.com', '--trusted-proxies', '127.0.0.1'],
    })
    const behind = { host: 'git.example.com', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }
    const address = `http://127.0.0.1:${port}`
    const begun = await rawRequest(address, {
      method: 'POST',
      path: '/api/v1/sign-in/begin',
      headers: {
        ...behind,
        origin: postern.origin,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/json',
      },
      body: '{}',
    })
    assert.equal(begun.status, 200)
    assert.match(
      String(begun.headers['set-cookie']),
      /^__Host-postern-browser=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/,
    )
    assert.equal((JSON.parse(begun.body) as { publicKey: { rpId: string } }).publicKey.rpId, 'git.example.com')
    // RFC 9110 §4.2.3: the usual port said aloud.
    const aloud = { ...behind, host: 'git.example.com:443' }
    assert.equal((await rawRequest(address, { path: '/api/v1/instance', headers: aloud })).status, 200)
    for (const wrong of ['git.example.com:80', 'git.example.com.', 'git.example.com:0443'])
      assert.equal(
        (await rawRequest(address, { path: '/api/v1/instance', headers: { ...behind, host: wrong } })).status,
        421,
        wrong,
      )

    // Plain http, which the proxy should have turned away, and a host it should not have passed on.
    assert.equal(
      (await rawRequest(address, { path: '/api/v1/instance', headers: { ...behind, 'x-forwarded-proto': 'http' } }))
        .status,
      421,
    )
    assert.equal(
      (await rawRequest(address, { path: '/api/v1/instance', headers: { ...behind, host: 'evil.example' } })).status,
      421,
    )
    assert.equal(
      (await rawRequest(address, { path: '/api/v1/instance', headers: { host: 'git.example.com' } })).status,
      421,
    )
  })
})
