import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ApiTokenMade } from '../src/access-keys/shapes.ts'
import { git, withToken } from '../src/walk/git.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { letIn, newPipeline, ownType, refusedExchange, trade } from './support/exchange.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { startWorkloadIssuer } from './support/workload-issuer.ts'

const giveUp = ({ origin }: StartedPostern, token: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${origin}/api/v1/tokens/revoke`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  })
const statusOf = async ({ origin }: StartedPostern, token: string): Promise<number> =>
  (await fetch(`${origin}/api/v1/groups`, { headers: { authorization: `Bearer ${token}` } })).status
const make = (person: Person, more: object = {}, path = '/me/tokens'): Promise<ApiTokenMade> =>
  person.act('POST', path, {
    name: 'laptop',
    scopes: ['repository:write', 'account:read'],
    repositoryIds: null,
    expiresInDays: 30,
    ...more,
  })

for (const store of eitherStore)
  test(`whoever finds a token ends it, and nothing else of its owner, on ${store.name}`, async () => {
    await using mail = await startMailServer()
    const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
    await using postern = await startPostern({ flags: [...(await store.flags()), ...smtp] })
    const ana = await postern.owner()
    await ana.call('POST', '/projects', { name: 'work', description: '' })
    const { id } = await ana.call<{ id: string }>('POST', '/projects/work/repositories', {
      name: 'one',
      description: '',
    })
    const { secret, token } = await make(ana, { scopes: ['repository:write', 'account:read', 'act'] })
    const { secret: other } = await make(ana)
    await ana.act('POST', '/agents', { username: 'robot', displayName: 'Robot' })
    const { secret: robots } = await make(ana, { scopes: ['repository:read'] }, '/agents/robot/tokens')
    const asked = await postern
      .stranger()
      .call(
        'POST',
        '/me/tokens',
        { name: 'more', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 1 },
        {
          authorization: `Bearer ${secret}`,
        },
      )
      .catch((error: unknown) => error)
    assert.ok(asked instanceof ApiError && asked.problem.sealRequestId !== undefined)
    const stream = await fetch(`${postern.origin}/api/v1/live?about=${id}`, {
      headers: { authorization: `Bearer ${secret}` },
    })
    assert.equal(stream.status, 200)
    // Nor do rules about where a token may be used keep anybody from ending it.
    await setRules(ana, [shipped('token-lifetime', { does: ['token.use'], requires: { networks: ['192.0.2.0/24'] } })])
    assert.equal(await statusOf(postern, secret), 403)

    const mistyped = `${secret.slice(0, -1)}${secret.endsWith('0') ? '1' : '0'}`
    for (const odd of ['', 'x', mistyped, token.id, `Bearer ${secret}`, 'pst_pat_', `${secret}\n`])
      assert.deepEqual([(await giveUp(postern, odd)).status, await statusOf(postern, secret)], [204, 403], odd)
    for (const odd of [undefined, null, 7, [secret], { secret }, 'x'.repeat(201)])
      assert.equal((await giveUp(postern, odd)).status, 422)

    // From any page of any site: nothing is let in by it.
    const answer = await giveUp(postern, secret, { origin: 'https://scanner.example', 'sec-fetch-site': 'cross-site' })
    assert.deepEqual([answer.status, await answer.text()], [204, ''])
    await stream.text().catch(() => undefined)
    assert.equal((await giveUp(postern, robots)).status, 204)
    await setRules(ana, [])
    for (const [one, status] of [
      [secret, 401],
      [robots, 401],
      [other, 200],
    ] as const)
      assert.equal(await statusOf(postern, one), status)
    await assert.rejects(ana.tap(asked.problem.sealRequestId ?? ''))
    for (const again of [secret, robots]) assert.equal((await giveUp(postern, again)).status, 204)

    const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=token.given-up')
    assert.deepEqual(
      items.map(({ sentence }) => sentence),
      ['robot', 'ana'].map(
        (owner) => `The API token “laptop” of ${owner} was given up by somebody who had it: it has ended`,
      ),
    )
    const told: string[] = []
    while (told.length < 2) {
      const letter = await mail.next()
      if (letter.headers.get('subject') === 'An API token was found, and has ended') told.push(letter.text)
    }
    assert.ok(told.some((text) => /somebody who had the API token “laptop” ended it/.test(text)))
    assert.ok(told.some((text) => /“laptop” of your agent “?robot”? ended it/.test(text)))
  })

test('a token that is being renewed ends by either of its secrets', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  for (const shown of ['former', 'next'] as const) {
    const { secret, token } = await make(ana)
    const path = `/me/tokens/${token.id}/rotate`
    const next = await ana.act<ApiTokenMade>('POST', path, { expiresInDays: 30, overlapDays: 7 })
    assert.equal((await giveUp(postern, shown === 'former' ? secret : next.secret)).status, 204)
    for (const each of [secret, next.secret]) assert.equal(await statusOf(postern, each), 401, shown)
    await refused(ana.call('POST', path, { expiresInDays: 30, overlapDays: 7 }), 404, 'not-found')
  }
})

test('a token of a pipeline ends by it, and brings no other', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: ['--outbound-allow', '127.0.0.1'] })
  const { origin } = postern
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'acme', description: '' })
  await ana.call('POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  await letIn(ana, '/projects/acme/repositories/shop', newPipeline(issuer.issuer))
  const { access_token: token } = await trade(origin, 'acme/shop', await issuer.sign())
  const works = async () => (await git('/', [...withToken(token), 'ls-remote', `${origin}/acme/shop.git`])).code === 0
  assert.equal(await works(), true)
  assert.equal((await giveUp(postern, token)).status, 204)
  assert.equal(await works(), false)
  await refusedExchange(origin, { subject_token: token, subject_token_type: ownType }, 'invalid_request')
  const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=token.given-up')
  assert.match(items[0]?.sentence ?? '', /^The API token “build” of .+ was given up/)
  await trade(origin, 'acme/shop', await issuer.sign())
})
