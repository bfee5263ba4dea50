import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import Fastify from 'fastify'
import type { Guard } from './access.ts'
import type { App } from './app.ts'
import { forbidden, ProblemError, sendProblem } from './problem.ts'
import { limitRates } from './rate-limit.ts'
import { isProxyTrusted } from './trusted-proxies.ts'

declare module 'fastify' {
  interface FastifyRequest {
    account: string | undefined
  }
}

/** Sixty ceremony requests a minute from one address; a person is whoever says so in a header. */
async function limited({ trustedProxies = [] }: { trustedProxies?: string[] } = {}) {
  const app = Fastify({ trustProxy: (address: string) => isProxyTrusted(address, trustedProxies) }) as unknown as App
  app.decorateRequest('refusal', undefined)
  app.decorateRequest('account', undefined)
  app.setErrorHandler((error, _request, reply) => {
    assert.ok(error instanceof ProblemError)
    return sendProblem(reply, error)
  })
  const refusals: string[] = []
  const { counting, countFailure } = limitRates(app, {
    perAddress: 60,
    accountOf: (request) => request.account,
    onRefused: (kind, scope) => refusals.push(`${kind} ${scope}`),
  })
  const known: Guard = async (request) => {
    if (request.headers.authorization === 'Bearer wrong')
      throw new ProblemError(401, 'token-refused', 'Not known.', { help: 'Make a new one.' })
    request.account = request.headers['x-account']?.toString()
  }
  const preHandler = counting(known)
  const refuse = (): never => {
    throw forbidden('Not you.', 'Ask somebody else.')
  }
  app.post('/begin', { config: { access: 'public' }, preHandler }, () => 'begun')
  app.get('/asset', { config: { access: 'public', isStatic: true }, preHandler }, () => 'asset')
  app.get('/read', { config: { access: 'repository:read' }, preHandler }, () => 'read')
  app.post('/write', { config: { access: 'person' }, preHandler }, () => 'written')
  app.post('/refuse', { config: { access: 'person' }, preHandler }, refuse)
  app.post('/pack', { config: { access: 'git' }, preHandler }, () => 'pack')

  const send = async (
    request: `${'GET' | 'POST' | 'PUT'} /${string}`,
    { from = '198.51.100.1', ...headers }: Record<string, string> = {},
  ) => {
    const [method, path] = request.split(' ') as ['GET', string]
    return app.inject({ method, url: path, remoteAddress: from, headers })
  }
  /** The statuses of so many requests, each with how often it came. */
  const flood = async (times: number, ...given: Parameters<typeof send>): Promise<Record<number, number>> => {
    const seen: Record<number, number> = {}
    for (let sent = 0; sent < times; sent++) {
      const { statusCode } = await send(...given)
      seen[statusCode] = (seen[statusCode] ?? 0) + 1
    }
    return seen
  }
  return { send, flood, refusals, countFailure }
}

test('one address may ask so often in a minute; what is more is told when to come back', async () => {
  const { send, flood, refusals } = await limited()
  assert.deepEqual(await flood(70, 'POST /begin'), { 200: 60, 429: 10 })
  const answer = await send('POST /begin')
  const seconds = Number(answer.headers['retry-after'])
  assert.ok(seconds >= 1 && seconds <= 60)
  assert.equal(answer.headers['content-type'], 'application/problem+json')
  const { code, status, title, help } = answer.json<Record<string, string>>()
  assert.deepEqual([code, status], ['too-many-requests', 429])
  assert.match(`${title} ${help}`, /^Too many requests come from your address at this moment\. Try again in/)
  assert.equal(refusals.length, 11)
  assert.equal((await send('POST /begin', { from: '198.51.100.2' })).statusCode, 200)
})

test('when the minute is over, it may ask again, however much it was refused', async () => {
  mock.timers.enable({ apis: ['Date'], now: 1_800_000_000_000 })
  try {
    const { send, flood } = await limited()
    await flood(200, 'POST /begin')
    mock.timers.tick(59_000)
    assert.equal((await send('POST /begin')).headers['retry-after'], '1')
    mock.timers.tick(1_001)
    assert.equal((await send('POST /begin')).statusCode, 200)
  } finally {
    mock.timers.reset()
  }
})

test('an IPv6 customer is one address', async () => {
  const { send } = await limited()
  for (let host = 1; host <= 60; host++) await send('POST /begin', { from: `2001:db8:1:2::${host.toString(16)}` })
  assert.equal((await send('POST /begin', { from: '2001:db8:1:2:ffff:ffff:ffff:ffff' })).statusCode, 429)
  assert.equal((await send('POST /begin', { from: '2001:db8:1:3::1' })).statusCode, 200)
})

test('an IPv4 address in the clothes of IPv6 is itself', async () => {
  const { flood } = await limited()
  assert.deepEqual(await flood(30, 'POST /begin', { from: '::ffff:203.0.113.9' }), { 200: 30 })
  assert.deepEqual(await flood(40, 'POST /begin', { from: '203.0.113.9' }), { 200: 30, 429: 10 })
})

test('a stranger who writes X-Forwarded-For is counted where they really are', async () => {
  const { send } = await limited()
  for (let i = 0; i < 60; i++) await send('POST /begin', { 'x-forwarded-for': `203.0.113.${i}` })
  assert.equal((await send('POST /begin', { 'x-forwarded-for': '192.0.2.200' })).statusCode, 429)
})

test('behind a trusted proxy people are apart, and what is no address counts as the proxy’s', async () => {
  const { send, flood } = await limited({ trustedProxies: ['10.0.0.1'] })
  const through = (address: string) => ({ from: '10.0.0.1', 'x-forwarded-for': address })
  await flood(61, 'POST /begin', through('203.0.113.1'))
  assert.equal((await send('POST /begin', through('203.0.113.1'))).statusCode, 429)
  assert.equal((await send('POST /begin', through('9.9.9.9, 203.0.113.1'))).statusCode, 429)
  assert.equal((await send('POST /begin', through('203.0.113.2'))).statusCode, 200)
  for (let i = 0; i < 60; i++) await send('POST /begin', through('x'.repeat(i)))
  assert.equal((await send('POST /begin', through('something else'))).statusCode, 429)
})

test('a million addresses make it forget, not grow, and meet the limit that all share', async () => {
  const { send, flood, refusals } = await limited()
  await flood(121, 'GET /nowhere')
  assert.deepEqual(refusals, ['anonymous address'])
  for (let i = 0; i < 5000; i++) await send('GET /nowhere', { from: `10.0.${i >> 8}.${i & 255}` })
  assert.deepEqual(
    [refusals.length, new Set(refusals.slice(1))],
    [1 + 5000 - (300 - 120), new Set(['anonymous total'])],
  )
  // The first is not remembered any more, and is refused as everybody is.
  await send('GET /nowhere')
  assert.equal(refusals.at(-1), 'anonymous total')
})

test('floods from a few addresses leave room for those that ask little', async () => {
  const { send, flood, refusals } = await limited()
  // 150 in total; the last 50 are for addresses with their first request of the minute.
  assert.deepEqual(await flood(60, 'POST /begin', { from: '203.0.113.1' }), { 200: 60 })
  assert.deepEqual(await flood(60, 'POST /begin', { from: '203.0.113.2' }), { 200: 40, 429: 20 })
  assert.deepEqual(await flood(60, 'POST /begin', { from: '203.0.113.3' }), { 200: 1, 429: 59 })
  assert.ok(refusals.includes('ceremony total'))
  assert.equal((await send('POST /begin', { from: '198.51.100.7' })).statusCode, 200)
  for (let i = 0; i < 48; i++)
    assert.equal((await send('POST /begin', { from: `192.0.2.${i}` })).statusCode, 200, `address ${i}`)
  const last = await send('POST /begin', { from: '192.0.2.99' })
  assert.equal(last.statusCode, 429)
  assert.match(last.body, /Too many people are asking/)
})

test('every kind is counted by itself, and what is the same for everybody not at all', async () => {
  const { send, flood, refusals } = await limited()
  assert.deepEqual(await flood(61, 'POST /begin'), { 200: 60, 429: 1 })
  assert.deepEqual(await flood(121, 'GET /read'), { 200: 120, 429: 1 })
  assert.deepEqual(await flood(13, 'GET /read', { authorization: 'Bearer wrong', from: '203.0.113.5' }), {
    401: 12,
    429: 1,
  })
  assert.deepEqual(await flood(1000, 'GET /asset'), { 200: 1000 })
  assert.equal((await send('PUT /nowhere')).statusCode, 429)
  assert.deepEqual(refusals, ['ceremony address', 'anonymous address', 'failure address', 'anonymous address'])
})

test('what is shown in vain before our own routes counts with the tokens that do not', async () => {
  const { flood, countFailure, refusals } = await limited()
  for (let shown = 0; shown < 6; shown++) await countFailure('198.51.100.1')
  assert.deepEqual(await flood(10, 'GET /read', { authorization: 'Bearer wrong' }), { 401: 6, 429: 4 })
  await assert.rejects(countFailure('::ffff:198.51.100.1'), { status: 429, code: 'too-many-requests' })
  await countFailure('198.51.100.2')
  // All together, with a third of it kept for those who ask little.
  for (const from of ['a', 'b', 'c'])
    for (let shown = 0; shown < 12; shown++) await countFailure(`2001:db8:${from}::1`).catch(() => {})
  assert.equal(refusals.at(-1), 'failure total')
})

test('who proves who they are is not refused for what others do at their address', async () => {
  const { flood } = await limited()
  const ana = { 'x-account': 'usr_ana' }
  await flood(200, 'POST /begin')
  await flood(200, 'GET /read')
  await flood(50, 'GET /read', { authorization: 'Bearer wrong' })
  assert.deepEqual(await flood(300, 'GET /read', ana), { 200: 300 })
  assert.deepEqual(await flood(20, 'POST /write', ana), { 200: 20 })
  assert.deepEqual(await flood(300, 'POST /pack', ana), { 200: 300 })
})

test('an account’s own changes are counted wherever they come from, and nobody else’s with them', async () => {
  const { send, flood, refusals } = await limited()
  const ana = { 'x-account': 'usr_ana' }
  assert.deepEqual(await flood(12, 'POST /refuse', { ...ana, from: '203.0.113.1' }), { 403: 12 })
  assert.deepEqual(await flood(13, 'POST /write', { ...ana, from: '203.0.113.2' }), { 200: 12, 429: 1 })
  assert.deepEqual(refusals, ['account account'])
  assert.match((await send('POST /write', ana)).body, /Too many changes are made in your name/)
  assert.equal((await send('GET /read', ana)).statusCode, 200)
  assert.equal((await send('POST /begin')).statusCode, 200)
  assert.equal((await send('POST /write', { 'x-account': 'usr_bo' })).statusCode, 200)
})
