import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Id } from '../src/database/id.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { ask, authorise, gitScopes, letIn, open, Program, type Tokens } from './support/oauth.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`OAuth on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let bo: Person

    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
      bo = await postern.join(ana, 'bo')
    })
    after(() => postern[Symbol.asyncDispose]())

    const program = () => new Program(postern.origin)
    const where = async (url: string): Promise<string> => (await open(ana, url)).headers.get('location') ?? ''
    const codeOf = async (person: Person, asking: Program): Promise<string> =>
      (await authorise(person, await ask(person, asking.authUrl()))).searchParams.get('code') ?? ''
    const errorOf = async (response: Response): Promise<string> => ((await response.json()) as { error: string }).error
    const isLetIn = async (token: string): Promise<boolean> => {
      const { status } = await fetch(`${postern.origin}/api/v1/repositories`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return status === 200
    }
    const status = (code: number) => (error: unknown) => error instanceof ApiError && error.status === code

    test('a redirect to anywhere but this computer leads to our own page, and nowhere else', async () => {
      for (const redirect_uri of [
        'https://evil.example/',
        'http://127.0.0.1.evil.example/',
        'http://127.0.0.1@evil.example/',
        'http://evil.example:80#@127.0.0.1',
        'https://127.0.0.1/',
        'http://localhost:54321',
        'http://127.0.0.1:54321/elsewhere',
        'http://127.0.0.1:54321/../elsewhere',
        'http://127.0.0.1:54321/?then=https://evil.example',
        'http://user:secret@127.0.0.1:54321/',
        'http://[::1]:54321/',
        'http://0.0.0.0:54321/',
        'javascript:alert(1)',
        'custom-scheme:/callback',
        '//evil.example',
        '',
      ])
        assert.match(await where(program().authUrl({ redirect_uri })), /^\/-\/authorise\?problem=\w+$/, redirect_uri)
      assert.match(await where(program().authUrl({ redirect_uri: undefined })), /^\/-\/authorise\?problem=/)
    })

    test('an unknown program leads to our own page, whatever it is called', async () => {
      for (const client_id of [
        'nobody',
        'https://evil.example/client.json',
        '__proto__',
        'constructor',
        'toString',
        '',
      ])
        assert.match(await where(program().authUrl({ client_id })), /^\/-\/authorise\?problem=\w+$/, client_id)
    })

    test('without PKCE, or with the plain kind of it, nobody is asked anything', async () => {
      for (const changes of [
        { code_challenge: undefined, code_challenge_method: undefined },
        { code_challenge_method: undefined },
        { code_challenge_method: 'plain' },
        { code_challenge: 'short' },
      ]) {
        const back = new URL(await where(program().authUrl(changes)))
        assert.equal(back.searchParams.get('error'), 'invalid_request')
        assert.equal(back.searchParams.get('code'), null)
      }
    })

    test('kinds of answers that nobody needs are refused', async () => {
      for (const response_type of ['token', 'id_token', 'code id_token', 'none'])
        assert.match(await where(program().authUrl({ response_type })), /error=unsupported_response_type|problem=/)
      for (const response_mode of ['fragment', 'form_post', 'web_message', 'query.jwt'])
        assert.match(await where(program().authUrl({ response_mode })), /^\/-\/authorise\?problem=invalid_request$/)
      for (const parameter of ['request', 'request_uri', 'registration'])
        assert.match(
          await where(program().authUrl({ [parameter]: 'https://evil.example/x' })),
          /error=|problem=/,
          parameter,
        )
    })

    test('prompt=none tells a program nothing of who is signed in', async () => {
      for (const person of [ana, postern.stranger()]) {
        const response = await open(person, program().authUrl({ prompt: 'none' }))
        const back = new URL(response.headers.get('location') ?? '')
        assert.equal(back.searchParams.get('error'), 'login_required')
      }
      await letIn(ana)
      const again = new URL(await where(program().authUrl({ prompt: 'none' })))
      assert.equal(again.searchParams.get('error'), 'login_required', 'who was let in before is asked again')
    })

    test('a scope that the program is not for is not asked for', async () => {
      const back = new URL(await where(program().authUrl({ scope: `${gitScopes} ssh:certificate` })))
      assert.equal(back.searchParams.get('error'), 'invalid_scope')
      const uid = await ask(ana, program().authUrl({ scope: 'openid nonsense' }))
      await assert.rejects(ana.call('GET', `/authorisations/${uid}`), status(409))
    })

    test('a code is good for its own program, its own verifier, its own address, and once', async () => {
      const asking = program()
      const code = await codeOf(ana, asking)
      const verifier = program().verifier
      assert.equal(await errorOf(await asking.tryExchange(code, { code_verifier: verifier })), 'invalid_grant')
      assert.equal(await errorOf(await asking.tryExchange(code, { code_verifier: '' })), 'invalid_grant')
      assert.equal(
        await errorOf(await asking.tryExchange(code, { redirect_uri: 'http://127.0.0.1:1' })),
        'invalid_grant',
      )
      assert.equal(
        await errorOf(await asking.tryExchange(code, { client_id: 'git-credential-manager' })),
        'invalid_grant',
      )
      const tokens = await asking.exchange(code)
      assert.equal(await isLetIn(tokens.access_token), true)
      assert.equal(await errorOf(await asking.tryExchange(code)), 'invalid_grant')
      assert.equal(await isLetIn(tokens.access_token), false, 'whoever used it first may be the thief')
      assert.equal(await errorOf(await asking.refresh(tokens.refresh_token)), 'invalid_grant')
    })

    test('of many who show one code at once, none keeps anything', async () => {
      const asking = program()
      const code = await codeOf(ana, asking)
      const answers = await Promise.all(Array.from({ length: 8 }, () => asking.tryExchange(code)))
      const good = answers.filter(({ ok }) => ok)
      assert.ok(good.length <= 1)
      for (const answer of good)
        assert.equal(await isLetIn(((await answer.json()) as { access_token: string }).access_token), false)
    })

    test('of many who renew at once on one computer, one goes on, and nothing ends', async () => {
      const asking = program()
      const { refresh_token } = await letIn(ana, asking)
      const renewed = await Promise.all(Array.from({ length: 8 }, () => asking.refresh(refresh_token)))
      const [good, ...more] = renewed.filter(({ ok }) => ok)
      assert.equal(more.length, 0)
      const next = (await good?.json()) as { access_token: string; refresh_token: string }
      assert.equal(await errorOf(await asking.refresh(refresh_token)), 'invalid_grant')
      assert.equal(await isLetIn(next.access_token), true)
      const given = await asking.post('/token/revocation', { client_id: asking.clientId, token: refresh_token })
      assert.equal(given.status, 200)
      assert.equal(await isLetIn(next.access_token), false, 'given back, it ends all the same')
    })

    for (const [name, since] of Object.entries({
      'from elsewhere': { askedFrom: '192.0.2.1' },
      later: { consumedAt: Date.now() - 60_000 },
    }))
      test(`a refresh token that is shown again ${name} ends everything that came of it, and its person is told`, async () => {
        const asking = program()
        const first = await letIn(ana, asking)
        const second = (await (await asking.refresh(first.refresh_token)).json()) as typeof first
        assert.equal(await isLetIn(second.access_token), true)
        await postern.postern.ceremonies.database.write((tx) =>
          tx.updateTable('oauthState').set(since).where('consumedAt', 'is not', null).execute(),
        )
        assert.equal(await errorOf(await asking.refresh(first.refresh_token)), 'invalid_grant')
        assert.equal(await isLetIn(second.access_token), false)
        assert.equal(await errorOf(await asking.refresh(second.refresh_token)), 'invalid_grant')
        const { items } = await ana.call<{ items: { leaf: string }[] }>('GET', '/audit?action=grant.ended')
        const { facts } = JSON.parse(items[0]?.leaf ?? '{}') as { facts: Record<string, unknown> }
        assert.equal(facts['reason'], 'a secret of it was shown twice')
        assert.equal(facts['person'], 'ana')
      })

    test('no token asks for more than its person gave', async () => {
      const asking = program()
      const { refresh_token } = await letIn(ana, asking, { scope: 'repository:read' })
      const more = await asking.refresh(refresh_token, { scope: gitScopes })
      assert.equal(await errorOf(more), 'invalid_scope')
      const other = await letIn(ana, program(), { scope: gitScopes })
      const less = await program().refresh(other.refresh_token, { scope: 'repository:read' })
      const { access_token } = (await less.json()) as { access_token: string }
      await ana.call('POST', '/projects', { name: 'narrow', description: '' })
      await ana.call('POST', '/projects/narrow/repositories', { name: 'one', description: '', visibility: 'private' })
      const push = await fetch(`${postern.origin}/narrow/one.git/info/refs?service=git-receive-pack`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
      assert.equal(push.status, 403)
    })

    test('a question is answered in the browser that it began in, by nobody who was sent its link', async () => {
      const uid = await ask(bo, program().authUrl())
      await assert.rejects(ana.call('GET', `/authorisations/${uid}`), status(404))
      await assert.rejects(ana.act('POST', `/authorisations/${uid}`, { repositoryIds: null }), status(404))
      await assert.rejects(ana.call('POST', `/authorisations/${uid}/refusal`, {}), status(404))
      const late = await open(ana, `${postern.origin}/oidc/auth/${uid}`)
      assert.equal(late.headers.get('location'), '/-/authorise?problem=session_not_found')
      // Before its own person has answered, there is nothing to go on with.
      const early = await open(bo, `${postern.origin}/oidc/auth/${uid}`)
      assert.doesNotMatch(early.headers.get('location') ?? '', /code=/)
    })

    test('an answer takes a tap over exactly it, once, and no other page gives it', async () => {
      const uid = await ask(ana, program().authUrl())
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      await assert.rejects(
        ana.call('POST', `/authorisations/${uid}`, { repositoryIds: null }, foreign),
        (error: unknown) => error instanceof ApiError && error.problem.code === 'foreign-origin',
      )
      await assert.rejects(ana.call('POST', `/authorisations/${uid}/refusal`, {}, foreign), status(403))
      await assert.rejects(ana.call('POST', `/authorisations/${uid}`, { repositoryIds: null }), status(401))
      await authorise(ana, uid)
      await assert.rejects(ana.act('POST', `/authorisations/${uid}`, { repositoryIds: null }), status(404))
      const again = await open(ana, `${postern.origin}/oidc/auth/${uid}`)
      assert.equal(again.headers.get('location'), '/-/authorise?problem=session_not_found')
    })

    test('a tap for one question, or for fewer repositories, lets nothing else in', async () => {
      const one = await ask(ana, program().authUrl())
      const other = await ask(ana, program().authUrl())
      const asked = await ana.fetch('POST', `/authorisations/${one}`, { repositoryIds: null })
      const { sealRequestId } = (await asked.json()) as { sealRequestId: string }
      const seal = { 'postern-seal': await ana.tap(sealRequestId) }
      await assert.rejects(ana.call('POST', `/authorisations/${other}`, { repositoryIds: null }, seal), ApiError)
      await ana.call('POST', `/authorisations/${one}`, { repositoryIds: null }, seal)
      await assert.rejects(
        ana.act('POST', `/authorisations/${other}`, { repositoryIds: ['rep_somebodyelses'] }),
        status(422),
      )
    })

    test('no token lets a program in, not even one that may ask for taps', async () => {
      const secret = await ana.makeToken('acting', ['act', 'repository:write'])
      const uid = await ask(ana, program().authUrl())
      const response = await fetch(`${postern.origin}/api/v1/authorisations/${uid}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({ repositoryIds: null }),
      })
      assert.equal(response.status, 403)
      const { access_token } = await letIn(ana)
      const listing = await fetch(`${postern.origin}/api/v1/me/programs`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
      assert.equal(listing.status, 403)
    })

    test('a program reaches no more than an API token of the same scopes', async () => {
      const scopes = ['repository:read', 'repository:write']
      const token = await ana.makeToken('the same', scopes)
      const { access_token } = await letIn(ana)
      const look = async (url: string, secret: string) =>
        (await fetch(`${postern.origin}${url}`, { headers: { authorization: `Bearer ${secret}` } })).status
      const urls = postern.postern.routes
        .filter(({ method, url }) => method === 'GET' && url.startsWith('/api/v1/') && url !== '/api/v1/live')
        .map(({ url }) => url.replaceAll(/:\w+|\*/g, 'ana'))
      assert.ok(urls.length > 50)
      for (const url of urls) assert.equal(await look(url, access_token), await look(url, token), url)
      for (const url of ['/me', '/people', '/inbox', '/me/tokens', '/me/programs', '/audit'])
        assert.equal(await look(`/api/v1${url}`, access_token), 403, url)
    })

    test('a program waits for, and takes back, what it asked for itself, and nothing else of its person', async () => {
      const { database } = postern.postern.ceremonies
      const asked = await ana
        .call('POST', '/groups', { name: 'asked', description: '' })
        .catch((error: unknown) => error)
      const id = (asked instanceof ApiError ? asked.problem.sealRequestId : undefined) as Id<'srq'>
      const before = await database.read.selectFrom('oauthGrant').select('id').execute()
      const { access_token: own } = await letIn(ana)
      const made = await database.read.selectFrom('oauthGrant').select('id').execute()
      const grant = made.find((one) => !before.some((other) => other.id === one.id))?.id ?? assert.fail()
      const { access_token: other } = await letIn(ana)
      const send = async (secret: string, method: string, path: string) => {
        const headers = { authorization: `Bearer ${secret}` }
        return (await fetch(`${postern.origin}/api/v1/seal-requests/${id}/${path}`, { method, headers })).status
      }
      const reach = async (secret: string) => [
        await send(secret, 'GET', 'wait?seconds=0'),
        await send(secret, 'POST', 'withdraw'),
      ]
      assert.deepEqual(await reach(own), [404, 404], 'what a browser asked for')
      await database.write((tx) =>
        tx.updateTable('sealRequest').set({ requestedGrant: grant }).where('id', '=', id).execute(),
      )
      assert.deepEqual(await reach(other), [404, 404], 'what another program asked for')
      assert.equal((await ana.call<{ state: string }>('GET', `/seal-requests/${id}`)).state, 'open')
      assert.deepEqual(await reach(own), [200, 204])
    })

    test('a device code is bound to its program, and nobody guesses one', async () => {
      const asking = program()
      const begin = async () =>
        (await (await asking.post('/device/auth', { client_id: asking.clientId, scope: gitScopes })).json()) as {
          device_code: string
          user_code: string
        }
      const { device_code, user_code } = await begin()
      const poll = (client_id: string, code = device_code) =>
        asking.post('/token', {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          client_id,
          device_code: code,
        })
      assert.equal(await errorOf(await poll('git-credential-manager')), 'invalid_grant')
      assert.equal(await errorOf(await poll(asking.clientId, `${device_code}x`)), 'invalid_grant')
      const refusal = { userCode: user_code }
      await ana.call('POST', '/device-authorisations/refusal', refusal)
      assert.equal(await errorOf(await poll(asking.clientId)), 'access_denied')
      await assert.rejects(ana.call('POST', '/device-authorisations/find', refusal), status(404))
      for (let tries = 1; tries < 10; tries += 1)
        await assert.rejects(
          bo.call('POST', '/device-authorisations/find', { userCode: `BCDF-GHJ${tries}` }),
          status(404),
        )
      await assert.rejects(bo.call('POST', '/device-authorisations/find', { userCode: 'BCDF-GHJK' }), status(404))
      const next = await begin()
      await assert.rejects(
        bo.call('POST', '/device-authorisations/find', { userCode: next.user_code }),
        status(429),
        'a right one is not told from a wrong one any more',
      )
    })

    test('a code of a device is traded once: shown again, it ends what it was traded for, and many at once keep nothing', async () => {
      const asking = program()
      const letDeviceIn = async () => {
        const begun = await asking.post('/device/auth', { client_id: asking.clientId, scope: gitScopes })
        const { device_code, user_code } = (await begun.json()) as { device_code: string; user_code: string }
        await ana.act('POST', '/device-authorisations', { userCode: user_code, repositoryIds: null })
        return () =>
          asking.post('/token', {
            grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
            client_id: asking.clientId,
            device_code,
          })
      }
      const tradeOnce = await letDeviceIn()
      const { access_token, refresh_token } = (await (await tradeOnce()).json()) as Tokens
      assert.equal(await isLetIn(access_token), true)
      assert.equal(await errorOf(await tradeOnce()), 'invalid_grant')
      assert.equal(await isLetIn(access_token), false)
      assert.equal(await errorOf(await asking.refresh(refresh_token)), 'invalid_grant')
      const trade = await letDeviceIn()
      const answers = await Promise.all(Array.from({ length: 8 }, trade))
      const good = answers.filter(({ ok }) => ok)
      assert.ok(good.length <= 1)
      for (const answer of good) assert.equal(await isLetIn(((await answer.json()) as Tokens).access_token), false)
    })

    test('a code that somebody was sent takes their own tap, over a sentence that says where it runs', async () => {
      const asking = program()
      const begun = await asking.post('/device/auth', { client_id: asking.clientId, scope: gitScopes })
      const { user_code, device_code } = (await begun.json()) as { user_code: string; device_code: string }
      const body = { userCode: user_code, repositoryIds: null }
      for (const path of ['/device-authorisations/find', '/device-authorisations'])
        await assert.rejects(
          postern.stranger().call('POST', path, body),
          (error: unknown) => error instanceof ApiError && error.problem.code === 'sign-in-required',
        )
      const asked = await ana.fetch('POST', '/device-authorisations', body)
      assert.equal(asked.status, 401)
      const { sealRequestId } = (await asked.json()) as { sealRequestId: string }
      const request = await ana.call<{ facts: { rows: { label: string; value: string }[]; warnings: string[] } }>(
        'GET',
        `/seal-requests/${sealRequestId}`,
      )
      assert.ok(request.facts.rows.some(({ label, value }) => label === 'Runs on' && value === 'another device'))
      assert.match(request.facts.warnings.join(' '), /Tap only if you started it there yourself/)
      const polled = await asking.post('/token', {
        grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
        client_id: asking.clientId,
        device_code,
      })
      assert.equal(await errorOf(polled), 'authorization_pending', 'who has not tapped has let nobody in')
    })

    test('whoever’s access has ended has no program any more', async () => {
      const eve = await postern.join(ana, 'eve')
      const asking = program()
      const tokens = await letIn(eve, asking)
      const code = await codeOf(eve, asking)
      assert.equal(await isLetIn(tokens.access_token), true)
      await ana.act('POST', '/people/eve/end', { reason: 'left' })
      assert.equal(await isLetIn(tokens.access_token), false)
      assert.equal(await errorOf(await asking.refresh(tokens.refresh_token)), 'invalid_grant')
      assert.equal(await errorOf(await asking.tryExchange(code)), 'invalid_grant')
    })

    test('parameters that are huge, doubled or named like a prototype are refused, and harm nothing', async () => {
      const asking = program()
      const long = await open(ana, asking.authUrl({ state: 'x'.repeat(5000) }))
      assert.equal(long.headers.get('location'), '/-/authorise?problem=invalid_request')
      const doubled = `${asking.authUrl()}&client_id=postern-cli`
      assert.match(await where(doubled), /^\/-\/authorise\?problem=/)
      assert.match(await where(`${asking.authUrl()}&redirect_uri=https://evil.example`), /^\/-\/authorise\?problem=/)
      await ask(ana, `${asking.authUrl()}&__proto__[polluted]=yes&constructor=x&__proto__=y&hasOwnProperty=z`)
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
      const huge = await asking.post('/token', { grant_type: 'x'.repeat(20_000), client_id: asking.clientId })
      assert.equal(huge.status, 413)
      for (const grant_type of ['__proto__', 'constructor', 'password', 'implicit'])
        assert.equal((await asking.post('/token', { grant_type, client_id: asking.clientId })).status, 400, grant_type)
      const itself = { grant_type: 'client_credentials', client_id: asking.clientId }
      assert.equal((await asking.post('/token', itself)).status, 401, 'with nothing to show')
      const json = await fetch(`${postern.origin}/oidc/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"grant_type":"authorization_code"}',
      })
      assert.ok(json.status === 400 || json.status === 415)
    })

    test('whose server this is, no request decides', async () => {
      const said = await fetch(`${postern.origin}/oidc/.well-known/openid-configuration`, {
        headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
      })
      assert.doesNotMatch(await said.text(), /evil/)
    })

    test('no page of it stands in a frame, and none was written by anybody else', async () => {
      for (const path of ['/-/authorise/x', '/oidc/auth', '/oidc/auth/x', '/oidc/token', '/oidc/nothing'])
        for (const method of ['GET', 'POST']) {
          const response = await fetch(`${postern.origin}${path}`, { method, redirect: 'manual' })
          assert.match(
            response.headers.get('content-security-policy') ?? '',
            /frame-ancestors 'none'/,
            `${method} ${path}`,
          )
          assert.doesNotMatch(await response.text(), /oops|oidc-provider/i, `${method} ${path}`)
        }
    })

    test('a program that has a secret, or another’s name, is refused', async () => {
      const asking = program()
      const code = await codeOf(ana, asking)
      const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: asking.redirectUri,
        code_verifier: asking.verifier,
      }
      for (const named of ['git-credential-oauth:secret', 'nobody:', 'git-credential-oauth', '__proto__:', ':'])
        assert.equal((await asking.post('/token', form, basic(named))).status, 401, named)
      const another = await asking.post('/token', { ...form, client_id: 'postern-cli' }, basic('git-credential-oauth:'))
      assert.equal(another.status, 401)
      const right = await asking.post('/token', form, basic('git-credential-oauth:'))
      assert.equal(right.status, 200)
    })

    test('what is kept of a token opens nothing', async () => {
      const { access_token, refresh_token } = await letIn(ana)
      const rows = await postern.postern.ceremonies.database.read.selectFrom('oauthState').selectAll().execute()
      const kept = JSON.stringify(rows)
      assert.ok(rows.length > 0)
      for (const secret of [access_token, refresh_token]) assert.ok(!kept.includes(secret))
      for (const row of rows) assert.equal(await isLetIn(row.idHash), false)
    })
  })

test('what strangers ask fills no table: little is kept of each question, and few wait of one address', async () => {
  await using postern = await startPostern()
  const stranger = postern.stranger()
  const { database } = postern.postern.ceremonies
  const waiting = () => database.read.selectFrom('oauthState').selectAll().where('grantId', 'is', null).execute()
  const asking = new Program(postern.origin)
  const where = async (url: string) => (await open(stranger, url)).headers.get('location')
  const errorOf = async (response: Response) => ((await response.json()) as { error: string }).error
  const wanted = { client_id: asking.clientId, scope: 'repository:read' }
  const long = await asking.post('/device/auth', { ...wanted, scope: 'x'.repeat(600) })
  assert.deepEqual([long.status, await errorOf(long)], [400, 'invalid_request'])
  assert.equal(await where(asking.authUrl({ state: 'x'.repeat(600) })), '/-/authorise?problem=invalid_request')
  const answers: Response[] = []
  for (let count = 0; count < 60; count += 1)
    answers.push(await asking.post('/device/auth', { ...wanted, login_hint: 'x'.repeat(15_000) }))
  const last = answers.at(-1) ?? assert.fail()
  assert.deepEqual([last.status, await errorOf(last)], [429, 'slow_down'])
  assert.equal(await where(asking.authUrl()), '/-/authorise?problem=slow_down')
  const rows = await waiting()
  assert.ok(rows.length <= 40, String(rows.length))
  assert.ok(rows.every(({ payload }) => payload.length < 1_000))
})
