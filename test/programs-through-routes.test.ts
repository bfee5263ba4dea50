import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { execFile } from 'node:child_process'
import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as sendRequest,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { decodeJwt } from 'jose'
import { promisify } from 'node:util'
import type { Explanation, RuleCounts } from '../src/guardrails/shapes.ts'
import type { Rule } from '../src/policy/rule.ts'
import type { Person } from '../src/walk/person.ts'
import { readPolicy, setRules } from './support/guardrails.ts'
import { readGuide } from './support/guide.ts'
import { makeRoute } from './support/make-route.ts'
import { type RawAnswer, rawRequest } from './support/raw-request.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'

const run = promisify(execFile)
const settings = (upstream: string, host: string, programs: boolean) => ({ host, upstream, programs })
const application = { description: '', recipe: null, launchUrl: null, audience: 'groups', groups: ['robots'] }

interface Granted {
  access_token: string
  token_type: string
  expires_in: number
  scope: string
}

/** Programs come with tokens, long ones or short ones that were made from them, and only where a route lets them. */
describe('programs at tools behind the proxy', () => {
  let postern: StartedPostern
  let ana: Person
  let token: string
  let tokenId: string
  let to: string
  let upstream: ReturnType<typeof createServer>
  let heard: IncomingHttpHeaders | undefined
  let at = Date.now()

  before(async () => {
    upstream = createServer((request, response) => {
      heard = request.headers
      if (request.url === '/api/stream') response.write('begun')
      else response.end('reached')
    }).listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    to = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    postern = await startPostern({ now: () => at })
    ana = await postern.owner()
    await ana.act('POST', '/groups', { name: 'robots', description: '' })
    for (const [slug, programs] of [
      ['board', true],
      ['wiki', false],
    ] as const)
      await ana.act('POST', '/applications', {
        ...application,
        kind: 'route',
        slug,
        name: slug,
        strength: null,
        settings: settings(to, `${slug}.localhost`, programs),
      })
    await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
    await ana.act('PUT', '/groups/robots/members/robot', {})
    ;({ secret: token, id: tokenId } = await makeToken(['application:use', 'account:read']))
  })
  after(async () => {
    await postern[Symbol.asyncDispose]()
    upstream.closeAllConnections()
    upstream.close()
  })

  async function makeToken(scopes: string[], agent = 'robot'): Promise<{ secret: string; id: string }> {
    const body = { name: 'robot', scopes, repositoryIds: null, expiresInDays: 30 }
    const made = await ana.act<{ secret: string; token: { id: string } }>('POST', `/agents/${agent}/tokens`, body)
    return { secret: made.secret, id: made.token.id }
  }

  const call = (secret: string, slug = 'board', more: Record<string, string> = {}): Promise<RawAnswer> => {
    heard = undefined
    const { port } = new URL(postern.origin)
    const headers = { host: `${slug}.localhost:${port}`, authorization: `Bearer ${secret}`, ...more }
    return rawRequest(`http://127.0.0.1:${port}`, { path: '/api/cards', headers })
  }

  /** What goes on for ever. */
  async function openStream(secret: string): Promise<{ asked: ClientRequest; stream: IncomingMessage }> {
    const { port, hostname } = new URL(postern.origin)
    const headers = { host: `board.localhost:${port}`, authorization: `Bearer ${secret}` }
    const asked = sendRequest({ hostname, port, path: '/api/stream', headers, agent: false }).end()
    const [stream] = (await once(asked, 'response')) as [IncomingMessage]
    assert.equal(stream.statusCode, 200)
    return { asked, stream }
  }

  const ask = (form: Record<string, string> | string[][], headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${postern.origin}/oidc/token`, { method: 'POST', body: new URLSearchParams(form), headers })

  const asking = (more: Record<string, string> = {}) => ({
    grant_type: 'client_credentials',
    client_id: tokenId,
    client_secret: token,
    ...more,
  })

  async function grant(more: Record<string, string> = {}): Promise<Granted> {
    const response = await ask(asking(more))
    assert.equal(response.status, 200, await response.clone().text())
    return (await response.json()) as Granted
  }

  async function whoAmI(secret: string): Promise<number> {
    const response = await fetch(`${postern.origin}/api/v1/groups`, { headers: { authorization: `Bearer ${secret}` } })
    return response.status
  }

  test('an agent’s token gets through, and the tool hears who it is but never the token', async () => {
    const answer = await call(token, 'board', { cookie: 'theme=dark' })
    assert.deepEqual([answer.status, answer.body], [200, 'reached'])
    const claims = decodeJwt(String(heard?.['x-postern-jwt-assertion']))
    assert.equal(claims['preferred_username'], 'robot')
    assert.equal(heard?.authorization, undefined)
    assert.equal(heard?.cookie, 'theme=dark')
  })

  test('a short token made from it gets through as well, and says no more than it was asked for', async () => {
    const { access_token: secret, ...granted } = await grant({ scope: 'application:use' })
    assert.deepEqual(granted, { token_type: 'Bearer', expires_in: 600, scope: 'application:use' })
    assert.equal((await call(secret)).status, 200)
    assert.equal(await whoAmI(secret), 403)
    const whole = await grant()
    assert.equal(whole.scope, 'account:read application:use')
    assert.notEqual(await whoAmI(whole.access_token), 403)
  })

  test('programs name themselves by the token, its agent, in the form or in the header', async () => {
    for (const id of [tokenId, 'robot']) assert.equal((await ask(asking({ client_id: id }))).status, 200)
    const basic = Buffer.from(`robot:${token}`).toString('base64')
    const inHeader = await ask({ grant_type: 'client_credentials' }, { authorization: `Basic ${basic}` })
    assert.equal(inHeader.status, 200)
    assert.equal(inHeader.headers.get('cache-control'), 'no-store')
  })

  test('whatever else is asked for is refused in OAuth’s words', async () => {
    const basic = `Basic ${Buffer.from(`robot:${token}`).toString('base64')}`
    const cases: [string, Response, number, string][] = [
      ['another agent’s name', await ask(asking({ client_id: 'ana' })), 401, 'invalid_client'],
      ['no such token', await ask(asking({ client_secret: `pst_pat_${'a'.repeat(51)}` })), 401, 'invalid_client'],
      ['no secret', await ask({ grant_type: 'client_credentials', client_id: tokenId }), 401, 'invalid_client'],
      ['secrets in two places', await ask(asking(), { authorization: basic }), 401, 'invalid_client'],
      ['a scope that it lacks', await ask(asking({ scope: 'repository:read' })), 400, 'invalid_scope'],
      ['a scope that nobody has', await ask(asking({ scope: 'application:use all' })), 400, 'invalid_scope'],
      ['no scope at all', await ask(asking({ scope: '' })), 400, 'invalid_scope'],
      ['twice', await ask([...Object.entries(asking()), ['scope', 'a'], ['scope', 'b']]), 400, 'invalid_request'],
      ['a short one for a short one', await shortForShort(), 401, 'invalid_client'],
    ]
    for (const [name, response, status, error] of cases) {
      assert.equal(response.status, status, name)
      assert.equal(((await response.json()) as { error: string }).error, error, name)
    }
  })

  const shortForShort = async (): Promise<Response> => ask(asking({ client_secret: (await grant()).access_token }))

  test('a short token that was changed is nobody’s', async () => {
    const { access_token: secret } = await grant({ scope: 'application:use' })
    const [name = '', until = '', mask = '', signature = ''] = secret.split('.')
    const later = (Number.parseInt(until, 36) + 100_000).toString(36)
    for (const changed of [
      [name, later, mask, signature],
      [name, until, '2t', signature],
      [name, until, mask, signature.replace(/.$/, (last) => (last === 'A' ? 'E' : 'A'))],
      [`pst_brf_tok_${'0'.repeat(25)}`, until, mask, signature],
    ])
      assert.equal((await call(changed.join('.'))).status, 401)
    assert.equal(heard, undefined)
  })

  test('it lasts ten minutes, and no longer than the secret and the token that it was made from', async () => {
    const { access_token: aged } = await grant()
    at += 599_000
    assert.equal((await call(aged)).status, 200)
    at += 2_000
    assert.equal((await call(aged)).status, 401)
    const other = await makeToken(['application:use'])
    const made = await grant({ client_id: other.id, client_secret: other.secret })
    assert.equal((await call(made.access_token)).status, 200)
    await ana.act('DELETE', `/agents/robot/tokens/${other.id}`)
    assert.equal((await call(made.access_token)).status, 401)
    assert.equal(await whoAmI(made.access_token), 401)
  })

  test('a short token cannot make itself last, and ends with the secret that it was made from', async () => {
    const body = {
      name: 'robot',
      scopes: ['application:use'],
      repositoryIds: null,
      expiresInDays: 30,
      renewsForDays: 90,
    }
    const made = await ana.act<{ secret: string; token: { id: string } }>('POST', '/agents/robot/tokens', body)
    const { access_token: short } = await grant({ client_id: made.token.id, client_secret: made.secret })
    const rotate = (secret: string): Promise<Response> =>
      fetch(`${postern.origin}/api/v1/tokens/rotate`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}` },
      })
    assert.equal((await rotate(short)).status, 403)
    const renewed = (await (await rotate(made.secret)).json()) as { secret: string }
    assert.equal((await call(short)).status, 200)
    assert.equal((await call(renewed.secret)).status, 200)
    assert.equal((await call(short)).status, 401)
  })

  test('what a token has open goes on beyond its day, and lets nothing else in meanwhile', async () => {
    const { secret, id } = await makeToken(['application:use'])
    const { asked, stream } = await openStream(secret)
    at += 31 * 86_400_000
    const { read } = postern.postern.ceremonies.database
    const lastUsed = read
      .selectFrom('apiToken')
      .select('lastUsedAt')
      .where('id', '=', id as `tok_${string}`)
    // Until the stream has been looked at again.
    while ((await lastUsed.executeTakeFirst())?.lastUsedAt !== at)
      await new Promise((resolve) => setTimeout(resolve, 20))
    assert.equal((await call(secret)).status, 401)
    assert.equal(stream.closed, false)
    stream.on('error', () => {})
    asked.destroy()
    at -= 31 * 86_400_000
  })

  test('a rule of the tool that asks for a tap is met by no program', async () => {
    const rules = [{ title: 'A tap to delete', paths: ['/api/*'], requires: { freshnessSeconds: 60 } }]
    await makeRoute(ana, 'safe', { upstream: to, programs: true, rules }, { audience: 'groups', groups: ['robots'] })
    const refused = await call(token, 'safe')
    assert.equal(refused.status, 403)
    assert.match(refused.body, /A tap to delete/)
    assert.equal(heard, undefined)
  })

  test('a tool that takes no programs takes none, and none come without the scope, or from outside its groups', async () => {
    const closed = await call(token, 'wiki')
    assert.equal(closed.status, 403)
    const { secret: bare } = await makeToken(['account:read'])
    const scopeless = await call(bare)
    assert.equal(scopeless.status, 403)
    assert.match(scopeless.headers['www-authenticate'] ?? '', /^Bearer .*insufficient_scope/)
    await ana.act('POST', '/agents', { username: 'outsider', displayName: 'Outsider' })
    const { secret: outside } = await makeToken(['application:use'], 'outsider')
    assert.equal((await call(outside)).status, 403)
    const unknown = await call(`pst_pat_${'a'.repeat(51)}`)
    assert.equal(unknown.status, 401)
    assert.match(unknown.headers['www-authenticate'] ?? '', /^Bearer/)
    assert.equal(heard, undefined)
  })

  test('a rule about programs holds for the short one too', async () => {
    const { access_token: secret } = await grant()
    const rule: Rule = {
      id: 'from-the-office',
      title: 'Programs come from the office',
      mode: 'enforce',
      who: ['agents'],
      does: ['application.call'],
      requires: { networks: ['192.0.2.0/24'] },
    }
    await setRules(ana, [rule])
    const refused = await call(secret)
    assert.equal(refused.status, 403)
    assert.match(refused.body, /Programs come from the office/)
    assert.equal(heard, undefined)
    // What was refused is counted, and tried again by a draft.
    const { items } = await ana.call<RuleCounts>('GET', '/policy/counts')
    assert.equal(items.find((one) => one.rule === rule.id)?.refused, 1)
    const { policy } = await readPolicy(ana)
    const draft = { ...policy, rules: [{ ...rule, mode: 'off' }] }
    const { replay } = await ana.call<Explanation>('POST', '/policy/explain', { policy: draft })
    const calls = replay.rows.filter(({ act, outcome }) => act === 'application.call' && outcome === 'allow')
    assert.deepEqual(
      calls.map(({ changed }) => changed),
      [1],
    )
    await setRules(ana, [])
  })

  test(
    'the guide’s lines work as they stand',
    { skip: !existsSync('/usr/bin/jq') && 'jq is not installed' },
    async () => {
      const { port } = new URL(postern.origin)
      for (const lines of (await readGuide('agents.md')).blocks('Let it use tools', 'sh')) {
        const script = lines
          .replaceAll('https://git.example.com', postern.origin)
          .replaceAll('https://board.example.com', `http://board.localhost:${port}`)
        const { stdout } = await run('sh', ['-euc', script], { env: { ...process.env, TOKEN: token } })
        assert.equal(stdout, 'reached')
      }
    },
  )

  test('when the agent ends, so does whatever it holds', async () => {
    const { access_token: secret } = await grant()
    // By the end itself: the clock stands still here.
    const open = await Promise.all([secret, token].map(openStream))
    const over = open.map(
      ({ stream }) =>
        new Promise(
          (resolve) =>
            void stream
              .on('error', () => {})
              .on('close', resolve)
              .resume(),
        ),
    )
    await ana.act('POST', '/people/robot/end', { reason: 'done' })
    await Promise.all(over)
    assert.equal((await call(secret)).status, 401)
    assert.equal((await call(token)).status, 401)
    assert.equal((await ask(asking())).status, 401)
  })
})
