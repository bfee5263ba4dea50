import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Person } from '../src/walk/person.ts'
import { dataPlanes } from './support/data-planes.ts'
import { type RawAnswer, rawRequest } from './support/raw-request.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'

interface Heard {
  method: string
  url: string
  headers: IncomingHttpHeaders
  body: string
}

/** A tool that believes every header, and tells what it heard. */
async function startTool() {
  const heard: Heard[] = []
  const server = createServer((incoming, response) => {
    let body = ''
    incoming.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      heard.push({ method, url, headers, body })
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(heard.at(-1)))
    })
  })
  server.on('upgrade', ({ method, url, headers }: Heard, socket) => {
    heard.push({ method, url, headers, body: '' })
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    const lines = ['connection: Upgrade', 'upgrade: websocket', `sec-websocket-accept: ${accept.digest('base64')}`]
    socket.write(['HTTP/1.1 101 Switching Protocols', ...lines, '', 'hello'].join('\r\n'))
    socket.on('error', () => socket.destroy())
    socket.on('data', (part: Buffer) => socket.write(part))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { heard, port: (server.address() as AddressInfo).port, server }
}

const navigating = { accept: 'text/html', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }

/** Every proxy that has a guide and is installed here, one after the other in front of the same server and tool. */
describe('a tool behind a proxy that asks first', () => {
  let postern: StartedPostern
  let tool: Awaited<ReturnType<typeof startTool>>
  let edge: number
  let port: number
  let ana: Person
  let isSetUp = false

  before(async () => {
    edge = await freePort()
    port = await freePort()
    tool = await startTool()
    const places = ['--port', String(port), '--url', `http://localhost:${edge}`]
    postern = await startPostern({ flags: [...places, '--trusted-proxies', '127.0.0.1'] })
  })
  after(async () => {
    await postern[Symbol.asyncDispose]()
    tool.server.closeAllConnections()
    tool.server.close()
  })

  /** People, the tool's route and its rules, set up through the first proxy that stands. */
  async function setUp(): Promise<void> {
    if (isSetUp) return
    isSetUp = true
    ana = await postern.owner()
    await ana.act('POST', '/groups', { name: 'keepers', description: '' })
    await ana.act('POST', '/applications', board)
    await ana.act('POST', '/applications', {
      kind: 'route',
      slug: 'wiki',
      name: 'Wiki',
      description: '',
      recipe: null,
      launchUrl: null,
      audience: 'members',
      groups: [],
      strength: null,
      settings: {
        host: 'wiki.localhost',
        upstream: `http://127.0.0.1:${tool.port}`,
        by: 'forward-auth',
        identityHeaders: { 'Remote-User': 'username' },
        publicPaths: ['/public/*'],
        programs: true,
        rules: [{ title: 'Keepers only', paths: ['/admin/*'], groups: ['keepers'] }],
      },
    })
  }

  /** Beside it, and open to everybody. */
  const board = {
    kind: 'route',
    slug: 'board',
    name: 'Board',
    description: '',
    recipe: null,
    launchUrl: null,
    audience: 'everyone',
    groups: [],
    strength: null,
    settings: { host: 'board.localhost', upstream: 'http://127.0.0.1:1', by: 'forward-auth', publicPaths: ['/*'] },
  }

  const atTool = (
    path: string,
    headers: OutgoingHttpHeaders = {},
    more: { method?: string; body?: string } = {},
  ): Promise<RawAnswer> =>
    rawRequest(`http://127.0.0.1:${edge}`, { path, ...more, headers: { host: `wiki.localhost:${edge}`, ...headers } })

  /** From the tool to Postern and back, as a browser is led. Returns what it holds on the tool's host. */
  async function openTool(person: Person, path = '/start?q=1'): Promise<string> {
    const away = await atTool(path, navigating)
    assert.equal(away.status, 303, away.body)
    const state = cookiesOf(away)
    const there = await person.fetch('GET', away.headers.location ?? '', undefined, {
      ...navigating,
      'sec-fetch-site': 'cross-site',
    })
    assert.equal(there.status, 303, await there.clone().text())
    const back = new URL(there.headers.get('location') ?? '')
    assert.equal(back.host, `wiki.localhost:${edge}`, back.href)
    const entered = await atTool(`${back.pathname}${back.search}`, { ...navigating, cookie: state })
    assert.equal(entered.status, 303, entered.body)
    assert.equal(entered.headers.location, path)
    return cookiesOf(entered)
  }

  const heardNothing = async (asked: () => Promise<RawAnswer>, name: string): Promise<RawAnswer> => {
    const before = tool.heard.length
    const answer = await asked()
    assert.equal(tool.heard.length, before, `${name}: the tool was reached`)
    assert.notEqual(Math.trunc(answer.status / 100), 2, name)
    return answer
  }

  for (const plane of dataPlanes)
    describe(plane.name, { skip: plane.skip }, () => {
      let running: AsyncDisposable
      let cookie: string

      before(async () => {
        running = await plane.start({ edge, port, toolPort: tool.port, folder: join(postern.folder, plane.name) })
        await setUp()
        cookie = await openTool(ana)
      })
      after(() => running[Symbol.asyncDispose]())

      test('who signed in with a passkey is let on, and the tool hears who it is', async () => {
        const answer = await atTool('/start?q=1', { cookie: `theme=dark; ${cookie}` })
        assert.equal(answer.status, 200, answer.body)
        const heard = JSON.parse(answer.body) as Heard
        assert.equal(heard.url, '/start?q=1')
        assert.equal(heard.headers['remote-user'], 'ana')
        assert.equal(heard.headers.cookie, 'theme=dark')
        const keys = createRemoteJWKSet(new URL('/proxy/jwks', postern.origin))
        const { payload } = await jwtVerify(String(heard.headers['x-postern-jwt-assertion']), keys, {
          issuer: postern.origin,
          audience: `http://wiki.localhost:${edge}`,
        })
        assert.equal(payload['preferred_username'], 'ana')
      })

      test('what a client says of itself never reaches the tool', async () => {
        const all = {
          'remote-user': 'root',
          'x-postern-jwt-assertion': 'forged',
          remote_user: 'root',
          'x-forwarded-user': 'root',
          x_forwarded_user: 'root',
          x_postern_jwt_assertion: 'forged',
          'x-forwarded_user': 'root',
          'x-remote_user': 'root',
          'x-postern-jwt_assertion': 'forged',
          'x-postern_jwt-assertion': 'forged',
          'x-http-method-override': 'DELETE',
          'x-http_method_override': 'DELETE',
        }
        const isSpelled = ([name]: [string, string]): boolean => plane.underscores === 'dropped' || !name.includes('_')
        const spoofed = Object.fromEntries(Object.entries(all).filter(isSpelled))
        if (plane.underscores === 'refused') await heardNothing(() => atTool('/start', { cookie, ...all }), 'spelled')
        const { body } = await atTool('/start', { cookie, ...spoofed })
        const { headers } = JSON.parse(body) as Heard
        assert.equal(headers['remote-user'], 'ana')
        assert.match(String(headers['x-postern-jwt-assertion']), /^ey/)
        const left = Object.entries(headers).filter(([, value]) => /root|forged|DELETE/.test(String(value)))
        assert.deepEqual(left, [])
        const open = JSON.parse((await atTool('/public/logo.png', spoofed)).body) as Heard
        const named = ['remote-user', 'x-postern-jwt-assertion', 'cookie', 'authorization']
        const believed = Object.entries(open.headers).filter(
          ([name, value]) => named.includes(name) || /root|forged|DELETE/.test(String(value)),
        )
        assert.deepEqual(believed, [], 'nobody is somebody')
      })

      test('a stranger reaches nothing, whatever they say of the path', async () => {
        const attacks: Record<string, [string, OutgoingHttpHeaders]> = {
          plain: ['/start', {}],
          'another path in X-Original-URI': ['/start', { 'x-original-uri': '/public/logo.png' }],
          'another path in X-Forwarded-Uri': ['/start', { 'x-forwarded-uri': '/public/logo.png' }],
          'another address in X-Original-URL': ['/start', { 'x-original-url': 'http://wiki.localhost/public/x' }],
          'another host': ['/start', { 'x-forwarded-host': 'other.localhost' }],
          'a folder up': ['/public/../start', {}],
          'a folder up in disguise': ['/public/%2e%2e/start', {}],
          'a slash in disguise': ['/public/..%2fstart', {}],
          'a parameter': ['/public/..;/start', {}],
          'a cookie of nobody': ['/start', { cookie: cookie.replace(/=.*/, `=${'a'.repeat(43)}`) }],
          'a token of nobody': ['/start', { authorization: `Bearer pst_pat_${'a'.repeat(51)}` }],
        }
        for (const [name, [path, headers]] of Object.entries(attacks))
          await heardNothing(() => atTool(path, headers), name)
      })

      test('who may open one tool does not come to another by its name', async () => {
        const [wiki, board] = [`wiki.localhost:${edge}`, `board.localhost:${edge}`]
        const before = tool.heard.length
        await atTool(`http://${wiki}/start`, { host: board })
        await atTool(`http://${board}/start`, { host: wiki })
        await atTool('/start', { host: board })
        await atTool('/start', { host: `${wiki},${board}` })
        await atTool('/start', { host: `${board},${wiki}` })
        assert.deepEqual(tool.heard.slice(before), [])
      })

      test('who was let in takes a connection over for a WebSocket alone', async () => {
        const before = tool.heard.length
        for (const upgrade of ['h2c', 'nonsense', ['h2c', 'websocket'], ['websocket', 'h2c']])
          await greet(edge, {
            cookie,
            Upgrade: upgrade,
            connection: 'Upgrade, HTTP2-Settings',
            'http2-settings': 'AAMAAABk',
          })
        const taken = tool.heard.slice(before).map(({ headers }) => headers.upgrade ?? '')
        assert.deepEqual(
          taken.filter((upgrade) => /h2c|nonsense/.test(upgrade)),
          [],
        )
      })

      test('a script hears 401, a form is not lost, and HEAD and OPTIONS are no way around', async () => {
        const script = await heardNothing(() => atTool('/api', { 'sec-fetch-mode': 'cors' }), 'script')
        assert.equal(script.status, 401)
        assert.match(script.headers['content-type'] ?? '', /problem\+json/)
        const form = await heardNothing(
          () => atTool('/save', { ...navigating, 'content-type': 'text/plain' }, { method: 'POST', body: 'text=long' }),
          'form',
        )
        assert.equal(form.status, 401)
        assert.match(form.body, /was not lost/)
        for (const method of ['HEAD', 'OPTIONS']) {
          const answer = await heardNothing(() => atTool('/start', {}, { method }), method)
          assert.equal(answer.status, 401)
        }
      })

      test('a body reaches the tool as it was sent, once its sender is let on', async () => {
        const body = 'x'.repeat(300_000)
        const answer = await atTool('/save', { cookie, 'content-type': 'text/plain' }, { method: 'POST', body })
        const heard = JSON.parse(answer.body) as Heard
        assert.deepEqual([heard.method, heard.body.length], ['POST', body.length])
      })

      test('a rule about a path holds however the path is spelled', async () => {
        const page = await heardNothing(() => atTool('/admin/users', { ...navigating, cookie }), 'plain')
        assert.equal(page.status, 403)
        assert.match(page.body, /Keepers only/)
        for (const path of ['//admin/users', '/%61dmin/users', '/x/../admin/users', '/admin%2fusers', '/admin;x/users'])
          await heardNothing(() => atTool(path, { cookie }), path)
        assert.equal((await atTool('/adminton', { cookie })).status, 200)
      })

      test('a WebSocket takes the same way', async () => {
        assert.equal(await greet(edge, {}), 'refused: 401')
        assert.equal(await greet(edge, { cookie }), 'hello')
        assert.equal(tool.heard.at(-1)?.headers['remote-user'], 'ana')
        const own = `http://wiki.localhost:${edge}`
        assert.equal(await greet(edge, { cookie, origin: own }), 'hello')
        // A tool beside it is of the same site: its pages come with the cookies of whoever looks at them.
        const before = tool.heard.length
        for (const origin of [`http://board.localhost:${edge}`, `${own}0`, 'null'])
          assert.equal(await greet(edge, { cookie, origin }), 'refused: 403', origin)
        assert.equal(tool.heard.length, before)
      })

      test('a program comes with its token, which the tool never hears', async () => {
        const token = await ana.makeToken(`for ${plane.name}`, ['application:use'])
        const answer = await atTool('/api', { authorization: `Bearer ${token}` })
        assert.equal(answer.status, 200, answer.body)
        const { headers } = JSON.parse(answer.body) as Heard
        assert.equal(headers['remote-user'], 'ana')
        assert.ok(!JSON.stringify(headers).includes('pst_'), 'a token of ours reached the tool')
        const own = JSON.parse((await atTool('/api', { cookie, authorization: 'Basic eDp5' })).body) as Heard
        assert.equal(own.headers.authorization, 'Basic eDp5')
      })

      test('who signs out, or is ended, is refused at the next request', async () => {
        const name = `ben-${plane.name.toLowerCase().replaceAll(' ', '-')}`
        const ben = await postern.join(ana, name)
        const held = await openTool(ben)
        assert.equal((await atTool('/start', { cookie: held })).status, 200)
        await ben.signOut()
        await heardNothing(() => atTool('/start', { cookie: held }), 'signed out')
        await ben.signIn()
        const again = await openTool(ben)
        assert.equal((await atTool('/start', { cookie: again })).status, 200)
        await ana.act('POST', `/people/${name}/end`, { reason: 'left' })
        await heardNothing(() => atTool('/start', { cookie: again }), 'ended')
      })

      test('a tool’s own link for signing out works, and is none of the tool’s business', async () => {
        const held = await openTool(ana)
        const before = tool.heard.length
        const who = await atTool('/.postern/who', { cookie: held })
        assert.deepEqual([who.status, (JSON.parse(who.body) as { username: string }).username], [200, 'ana'])
        const out = await atTool('/.postern/sign-out', { ...navigating, cookie: held })
        assert.equal(out.status, 200, out.body)
        assert.match(out.body, /signed out/)
        assert.equal(tool.heard.length, before)
        await heardNothing(() => atTool('/start', { cookie: held }), 'signed out here')
      })

      test('who asks as the proxy does, from outside, learns nothing', async () => {
        const host = `wiki.localhost:${edge}`
        for (const said of [
          { 'x-original-url': `http://${host}/start`, 'x-original-method': 'GET' },
          { 'x-forwarded-host': host, 'x-forwarded-uri': '/start', 'x-forwarded-method': 'GET' },
          { 'x-original-host': host, 'x-original-uri': '/start', 'x-original-method': 'GET' },
        ]) {
          const asked = await rawRequest(`http://127.0.0.1:${edge}`, {
            path: '/proxy/verify',
            headers: { host: `localhost:${edge}`, cookie, ...said },
          })
          assert.equal(asked.status, 403)
          assert.equal(asked.headers['x-postern-jwt-assertion'], undefined)
        }
      })
    })
})

const cookiesOf = ({ headers }: RawAnswer): string =>
  (headers['set-cookie'] ?? [])
    .map((line) => line.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ')

/** The first word of a tool that greets. */
function greet(edge: number, headers: OutgoingHttpHeaders): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port: edge,
      path: '/socket',
      headers: {
        host: `wiki.localhost:${edge}`,
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        ...headers,
      },
    })
    asked.on('upgrade', (_response, socket, head: Buffer) => {
      const done = (word: Buffer): void => {
        socket.destroy()
        resolve(word.toString())
      }
      if (head.length > 0) done(head)
      else socket.once('data', done)
    })
    asked.on('response', (response) => {
      response.resume()
      resolve(`refused: ${response.statusCode}`)
    })
    asked.on('error', reject).end()
  })
}
