import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net'
import { Duplex } from 'node:stream'
import { finished } from 'node:stream/promises'
import { test } from 'node:test'
import { connector } from '../src/client/connector/connector.ts'
import { serveTunnel } from '../src/client/connector/serve-tunnel.ts'
import { renderLine } from '../src/protocols/tunnel/tunnel-lines.ts'
import type { ConnectorList, ConnectorMade } from '../src/proxy/connectors/shapes.ts'
import { loadConfig } from '../src/config.ts'
import type { Tx } from '../src/database/handles.ts'
import type { TableName } from '../src/database/schema.ts'
import { createPostern } from '../src/server.ts'
import { startEcho } from './support/echo-upstream.ts'
import { makeRoute } from './support/make-route.ts'
import { createPrivateCa } from './support/private-ca.ts'
import { inFront } from './support/in-front.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { freePort, startPostern } from './support/start-postern.ts'

/** Waits for a value, which something else brings about. */
async function until<Value>(read: () => Value | Promise<Value>, isIt: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await read()
    if (isIt(value)) return value
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('a connector', async (context) => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { name, secret } = await ana.act<ConnectorMade>('POST', '/connectors', { name: 'office' })
  const list = () => ana.call<ConnectorList>('GET', '/connectors')

  /** The command, as somebody starts it elsewhere. */
  function run(args: string[], env: NodeJS.ProcessEnv = { POSTERN_CONNECTOR_SECRET: secret }) {
    const said: string[] = []
    const stopped = new AbortController()
    const output = { out: (text: string) => void said.push(text), err: (text: string) => void said.push(text) }
    const ended = connector([postern.origin, ...args], { output, env, signal: stopped.signal })
    return { said, ended, stop: () => stopped.abort() }
  }

  await context.test('without its secret, or with another, it says so and ends', async () => {
    assert.equal(await run(['--allow', 'http://127.0.0.1:1'], {}).ended, 1)
    const wrong = run(['--allow', 'http://127.0.0.1:1'], { POSTERN_CONNECTOR_SECRET: `${secret.slice(0, -1)}x` })
    assert.equal(await wrong.ended, 1)
    assert.match(wrong.said.join(''), /does not know this secret, or the connector was ended/)
  })

  await context.test('nothing is reached that was not allowed, and no path behind an upstream is one', async () => {
    for (const odd of ['http://127.0.0.1:1/path', 'ftp://x', 'http://a@b', 'x'])
      assert.equal(await run(['--allow', odd]).ended, 1, odd)
    // The last is a place like any other: but the address says http, and the secret would go there in plain.
    for (const odd of ['10.0.0.1', 'http://10.0.0.1:1', '10.0.0.1:1/path', 'a@b:1', 'x:y', '10.0.0.1:1'])
      assert.equal(await run(['--allow', 'http://127.0.0.1:1', '--at', odd]).ended, 1, odd)
  })

  await context.test('it is listed, by nobody but administrators, and shows when it is there', async () => {
    const lena = await postern.join(ana, 'lena')
    await assert.rejects(lena.call('GET', '/connectors'), /403|administrator/)
    const running = run(['--allow', 'http://127.0.0.1:1'])
    const { items } = await until(list, ({ items: [first] }) => first?.isConnected === true)
    assert.equal(items[0]?.name, name)
    running.stop()
    assert.equal(await running.ended, 0)
    await until(list, ({ items: [first] }) => first?.isConnected === false)
  })

  await context.test('a new secret cuts whoever came by the former one; the end does so for good', async () => {
    const first = run(['--allow', 'http://127.0.0.1:1', '--waiting', '2'])
    await until(list, ({ items }) => items[0]?.isConnected === true)
    const renewed = await ana.act<ConnectorMade>('POST', '/connectors/office/secret')
    assert.notEqual(renewed.secret, secret)
    assert.equal(await first.ended, 1)
    const second = run(['--allow', 'http://127.0.0.1:1'], { POSTERN_CONNECTOR_SECRET: renewed.secret })
    await until(list, ({ items }) => items[0]?.isConnected === true)
    await ana.act('DELETE', '/connectors/office')
    assert.equal(await second.ended, 1)
    assert.deepEqual((await list()).items, [])
  })

  await context.test('what asks for another protocol, or elsewhere, gets no connection', async () => {
    const ask = async (path: string, upgrade: string): Promise<number> => {
      const headers = { connection: 'upgrade', upgrade, authorization: `Bearer ${another}` }
      const asked = request(new URL(path, postern.origin), { headers }).end()
      asked.on('upgrade', (_answer, socket) => socket.destroy())
      const [answer] = (await Promise.race([once(asked, 'response'), once(asked, 'upgrade')])) as [
        { statusCode: number },
      ]
      asked.destroy()
      return answer.statusCode
    }
    const { secret: another } = await ana.act<ConnectorMade>('POST', '/connectors', { name: 'cellar' })
    assert.equal(await ask('/proxy/connector', 'postern-tunnel'), 101)
    assert.equal(await ask('/proxy/connector', 'websocket'), 400)
    assert.notEqual(await ask('/proxy/connectors', 'postern-tunnel'), 101)
  })
})

test('whoever is refused a tunnel keeps no connection, however long they would stay', async () => {
  await using postern = await startPostern()
  const { port, host } = new URL(postern.origin)
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true })
  const head = ['GET /proxy/connector HTTP/1.1', `host: ${host}`, 'connection: upgrade', 'upgrade: postern-tunnel']
  socket.write(`${head.join('\r\n')}\r\n\r\n`)
  const [answer] = (await once(socket, 'data')) as [Buffer]
  assert.match(answer.toString(), /^HTTP\/1\.1 401 /)
  // Of its own accord it would never leave.
  const closed = new Promise((resolve) => void socket.on('error', () => {}).once('close', resolve))
  const speaking = setInterval(() => socket.write('and another thing'), 20)
  await closed
  clearInterval(speaking)
})

test('what a tool says last gets through, however slowly it is taken', async () => {
  const said = Buffer.alloc(500_000, 'tea ')
  const upstream = createTcpServer((socket) => void socket.end(said)).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
  const taken: Buffer[] = []
  const tunnel = new Duplex({
    writableHighWaterMark: 2 * said.length,
    read: () => {},
    write(part: Buffer, _encoding, done) {
      taken.push(part)
      setTimeout(done, 10)
    },
  })
  serveTunnel(tunnel, { allowed: new Set([to]), onTaken: () => {}, log: () => {} })
  tunnel.push(renderLine({ to }))
  await finished(tunnel, { readable: false })
  assert.ok(Buffer.concat(taken).equals(Buffer.concat([Buffer.from(renderLine({ ok: true })), said])))
  tunnel.destroy()
  upstream.close()
})

for (const scheme of ['http', 'https'] as const)
  test(`a tool in another network, over ${scheme}`, async (context) => {
    await using postern = await startPostern()
    const ana = await postern.owner()
    const ca = createPrivateCa()
    const big = Buffer.alloc(4 * 1024 ** 2, 'tea ')
    const listener: RequestListener = (incoming, response) => {
      if (incoming.url === '/open/big') return void response.end(big)
      if (incoming.url === '/open/endless') return void response.write('still here')
      incoming.pipe(response)
    }
    const upstream = scheme === 'http' ? createServer(listener) : createTlsServer(ca.issue('tool.internal'), listener)
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    using _closed = { [Symbol.dispose]: () => upstream.close().closeAllConnections() }
    const at = `${scheme}://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    const { secret } = await ana.act<ConnectorMade>('POST', '/connectors', { name: 'office' })
    await makeRoute(ana, 'tool', {
      upstream: at,
      connector: 'office',
      publicPaths: ['/open/*'],
      timeouts: { connectSeconds: 4 },
      ...(scheme === 'http' ? {} : { tls: { ca: ca.cert, serverName: 'tool.internal' } }),
    })
    const host = `tool.localhost:${new URL(postern.origin).port}`
    const ask = (path: string, body?: Buffer) => askAt(postern.origin, { host, path, body })

    const said: string[] = []
    const stopped = new AbortController()
    const run = (allowed: string) =>
      connector([postern.origin, '--allow', allowed, '--waiting', '2'], {
        output: { out: () => {}, err: (line) => void said.push(line) },
        env: { POSTERN_CONNECTOR_SECRET: secret },
        signal: stopped.signal,
      })

    await context.test('is down while its connector is not there', async () => {
      assert.equal((await ask('/open/here')).status, 502)
    })
    const running = run(at)
    await until(
      () => ana.call<ConnectorList>('GET', '/connectors'),
      ({ items }) => items[0]?.isConnected === true,
    )

    await context.test('is reached through it, with bodies of any size both ways, again and again', async () => {
      for (let round = 0; round < 3; round += 1) {
        const echoed = await ask('/open/echo', big)
        assert.equal(echoed.status, 200)
        assert.ok(echoed.body.equals(big))
        assert.ok((await ask('/open/big')).body.equals(big))
      }
    })

    await context.test('by many at a time, more than wait', async () => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, (_, index) => ask('/open/echo', Buffer.from([index]))),
      )
      assert.deepEqual(
        answers.map(({ body }) => body[0]),
        Array.from({ length: 12 }, (_, index) => index),
      )
    })

    await context.test('and what is open through it is cut when it ends', async () => {
      const asked = request(postern.origin, { path: '/open/endless', headers: { host } }).end()
      const [answer] = (await once(asked, 'response')) as [IncomingMessage]
      answer.on('error', () => {})
      await once(answer, 'data')
      const cut = new Promise<void>((resolve) => void answer.once('close', resolve))
      await ana.act('DELETE', '/connectors/office')
      await cut
      assert.equal(answer.complete, false)
      assert.equal(await running, 1)
    })

    await context.test('a connector that does not allow it reaches nothing', async () => {
      const made = await ana.act<ConnectorMade>('POST', '/connectors', { name: 'office' })
      const other = connector([postern.origin, '--allow', 'http://127.0.0.1:1'], {
        output: { out: () => {}, err: (line) => void said.push(line) },
        env: { POSTERN_CONNECTOR_SECRET: made.secret },
        signal: stopped.signal,
      })
      assert.equal((await ask('/open/here')).status, 502)
      assert.match(said.join(''), /was not allowed by --allow/)
      stopped.abort()
      assert.equal(await other, 0)
    })
  })

test('two nodes on one PostgreSQL: what one lets in and ends, the other does; a connector waits at both', async (context) => {
  const flags = postgresFlags(await postgresDatabase())
  let frozen: number | undefined
  const now = (): number => frozen ?? Date.now()
  await using postern = await startPostern({ flags, now })
  await using echo = await startEcho()
  const port = await freePort()
  const places = ['--url', postern.origin, '--port', String(port), '--data', `${postern.folder}/other`]
  const quiet = [...flags, '--ssh-port', 'off', '--log-level', 'error']
  const other = await createPostern(loadConfig([...places, ...quiet], {}), now)
  await other.listen()
  context.after(() => other.close())
  const ana = await postern.owner()
  const ben = await postern.join(ana, 'ben')
  await ana.act('POST', '/groups', { name: 'crew', description: '' })
  await ana.act('PUT', '/groups/crew/members/ben')
  const { secret } = await ana.act<ConnectorMade>('POST', '/connectors', { name: 'office' })
  const settings = {
    upstream: echo.url,
    connector: 'office',
    rules: [{ title: 'The crew alone', paths: ['/events/crew'], groups: ['crew'] }],
  }
  const tool = await makeRoute(ana, 'tool', settings)
  const browser = new RouteBrowser(ben)
  const cookie = (): string => [...browser.cookies(tool)].map(([name, value]) => `${name}=${value}`).join('; ')
  /** At the second node, by what was signed in at the first. */
  async function askOther(path: string): Promise<IncomingMessage> {
    const headers = { host: new URL(tool).host, cookie: cookie() }
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false }).end()
    const [answer] = (await once(asked, 'response')) as [IncomingMessage]
    return answer.on('error', () => {})
  }
  const bodyOf = async (answer: IncomingMessage): Promise<string> => {
    let body = ''
    for await (const part of answer) body += String(part)
    return body
  }
  const cut = (answer: IncomingMessage): Promise<void> =>
    new Promise((resolve) => void answer.once('close', resolve).resume())

  const said: string[] = []
  const at = ['--at', new URL(postern.origin).host, '--at', `127.0.0.1:${port}`]
  const running = connector([postern.origin, ...at, '--allow', echo.url], {
    output: { out: () => {}, err: (line) => void said.push(line) },
    env: { POSTERN_CONNECTOR_SECRET: secret },
  })
  assert.equal((await browser.visit(`${tool}/page`)).status, 200)
  const answer = await until(
    () => askOther('/page'),
    ({ statusCode }) => statusCode === 200,
  )
  assert.match(await bodyOf(answer), /"x-postern-jwt-assertion"/)

  await context.test('a change of a group at one cuts what is open at the other, and nothing else', async () => {
    // Nothing is looked at again by the clock.
    frozen = now()
    const [reading, working] = [await askOther('/events'), await askOther('/events/crew')]
    const over = cut(working)
    await ana.act('DELETE', '/groups/crew/members/ben')
    await over
    frozen = undefined
    assert.equal(reading.destroyed, false)
  })

  await context.test('a change of the route at one serves at the other', async () => {
    const identityHeaders = { 'Remote-User': 'username' }
    await ana.act('PATCH', '/applications/tool', { settings: { host: 'tool.localhost', ...settings, identityHeaders } })
    await until(
      async () => bodyOf(await askOther('/page')),
      (body) => body.includes('"remote-user":"ben"'),
    )
  })

  await context.test('signing out at one cuts what is open at the other, and lets nobody in there', async () => {
    frozen = now()
    const over = cut(await askOther('/events'))
    await ben.signOut()
    await over
    frozen = undefined
    assert.equal((await askOther('/page')).statusCode, 401)
  })

  await context.test('the end of the connector at one ends it at both', async () => {
    await ben.signIn()
    await browser.visit(`${tool}/page`)
    frozen = now()
    const over = cut(await askOther('/events'))
    await ana.act('DELETE', '/connectors/office')
    await over
    frozen = undefined
    assert.equal(await running, 1)
    assert.match(said.join(''), /Connected to http:\/\/localhost:\d+ at 127\.0\.0\.1:\d+\./)
  })

  await context.test('one that ends at this very moment gets no new secret, and does not end again', async () => {
    const { database } = postern.postern.ceremonies
    const ending = (tx: Tx<TableName>) =>
      tx.updateTable('connector').set({ endedAt: now() }).where('endedAt', 'is', null).execute()
    for (const [method, path] of [
      ['POST', '/connectors/depot/secret'],
      ['DELETE', '/connectors/depot'],
    ] as const) {
      await ana.act('POST', '/connectors', { name: 'depot' })
      const late = await inFront({ database, write: ending }, () => ana.act(method, path))
      assert.ok(late.status === 'rejected', path)
      assert.match(String(late.reason), /not-found/)
    }
  })
})

async function askAt(
  origin: string,
  { host, path, body }: { host: string; path: string; body: Buffer | undefined },
): Promise<{ status: number; body: Buffer }> {
  const asked = request(origin, { method: body === undefined ? 'GET' : 'PUT', path, headers: { host } }).end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const parts: Buffer[] = []
  for await (const part of answer) parts.push(part as Buffer)
  return { status: answer.statusCode ?? 0, body: Buffer.concat(parts) }
}
