import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import fastify, { type FastifyRequest } from 'fastify'
import { type OpenConnections, trackConnections } from './open-connections.ts'

const account = (request: FastifyRequest): string[] => [String(request.headers['x-account'])]

async function startApp(beforeIsKnown = () => Promise.resolve(), beforeIsCarriedOut = () => Promise.resolve()) {
  const app = fastify()
  const connections = trackConnections(app, { accountsOf: account })
  app.get('/stream', {
    onRequest: () => beforeIsKnown(),
    handler: (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200)
      reply.raw.write('begins')
    },
  })
  const carriedOut: string[] = []
  app.post('/slow', {
    preHandler: () => beforeIsCarriedOut(),
    handler: (request, reply) => {
      carriedOut.push(...account(request))
      return reply.send('done')
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const open = (name: string) => {
    const sent = request({ port: address.port, path: '/stream', headers: { 'x-account': name }, agent: false })
    sent.on('error', () => {})
    sent.end()
    return sent
  }
  /** Of a request whose body is as long as it says. Returns how to send its end, and how it came out. */
  const openSlow = (name: string) => {
    const headers = { 'x-account': name, 'content-type': 'application/json', 'content-length': 2 }
    const sent = request({ port: address.port, path: '/slow', method: 'POST', headers, agent: false })
    const over = new Promise<string>((resolve) => {
      sent.on('error', () => resolve('cut'))
      sent.on('response', ({ statusCode }) => resolve(String(statusCode)))
    })
    sent.write('{')
    return { over, finish: () => sent.end('}') }
  }
  return { app, connections, open, openSlow, carriedOut }
}

test('a cut ends what one account has open, and nobody else’s', async () => {
  const { app, connections, open } = await startApp()
  const [one, other] = [open('ana'), open('ben')]
  const [[first], [second]] = (await Promise.all([once(one, 'response'), once(other, 'response')])) as [
    [import('node:http').IncomingMessage],
    [import('node:http').IncomingMessage],
  ]
  const closed = new Promise((resolve) =>
    first
      .on('close', resolve)
      .on('error', () => {})
      .resume(),
  )
  assert.equal(connections.cut('ana'), 1)
  await closed
  assert.equal(connections.count('ben'), 1)
  assert.equal(second.destroyed, false)
  other.destroy()
  await app.close()
})

test('a request that was let in just before the cut, and is known only after it, is cut as well', async () => {
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const { app, connections, open } = await startApp(() => {
    reached.resolve()
    return goOn.promise
  })
  const late = open('ana')
  const gone = new Promise((resolve) => late.once('close', resolve))
  await reached.promise
  connections.cut('ana')
  goOn.resolve()
  await gone
  assert.equal(connections.count('ana'), 0)
  // One that begins afterwards is the door's to judge: the account may be back.
  const next = open('ana')
  await once(next, 'response')
  next.destroy()
  await app.close()
})

const cuts: [string, (connections: OpenConnections) => void][] = [
  ['of one account', (connections) => connections.cut('ana')],
  ['of everybody', (connections) => connections.cutAll()],
  [
    'of one account and a thousand others',
    (connections) => {
      connections.cut('ana')
      for (let other = 0; other < 1_000; other += 1) connections.cut(`ben${other}`)
    },
  ],
]
for (const [name, cut] of cuts) {
  test(`a cut ${name} ends a request whose body has not come`, async () => {
    const { app, connections, openSlow, carriedOut } = await startApp()
    const slow = openSlow('ana')
    while (connections.count('ana') === 0) await setImmediate()
    cut(connections)
    slow.finish()
    assert.equal(await slow.over, 'cut')
    assert.equal(connections.count('ana'), 0)
    await app.close()
    assert.deepEqual(carriedOut, [])
  })

  test(`a cut ${name} ends a request of which it is not known yet who asks`, async () => {
    const reached = Promise.withResolvers<void>()
    const goOn = Promise.withResolvers<void>()
    const { app, connections, open } = await startApp(() => {
      reached.resolve()
      return goOn.promise
    })
    const late = open('ana')
    const gone = new Promise((resolve) => late.once('close', resolve))
    await reached.promise
    cut(connections)
    goOn.resolve()
    await gone
    assert.equal(connections.count('ana'), 0)
    await app.close()
  })
}

test('what was cut while its route looked at it is not carried out any more', async () => {
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const { app, connections, openSlow, carriedOut } = await startApp(undefined, () => {
    reached.resolve()
    return goOn.promise
  })
  const whole = openSlow('ana')
  whole.finish()
  await reached.promise
  connections.cut('ana')
  assert.equal(await whole.over, 'cut')
  goOn.resolve()
  await app.close()
  assert.deepEqual(carriedOut, [])
})

test('what is cut while it is found out whose it is, is cut when that is known', async () => {
  const { app, connections } = await startApp()
  for (const [tracked, isCut] of [
    ['ana', true],
    ['bo', false],
  ] as const) {
    const asking = connections.asking()
    connections.cut('ana')
    let cuts = 0
    const untrack = asking.track([tracked], () => (cuts += 1))
    assert.equal(cuts > 0, isCut)
    untrack()
    assert.equal(connections.count(tracked), 0)
  }
  const dropped = connections.asking()
  dropped.drop()
  connections.cutAll()
  let cuts = 0
  dropped.track(['ana'], () => (cuts += 1))
  assert.equal(cuts, 0)
  await app.close()
})
