import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { commitAs, git, gitOrThrow } from '../src/walk/git.ts'
import type { Person } from '../src/walk/person.ts'
import { beginSignIn, finishSignIn, signInWith } from './support/ceremony.ts'
import { rawRequest } from './support/raw-request.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const token = 'operators-own-metrics-token'

const read = (postern: StartedPostern, headers: OutgoingHttpHeaders = {}) =>
  rawRequest(postern.origin, { path: '/metrics', headers: { host: new URL(postern.origin).host, ...headers } })

/** Samples by name and labels in alphabetical order, `name{a="x",b="y"}`. */
async function samples(postern: StartedPostern): Promise<Map<string, number>> {
  const { status, body } = await read(postern)
  assert.equal(status, 200)
  return new Map(
    body
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name = '', labels, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
        const sorted = labels
          ?.split(/,(?=\w+=)/)
          .sort()
          .join(',')
        return [sorted === undefined ? name : `${name}{${sorted}}`, Number(value)]
      }),
  )
}

describe('who may read the counters', () => {
  const attempts: [what: string, headers: (origin: URL) => OutgoingHttpHeaders, status: number][] = [
    ['a program on this machine', () => ({}), 200],
    ['one that names an address', ({ port }) => ({ host: `127.0.0.1:${port}` }), 200],
    ['one that names the address of IPv6', ({ port }) => ({ host: `[::1]:${port}` }), 200],
    ['a proxy on this machine, for somebody', () => ({ 'x-forwarded-for': '203.0.113.1' }), 404],
    ['a proxy that passes on a forged origin', () => ({ 'x-forwarded-for': '127.0.0.1' }), 404],
    ['a proxy that speaks RFC 7239', () => ({ forwarded: 'for=127.0.0.1' }), 404],
    ['a proxy that says only that it is one', () => ({ via: '1.1 proxy' }), 404],
    ['a proxy that says nothing but passes on the name', () => ({ host: 'git.example.com' }), 404],
    ['a page whose own name was pointed at this machine', ({ port }) => ({ host: `evil.example:${port}` }), 404],
    ['somebody with another token', () => ({ authorization: `Bearer ${token}x` }), 404],
    ['a program here with an empty token', () => ({ authorization: 'Bearer ' }), 200],
    ['a program here that gives a password', () => ({ authorization: `Basic ${btoa(`x:${token}`)}` }), 200],
  ]

  for (const flags of [[], ['--trusted-proxies', '127.0.0.1']])
    describe(flags.length === 0 ? 'reached directly' : 'behind a trusted proxy', () => {
      let postern: StartedPostern
      before(async () => {
        postern = await startPostern({ flags: [...flags, '--metrics-token', token] })
      })
      after(() => postern[Symbol.asyncDispose]())

      for (const [what, headers, status] of attempts)
        test(`${what}: ${status}`, async () => {
          const answer = await read(postern, headers(new URL(postern.origin)))
          assert.equal(answer.status, status)
          if (status === 404) assert.equal((JSON.parse(answer.body) as { code: string }).code, 'not-found')
        })

      test('the token opens it from anywhere, by any name', async () => {
        for (const headers of [{}, { 'x-forwarded-for': '203.0.113.1' }, { host: 'metrics.internal' }]) {
          const answer = await read(postern, { ...headers, authorization: `Bearer ${token}` })
          assert.equal(answer.status, 200)
          assert.match(answer.headers['content-type'] ?? '', /^text\/plain; version=0\.0\.4/)
        }
      })
    })

  test('where there is no token, none opens it', async () => {
    await using postern = await startPostern()
    assert.equal((await read(postern, { authorization: `Bearer ${token}` })).status, 404)
    assert.equal((await read(postern, { authorization: 'Bearer undefined' })).status, 404)
  })

  test('an API token or a session does not open it, and guesses are counted', async () => {
    await using postern = await startPostern({
      flags: ['--metrics-token', token, '--rate-limit', '60', '--trusted-proxies', '127.0.0.1'],
    })
    const ana = await postern.owner()
    const through = { 'x-forwarded-for': '203.0.113.1' }
    const secret = await ana.makeToken('monitoring')
    assert.equal((await read(postern, { ...through, authorization: `Bearer ${secret}` })).status, 404)
    assert.equal((await ana.fetch('GET', `${postern.origin}/metrics`, undefined, through)).status, 404)
    for (let sent = 0; sent < 11; sent++) await read(postern, { ...through, authorization: `Bearer ${token}x` })
    assert.equal((await read(postern, { ...through, authorization: `Bearer ${token}x` })).status, 429)
    assert.equal((await read(postern, { ...through, authorization: `Bearer ${token}` })).status, 200)
  })

  test('the token may stand in a file', async () => {
    await using folder = await startPostern()
    const file = join(folder.folder, 'token')
    await writeFile(file, `${token}\n`)
    await using postern = await startPostern({ flags: ['--metrics-token-file', file] })
    const answer = await read(postern, { authorization: `Bearer ${token}`, host: 'elsewhere' })
    assert.equal(answer.status, 200)
  })
})

describe('what is counted', () => {
  let postern: StartedPostern
  let ana: Person
  before(async () => {
    postern = await startPostern({ flags: ['--rate-limit', '600', '--ssh-port', '0'] })
    ana = await postern.owner()
  })
  after(() => postern[Symbol.asyncDispose]())

  test('ceremonies by outcome and cause', async () => {
    await ana.signIn()
    await refused(signInWith(ana, { flags: 0x01 }), 400, 'tap-refused:user-not-verified')
    await refused(finishSignIn(ana, 'cer_x', {}), 400, 'tap-refused:malformed')
    const { ceremonyId, publicKey } = await beginSignIn(ana)
    const response = ana.authenticator.get(publicKey, postern.origin)
    await finishSignIn(ana, ceremonyId, response)
    await refused(finishSignIn(ana, ceremonyId, response), 409, 'ceremony-over')
    await ana.makeToken('one')
    const counted = await samples(postern)
    const ceremonies = Object.fromEntries([...counted].filter(([name]) => name.startsWith('postern_ceremonies_total')))
    assert.deepEqual(ceremonies, {
      'postern_ceremonies_total{cause="none",kind="registration",outcome="done"}': 1,
      'postern_ceremonies_total{cause="none",kind="sign-in",outcome="done"}': 2,
      'postern_ceremonies_total{cause="user-not-verified",kind="sign-in",outcome="refused"}': 1,
      'postern_ceremonies_total{cause="malformed",kind="sign-in",outcome="refused"}': 1,
      'postern_ceremonies_total{cause="ceremony-over",kind="sign-in",outcome="refused"}': 1,
      'postern_ceremonies_total{cause="none",kind="seal",outcome="done"}': 1,
    })
  })

  test('acts held for a tap, sealed, refused, and open now', async () => {
    const before = await samples(postern)
    await ana.makeToken('two')
    const asked = await ana.fetch('POST', '/me/tokens', {
      name: 'three',
      scopes: ['repository:read'],
      repositoryIds: null,
      expiresInDays: 1,
    })
    const { sealRequestId } = (await asked.json()) as { sealRequestId: string }
    const during = await samples(postern)
    await ana.call('POST', `/seal-requests/${sealRequestId}/refuse`, {})
    const after = await samples(postern)
    const grown = (outcome: string): number =>
      (after.get(`postern_seal_requests_total{outcome="${outcome}"}`) ?? 0) -
      (before.get(`postern_seal_requests_total{outcome="${outcome}"}`) ?? 0)
    assert.deepEqual([grown('held'), grown('sealed'), grown('refused')], [2, 1, 1])
    assert.deepEqual(
      [before, during, after].map((each) => each.get('postern_seal_requests_open')),
      [0, 1, 0],
    )
  })

  test('decisions by the rule that made them', async () => {
    await setRules(ana, [shipped('token-lifetime')])
    const token = { name: 'long', scopes: ['account:read'], repositoryIds: null, expiresInDays: 365 }
    await refused(ana.call('POST', '/me/tokens', token), 403, 'not-allowed')
    const counted = await samples(postern)
    const of = (act: string, outcome: string, rule: string): number =>
      counted.get(`postern_decisions_total{act="${act}",outcome="${outcome}",rule="${rule}"}`) ?? 0
    assert.ok(of('sign-in', 'allow', 'floor:sign-in') > 0)
    assert.ok(of('session', 'allow', 'floor:session') > 0)
    assert.equal(of('guardrail.change', 'allow', 'floor:guardrail.change'), 1)
    assert.equal(of('token.create', 'deny', 'token-lifetime'), 1)
    await setRules(ana, [])
  })

  test('requests by the template of their route, never by what somebody wrote into it', async () => {
    await ana.fetch('GET', '/projects/no-such-project-anywhere')
    await ana.fetch('PUT', `${postern.origin}/made-up-address`)
    const { body } = await read(postern)
    assert.match(
      body,
      /request_duration_seconds_count\{method="GET",route="\/api\/v1\/projects\/:project",status="4xx"\} 1/,
    )
    assert.match(body, /request_duration_seconds_count\{method="PUT",route="none",status="4xx"\} 1/)
    assert.doesNotMatch(body, /no-such-project|made-up-address|ana|127\.0\.0\.1/)
    assert.match(body, /^process_cpu_seconds_total /m)
    assert.match(body, /^nodejs_eventloop_lag_seconds /m)
  })

  test('fetches and pushes, once each however many requests they take, and none running afterwards', async () => {
    await ana.call('POST', '/projects', { name: 'payments', description: '' })
    await ana.call('POST', '/projects/payments/repositories', { name: 'api', description: '', visibility: 'private' })
    const { host } = new URL(postern.origin)
    const remoteWith = (secret: string): string => `http://git:${secret}@${host}/payments/api.git`
    const remote = remoteWith(await ana.makeToken('git'))
    const { folder } = postern
    await gitOrThrow(folder, ['init', '--quiet', '--initial-branch=main', 'work'])
    const work = join(folder, 'work')
    const author = commitAs('Ana', 'ana@example.com', 1_760_000_000_000)
    await gitOrThrow(work, ['commit', '--quiet', '--allow-empty', '-m', 'first'], author)
    await gitOrThrow(work, ['push', '--quiet', remote, 'main'])
    await gitOrThrow(folder, ['clone', '--quiet', remote, 'clone'])
    await gitOrThrow(join(folder, 'clone'), ['fetch', '--quiet'])
    assert.notEqual((await git(folder, ['ls-remote', remoteWith('wrong')])).code, 0)
    const isRunning = async (operation: string): Promise<boolean> =>
      (await samples(postern)).get(`postern_git_operations_running{operation="${operation}"}`) !== 0
    // A client is gone a moment before what served it.
    while ((await isRunning('fetch')) || (await isRunning('push'))) await new Promise(setImmediate)
    const counted = await samples(postern)
    assert.equal(counted.get('postern_git_operations_total{operation="push"}'), 1)
    assert.equal(counted.get('postern_git_operations_total{operation="fetch"}'), 2)
    assert.equal(counted.get('postern_git_operations_running{operation="fetch"}'), 0)
    assert.equal(counted.get('postern_git_operations_running{operation="push"}'), 0)
  })

  test('connections over SSH that are open now', async () => {
    const open = async (): Promise<number> => (await samples(postern)).get('postern_ssh_connections_open') ?? Number.NaN
    assert.equal(await open(), 0)
    const socket = connect(postern.postern.sshPort() ?? 0, '127.0.0.1')
    await once(socket, 'data')
    assert.equal(await open(), 1)
    socket.destroy()
    while ((await open()) !== 0) await new Promise(setImmediate)
  })

  test('requests refused as too many', async () => {
    for (let sent = 0; sent < 121; sent++)
      await rawRequest(postern.origin, {
        path: '/api/v1/me',
        headers: { host: new URL(postern.origin).host, authorization: 'Bearer wrong' },
      })
    const counted = await samples(postern)
    assert.equal((counted.get('postern_rate_limited_total{limit="failure",scope="address"}') ?? 0) > 0, true)
  })
})
