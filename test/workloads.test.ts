import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PipelineList, PipelineView } from '../src/machines/workloads/shapes.ts'
import { commitAs, git, gitOrThrow, withToken } from '../src/walk/git.ts'
import {
  exchange,
  letIn,
  makeRepository,
  newPipeline,
  outbound,
  refusedExchange,
  renew,
  shop,
  trade,
} from './support/exchange.ts'
import { startMailServer } from './support/mail-server.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'
import { startWorkloadIssuer } from './support/workload-issuer.ts'

const pipelines = `${shop}/pipelines`

async function commit(postern: StartedPostern, name: string): Promise<string> {
  const folder = join(postern.folder, name)
  await mkdir(folder)
  await gitOrThrow(folder, ['init', '-q', '-b', 'main'])
  await writeFile(join(folder, 'a.txt'), name)
  await gitOrThrow(folder, ['add', '.'])
  await gitOrThrow(folder, ['commit', '-q', '-m', name], commitAs('Build', 'build@example.com', Date.now()))
  return folder
}

for (const { name, flags } of eitherStore)
  test(`a pipeline comes in with what its issuer signed, and out again, on ${name}`, async () => {
    await using issuer = await startWorkloadIssuer()
    await using postern = await startPostern({ flags: [...(await flags()), ...outbound] })
    const { origin } = postern
    const ana = await postern.owner()
    await makeRepository(ana)
    const made = await letIn(ana, shop, newPipeline(issuer.issuer))
    assert.deepEqual([made.lastUsedAt, made.steward?.username], [null, 'ana'])

    const work = await commit(postern, 'first')
    const remote = `${origin}/acme/shop.git`
    const traded = await trade(origin, 'acme/shop', await issuer.sign())
    assert.deepEqual(
      { ...traded, access_token: '' },
      {
        access_token: '',
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        token_type: 'Bearer',
        expires_in: 600,
        scope: 'repository:read repository:write status:write',
      },
    )
    const token = traded.access_token
    assert.match(token, /^pst_pat_/)
    await gitOrThrow(work, [...withToken(token), 'push', '-q', remote, 'main'])
    const oid = (await gitOrThrow(work, ['rev-parse', 'main'])).trim()
    const bearer = { authorization: `Bearer ${token}` }
    await postern.stranger().call('POST', `${shop}/commits/${oid}/statuses`, { name: 'ci', state: 'success' }, bearer)
    await gitOrThrow(postern.folder, [...withToken(token), 'clone', '-q', `${origin}/acme/shop`, 'cloned'])
    // It is in this repository and nowhere else, and no person.
    await makeRepository(ana, 'other')
    const elsewhere = await git(work, [...withToken(token), 'ls-remote', `${origin}/acme/other.git`])
    assert.match(elsewhere.stderr, /does not exist/)
    await refused(postern.stranger().call('GET', '/people', undefined, bearer), 403, 'not-allowed')
    await refused(postern.stranger().call('GET', pipelines, undefined, bearer), 403, 'not-allowed')

    const { items, resource, exchangeUrl } = await ana.call<PipelineList>('GET', pipelines)
    assert.deepEqual([resource, exchangeUrl], [`${origin}/acme/shop`, `${origin}/api/v1/token-exchange`])
    assert.equal(items[0]?.lastSubject, 'repo:acme/shop:ref:refs/heads/main')
    assert.ok((items[0]?.lastUsedAt ?? 0) > 0)
    const { items: events } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=workload.traded')
    assert.deepEqual(
      events.map(({ sentence }) => sentence),
      ['The pipeline “build” came into acme/shop as repo:acme/shop:ref:refs/heads/main'],
    )

    const next = await renew(origin, token)
    assert.notEqual(next.access_token, token)
    assert.equal(next.scope, traded.scope)
    await ana.act('DELETE', `${pipelines}/${made.id}`)
    for (const secret of [token, next.access_token]) {
      const gone = await git(work, [...withToken(secret), 'ls-remote', remote])
      assert.match(gone.stderr, /could not read Username/)
    }
    await refusedExchange(
      origin,
      { subject_token: await issuer.sign(), resource: `${origin}/acme/shop` },
      'invalid_target',
    )
    assert.deepEqual((await ana.call<PipelineList>('GET', pipelines)).items, [])
    await ana.act('DELETE', shop)
  })

test('what it may do is what was chosen, or the less that is asked for', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: outbound })
  const { origin } = postern
  const ana = await postern.owner()
  await makeRepository(ana)
  const work = await commit(postern, 'first')
  const remote = `${origin}/acme/shop.git`
  const push = (token: string) => git(work, [...withToken(token), 'push', '-q', remote, 'main'])
  const clone = (token: string) => git(work, [...withToken(token), 'ls-remote', remote])
  const { id } = await letIn(ana, shop, newPipeline(issuer.issuer, { access: 'read' }))
  const reading = await trade(origin, 'acme/shop', await issuer.sign())
  assert.equal(reading.scope, 'repository:read')
  assert.equal((await clone(reading.access_token)).code, 0)
  assert.notEqual((await push(reading.access_token)).code, 0)

  await ana.act<PipelineView>('PATCH', `${pipelines}/${id}`, { access: 'status' })
  assert.notEqual((await clone(reading.access_token)).code, 0, 'what came in by the former terms has ended')
  const reporting = await trade(origin, 'acme/shop', await issuer.sign())
  assert.equal(reporting.scope, 'repository:read status:write')
  assert.equal((await clone(reporting.access_token)).code, 0)
  assert.notEqual((await push(reporting.access_token)).code, 0)

  await ana.act<PipelineView>('PATCH', `${pipelines}/${id}`, { access: 'write' })
  const less = await trade(origin, 'acme/shop', await issuer.sign(), 'repository:read')
  assert.equal(less.scope, 'repository:read')
  assert.notEqual((await push(less.access_token)).code, 0)
  const form = { subject_token: less.access_token, subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }
  await refusedExchange(origin, { ...form, scope: 'repository:write' }, 'invalid_scope')
  for (const scope of ['account:read', 'act', 'everything'])
    await refusedExchange(
      origin,
      { subject_token: await issuer.sign(), resource: `${origin}/acme/shop`, scope },
      'invalid_scope',
    )
  const whole = await trade(origin, 'acme/shop', await issuer.sign())
  assert.equal((await push(whole.access_token)).code, 0)
})

test('of two pipelines that a token fits, the one is taken that may do what is asked', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern({ flags: outbound })
  const { origin } = postern
  const ana = await postern.owner()
  await makeRepository(ana)
  const main = { claim: 'ref', value: 'refs/heads/main' }
  const home = { claim: 'repository', value: 'acme/shop' }
  await letIn(ana, shop, newPipeline(issuer.issuer, { name: 'any', access: 'read' }))
  await letIn(ana, shop, newPipeline(issuer.issuer, { name: 'main', conditions: [home, main] }))
  assert.match((await trade(origin, 'acme/shop', await issuer.sign())).scope, /repository:write/)
  const branch = await issuer.sign({ ref: 'refs/heads/try' })
  assert.equal((await trade(origin, 'acme/shop', branch)).scope, 'repository:read')
  const { items } = await ana.call<PipelineList>('GET', pipelines)
  assert.ok(items.every(({ lastUsedAt }) => lastUsedAt !== null))
  await refusedExchange(
    origin,
    {
      subject_token: await issuer.sign({ ref: 'refs/heads/try' }),
      resource: `${origin}/acme/shop`,
      scope: 'repository:write',
    },
    'invalid_scope',
  )
})

test('keys that were given are never asked for', async () => {
  await using issuer = await startWorkloadIssuer()
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  const keys = JSON.stringify({ keys: [issuer.signer.publicKey] })
  const { id } = await letIn(ana, shop, newPipeline(issuer.issuer, { keys }))
  await trade(postern.origin, 'acme/shop', await issuer.sign())
  assert.equal(issuer.asked(), 0)
  await issuer.rotate()
  const form = { subject_token: await issuer.sign(), resource: `${postern.origin}/acme/shop` }
  await refusedExchange(postern.origin, form, 'invalid_target')
  await ana.act('PATCH', `${pipelines}/${id}`, { keys: JSON.stringify({ keys: [issuer.signer.publicKey] }) })
  await trade(postern.origin, 'acme/shop', await issuer.sign())
  const secret = await crypto.subtle.exportKey('jwk', issuer.signer.privateKey)
  for (const bad of [
    '',
    '{}',
    '{"keys":[]}',
    '{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}',
    JSON.stringify({ keys: [secret] }),
  ])
    await refused(ana.call('PATCH', `${pipelines}/${id}`, { keys: bad }), 422, 'invalid-input')
})

test('a pipeline without a home, of an odd issuer or with odd terms is refused before anybody taps', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  const github = 'https://token.actions.githubusercontent.com'
  const bad = [
    newPipeline(github, { conditions: [] }),
    newPipeline(github, { conditions: [{ claim: 'ref', value: 'refs/heads/main' }] }),
    newPipeline(github, { conditions: [{ claim: 'repository', value: '*' }] }),
    newPipeline(github, { shape: 'other', conditions: [{ claim: 'ref', value: 'refs/heads/main' }] }),
    newPipeline('http://ci.example.com'),
    newPipeline('https://user@ci.example.com'),
    newPipeline('https://ci.example.com?x=1'),
    newPipeline('https://CI.example.com'),
    newPipeline('https://ci.example.com/.well-known/openid-configuration'),
    newPipeline('nothing'),
    newPipeline(github, { lifetimeMinutes: 61 }),
    newPipeline(github, { runHours: 25 }),
    { ...newPipeline(github), more: 1 },
  ]
  for (const each of bad) await refused(ana.call('POST', pipelines, each), 422, 'invalid-input')
  const made = await letIn(ana, shop, newPipeline(github))
  const one = `${pipelines}/${made.id}`
  for (const change of [{}, { issuer: github }, { conditions: [{ claim: 'ref', value: 'x' }] }, { access: 'admin' }])
    await refused(ana.call('PATCH', one, change), 422, 'invalid-input')
})

test('only administrators of the repository decide about its pipelines, in person', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  await makeRepository(ana)
  await makeRepository(ana, 'other')
  const made = await letIn(ana, shop, newPipeline('https://token.actions.githubusercontent.com'))
  const bo = await postern.join(ana, 'bo')
  await ana.act('PUT', `${shop}/members/user/bo`, { role: 'write' })
  const one = `${pipelines}/${made.id}`
  const elsewhere = one.replace('/shop/', '/other/')
  await refused(bo.call('GET', pipelines), 403, 'not-allowed')
  await refused(bo.call('POST', pipelines, newPipeline('https://ci.example.com')), 403, 'not-allowed')
  await refused(bo.call('PATCH', one, { access: 'read' }), 403, 'not-allowed')
  await refused(bo.call('DELETE', one), 403, 'not-allowed')
  await refused(ana.call('DELETE', elsewhere), 404, 'not-found')
  await refused(ana.call('PATCH', elsewhere, { access: 'read' }), 404, 'not-found')
  await refused(ana.call('POST', `${one}/keep`, {}), 401, 'seal-required')
  const acting = await ana.makeToken('acts', ['act', 'repository:write'])
  const bearer = { authorization: `Bearer ${acting}` }
  await refused(postern.stranger().call('DELETE', one, undefined, bearer), 403, 'person-required')
  assert.equal((await ana.call<PipelineList>('GET', pipelines)).items.length, 1)
})

test('why a pipeline was refused stands on its page, once', async () => {
  let ahead = 0
  const now = () => Date.now() + ahead
  await using issuer = await startWorkloadIssuer({ now })
  await using postern = await startPostern({ flags: outbound, now })
  const ana = await postern.owner()
  await makeRepository(ana)
  await letIn(ana, shop, newPipeline(issuer.issuer))
  const resource = `${postern.origin}/acme/shop`
  const forked = { repository: 'mallory/shop', sub: 'repo:mallory/shop:ref:refs/heads/main' }
  // The same is written once a second at most; what came meanwhile is counted.
  for (const passed of [0, 0, 0, 1_000, 1_000]) {
    ahead += passed
    await exchange(postern.origin, { subject_token: await issuer.sign(forked), resource })
  }
  const { refusals } = await ana.call<PipelineList>('GET', pipelines)
  assert.deepEqual(
    refusals.map(({ pipeline, subject, reason, count }) => ({ pipeline, subject, reason, count })),
    [
      {
        pipeline: 'build',
        subject: forked.sub,
        reason: 'Its claim repository is “mallory/shop”; “acme/shop” is trusted.',
        count: 5,
      },
    ],
  )
  const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=workload.refused')
  assert.equal(items.length, 1, 'the ledger is told once an hour')
  assert.match(items[0]?.sentence ?? '', /was refused by acme\/shop: Its claim repository/)
})

test('a pipeline whose steward has left goes on until nobody has kept it in time', async () => {
  let ahead = 0
  const now = () => Date.now() + ahead
  const dayMs = 24 * 3_600_000
  await using mail = await startMailServer()
  const smtp = ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com']
  await using issuer = await startWorkloadIssuer({ now })
  await using postern = await startPostern({ flags: [...outbound, ...smtp], now })
  const { origin } = postern
  const ana = await postern.owner()
  await makeRepository(ana)
  const bo = await postern.join(ana, 'bo')
  await ana.act('PUT', `${shop}/members/user/bo`, { role: 'admin' })
  const made = await letIn(bo, shop, newPipeline(issuer.issuer))
  const other = await letIn(bo, shop, newPipeline(issuer.issuer, { name: 'other', access: 'read' }))
  await ana.act('POST', '/people/bo/end', { reason: '' })
  await trade(origin, 'acme/shop', await issuer.sign())
  const { items: left } = await ana.call<PipelineList>('GET', pipelines)
  assert.deepEqual(
    left.map(({ keepBy }) => (keepBy ?? 0) > now() + 13 * dayMs),
    [true, true],
  )
  for (;;) {
    const letter = await mail.next()
    if (letter.headers.get('subject') !== 'Somebody must keep a pipeline of your repository') continue
    assert.match(letter.text, /Bo Example.*acme\/shop/s)
    break
  }
  const { attention } = await ana.call<{ attention: { text: string; href: string }[] }>('GET', '/home')
  assert.ok(
    attention.some(({ text, href }) => /the pipeline of acme\/shop/.test(text) && href.endsWith('/settings/pipelines')),
  )
  const kept = await ana.act<PipelineView>('POST', `${pipelines}/${made.id}/keep`, {})
  assert.deepEqual([kept.keepBy, kept.steward?.username], [null, 'ana'])
  await refused(ana.act('POST', `${pipelines}/${made.id}/keep`, {}), 409, 'not-left-behind')

  ahead += 15 * dayMs
  await postern.restart()
  await ana.signIn()
  let still = await ana.call<PipelineList>('GET', pipelines)
  while (still.items.length > 1) still = await ana.call<PipelineList>('GET', pipelines)
  assert.deepEqual(
    still.items.map(({ id }) => id),
    [made.id],
  )
  assert.notEqual(other.id, made.id)
  await trade(origin, 'acme/shop', await issuer.sign())
})
