import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as client from 'openid-client'
import { ApiError, type Person } from '../src/walk/person.ts'
import { until } from './support/git-remote.ts'
import { startReceiver } from './support/receiver.ts'
import {
  addTool,
  led,
  question,
  redirectUri,
  type RelyingParty,
  signOnTo,
  standing,
  take,
} from './support/relying-party.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'

describe('attacks on sign-on by OpenID Connect', () => {
  let postern: StartedPostern
  let ana: Person
  let wiki: RelyingParty
  let board: RelyingParty
  before(async () => {
    postern = await startPostern()
    ana = await postern.owner()
    wiki = await addTool(ana, 'wiki', { settings: { refreshTokens: true } })
    board = await addTool(ana, 'board')
  })
  after(() => postern[Symbol.asyncDispose]())

  const refuses = (work: Promise<unknown>) => assert.rejects(work, (error: unknown) => error instanceof Error)
  const problem = (url: URL): string => {
    assert.equal(url.origin, postern.origin, url.href)
    return `${url.pathname}${url.search}`
  }
  const token = (form: Record<string, string>): Promise<Response> =>
    fetch(`${postern.origin}/oidc/token`, { method: 'POST', body: new URLSearchParams(form) })

  test('an answer goes to the registered address, letter by letter, and to nothing that looks like it', async () => {
    for (const lookAlike of [
      'http://wiki.localhost:4999/callback/',
      'http://wiki.localhost:4999/callback?x=1',
      'http://wiki.localhost:4999/callback#x',
      'http://wiki.localhost:4998/callback',
      'http://wiki.localhost/callback',
      'http://wiki.localhost.:4999/callback',
      'http://WIKI.localhost:4999/callback',
      'http://wiki.localhost:4999@evil.example/callback',
      'http://wiki.localhost.evil.example:4999/callback',
      'http://wiki.localhost:4999/a/../callback',
      'http://wiki.localhost:4999//callback',
      'http://wiki.localhost:4999/callback%2f',
      'https://wiki.localhost:4999/callback',
      'javascript:alert(1)',
      '//evil.example/callback',
    ]) {
      const { url } = await question(wiki, { redirect_uri: lookAlike })
      assert.match(problem(await led(ana, url)), /^\/-\/authorise\?problem=/, lookAlike)
      const silent = await question(wiki, { redirect_uri: lookAlike, prompt: 'none' })
      assert.match(problem(await led(ana, silent.url)), /^\/-\/authorise\?problem=/, `${lookAlike}, in silence`)
    }
    const twice = await question(wiki)
    twice.url.searchParams.append('redirect_uri', 'https://evil.example/')
    const answered = await led(ana, twice.url)
    assert.deepEqual([answered.host, answered.searchParams.has('code')], ['wiki.localhost:4999', false])
  })

  test('an application cannot be set up to be led astray', async () => {
    for (const bad of [
      'http://wiki.example/callback',
      'https://wiki.example/callback#x',
      'https://*.wiki.example/callback',
      'https://user@wiki.example/callback',
      'https://wiki.example./callback',
      'https://wiki.example:443/callback',
      'https://WIKI.example/callback',
      'https://wiki.example/a/../callback',
      'javascript:alert(1)',
      'com.example.app:/callback',
      'data:text/html,x',
      '/callback',
    ])
      await assert.rejects(
        addTool(ana, 'bad', { settings: { redirectUris: [bad] } }),
        (error: unknown) => error instanceof ApiError && error.status === 422,
        bad,
      )
    for (const inside of [
      'http://127.0.0.1/x',
      'http://169.254.169.254/x',
      'http://[::1]/x',
      'http://2130706433/x',
      'ftp://x.example/',
    ])
      await assert.rejects(
        addTool(ana, 'bad', { settings: { backchannelLogoutUri: inside } }),
        (error: unknown) => error instanceof ApiError && error.status === 422,
        inside,
      )
    await assert.rejects(
      addTool(ana, 'bad', { settings: { keepsSecret: false, pkce: 'optional' } }),
      (error: unknown) => error instanceof ApiError && error.status === 422,
    )
  })

  test('no address of a tool but that of the logout is ever fetched: there is nowhere to say another', async () => {
    const inside = 'http://169.254.169.254/latest/meta-data'
    for (const name of ['jwksUri', 'jwks_uri', 'sectorIdentifierUri', 'requestUris', 'logoUri', 'initiateLoginUri'])
      await assert.rejects(
        addTool(ana, 'bad', { settings: { [name]: name === 'requestUris' ? [inside] : inside } }),
        (error: unknown) => error instanceof ApiError && error.status === 422,
        name,
      )
    for (const path of ['/oidc/reg', '/oidc/register', '/oidc/request'])
      assert.equal((await fetch(`${postern.origin}${path}`, { method: 'POST', body: '{}' })).status, 404, path)
    const said = wiki.config.serverMetadata()
    assert.deepEqual(
      // OpenID Connect Discovery §3: the second is no where it is left out, the first would be yes.
      [said.request_uri_parameter_supported, said.request_parameter_supported, said.registration_endpoint],
      [false, undefined, undefined],
    )
  })

  test('a word of an end goes nowhere inside the house, whatever a name leads to', async () => {
    await using inside = await startReceiver()
    const tool = await addTool(ana, 'ssrf', {
      settings: { backchannelLogoutUri: `http://localhost:${inside.port}/logout` },
    })
    const bo = await postern.join(ana, 'bo')
    await signOnTo(bo, tool)
    await bo.signOut()
    const { database } = postern.postern.ceremonies
    const failed = async () =>
      (await database.read.selectFrom('backchannelLogout').selectAll().execute()).find(({ lastError }) => lastError)
    const row = await until(failed, (found) => found !== undefined)
    assert.match(row?.lastError ?? '', /private address/)
    assert.equal(inside.received.length, 0)
  })

  test('a code is good for its own application, address and verifier, and once', async () => {
    const fresh = async () => {
      const asked = await question(wiki)
      const code = (await led(ana, asked.url)).searchParams.get('code') ?? ''
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: asked.verifier }
      return { form, of: { client_id: wiki.clientId, client_secret: wiki.secret } }
    }
    const { form, of } = await fresh()
    const other = { client_id: board.clientId, client_secret: board.secret }
    const stolen = await token({ ...form, ...other })
    assert.deepEqual([stolen.status, ((await stolen.json()) as { error: string }).error], [400, 'invalid_grant'])
    assert.equal((await token({ ...form, ...of, code_verifier: client.randomPKCECodeVerifier() })).status, 400)
    const { code_verifier: _, ...withoutVerifier } = form
    assert.equal((await token({ ...withoutVerifier, ...of })).status, 400)
    assert.equal((await token({ ...form, ...of, redirect_uri: 'http://wiki.localhost:4999/callback/' })).status, 400)
    assert.equal((await token({ ...form, client_id: wiki.clientId })).status, 401, 'without its secret')
    assert.equal((await token({ ...form, ...of, client_secret: `${wiki.secret}x` })).status, 401)
    assert.equal((await token({ ...form, ...of, client_secret: await hashOf(wiki.clientId) })).status, 401)
    const good = await token({ ...form, ...of })
    assert.equal(good.status, 200)
    const { access_token } = (await good.json()) as { access_token: string }
    assert.equal((await token({ ...form, ...of })).status, 400)
    assert.equal(
      (await client.tokenIntrospection(wiki.config, access_token)).active,
      false,
      'one of both has stolen it',
    )
    const mine = await fresh()
    const answers = await Promise.all([1, 2, 3, 4].map(() => token({ ...mine.form, ...mine.of })))
    assert.ok(answers.filter(({ status }) => status === 200).length <= 1)
  })

  const hashOf = async (applicationId: string): Promise<string> =>
    (
      await postern.postern.ceremonies.database.read
        .selectFrom('openidClient')
        .select('secretHash')
        .where('applicationId', '=', applicationId as never)
        .executeTakeFirstOrThrow()
    ).secretHash ?? ''

  test('without PKCE there is no answer, but for whom it was left out', async () => {
    const asked = await question(wiki)
    asked.url.searchParams.delete('code_challenge')
    asked.url.searchParams.delete('code_challenge_method')
    assert.equal((await led(ana, asked.url)).searchParams.get('error'), 'invalid_request')
    const plain = await question(wiki, { code_challenge_method: 'plain' })
    assert.equal((await led(ana, plain.url)).searchParams.get('error'), 'invalid_request')
    const old = await addTool(ana, 'old', { settings: { pkce: 'optional' } })
    const of = await question(old)
    of.url.searchParams.delete('code_challenge')
    of.url.searchParams.delete('code_challenge_method')
    const back = await led(ana, of.url)
    const { claims } = await client
      .authorizationCodeGrant(old.config, back, { expectedState: of.state, expectedNonce: of.nonce })
      .then((tokens) => ({ claims: tokens.claims() }))
    assert.equal(claims?.['preferred_username'], 'ana')
  })

  test('whoever may leave PKCE out has it as soon as they ask for it, and nobody adds it later', async () => {
    const old = await addTool(ana, 'older', { settings: { pkce: 'optional' } })
    const form = async (asked: Awaited<ReturnType<typeof question>>) => ({
      grant_type: 'authorization_code',
      code: (await led(ana, asked.url)).searchParams.get('code') ?? assert.fail('no code'),
      redirect_uri: redirectUri,
      client_id: old.clientId,
      client_secret: old.secret,
    })
    const refused = async (given: Record<string, string>) => {
      const answer = await token(given)
      assert.deepEqual([answer.status, ((await answer.json()) as { error: string }).error], [400, 'invalid_grant'])
    }
    const withIt = await question(old)
    await refused(await form(withIt))
    await refused({ ...(await form(withIt)), code_verifier: client.randomPKCECodeVerifier() })
    // RFC 9700 §4.8.2: somebody took the challenge out on the way, and the tool would never notice.
    const stripped = await question(old)
    stripped.url.searchParams.delete('code_challenge')
    stripped.url.searchParams.delete('code_challenge_method')
    await refused({ ...(await form(stripped)), code_verifier: stripped.verifier })
    const half = await question(old)
    half.url.searchParams.delete('code_challenge')
    assert.equal((await led(ana, half.url)).searchParams.get('error'), 'invalid_request')
    const plain = await question(old, { code_challenge_method: 'plain' })
    assert.equal((await led(ana, plain.url)).searchParams.get('error'), 'invalid_request')
    const unnamed = await question(old)
    unnamed.url.searchParams.delete('code_challenge_method')
    assert.equal((await led(ana, unnamed.url)).searchParams.get('error'), 'invalid_request')
  })

  test('whose answer it is stands in it, and a library that mixes servers up notices', async () => {
    const asked = await question(wiki)
    const back = await led(ana, asked.url)
    assert.equal(back.searchParams.get('iss'), `${postern.origin}/oidc`)
    const mixed = new URL(back)
    mixed.searchParams.set('iss', 'https://evil.example/oidc')
    await refuses(take(wiki, mixed, asked))
    const missing = new URL(back)
    missing.searchParams.delete('iss')
    await refuses(take(wiki, missing, asked))
    // RFC 9207 §2: in a no as well.
    const no = await led(ana, (await question(wiki, { response_type: 'token' })).url)
    const said = new URLSearchParams(no.search || no.hash.slice(1))
    assert.deepEqual([said.has('error'), said.get('iss')], [true, `${postern.origin}/oidc`])
  })

  test('whoever signs out is led nowhere but where that tool registered, and by nobody who has no token of theirs', async () => {
    const bye = 'http://wiki.localhost:4999/bye'
    const tool = await addTool(ana, 'bye', { settings: { postLogoutRedirectUris: [bye] } })
    const signedOut = (over: 'yes' | 'no') => `/-/signed-out?over=${over}`
    const end = (form: Record<string, string>) =>
      led(ana, `${postern.origin}/oidc/session/end?${new URLSearchParams(form).toString()}`)
    const isOpen = async (held: string) => (await client.tokenIntrospection(tool.config, held)).active
    const { access_token } = await signOnTo(ana, tool)
    const { id_token: others = '' } = await signOnTo(ana, board)
    // A link on any page may lead here: nobody is signed out by it, nor led on.
    for (const form of [
      { client_id: tool.clientId, post_logout_redirect_uri: bye },
      { client_id: tool.clientId, post_logout_redirect_uri: bye, logout_hint: 'ana', id_token_hint: '' },
    ])
      assert.equal(problem(await end(form)), signedOut('no'))
    assert.equal(
      problem(await end({ id_token_hint: others, client_id: tool.clientId, post_logout_redirect_uri: bye })),
      '/-/sign-on?problem=unknown-application',
    )
    assert.equal(problem(await end({ id_token_hint: others, post_logout_redirect_uri: bye })), signedOut('yes'))
    assert.equal(await isOpen(access_token), true, 'the other tool’s token ended that one alone')
    for (const lookAlike of [
      `${bye}/`,
      `${bye}?x=1`,
      `${bye}#x`,
      'http://wiki.localhost:4998/bye',
      'http://WIKI.localhost:4999/bye',
      'http://wiki.localhost.:4999/bye',
      'http://wiki.localhost:4999/a/../bye',
      'http://wiki.localhost:4999@evil.example/bye',
      'https://wiki.localhost:4999/bye',
      redirectUri,
      'javascript:alert(1)',
      '//wiki.localhost:4999/bye',
    ]) {
      const { id_token = '' } = await signOnTo(ana, tool)
      const form = { id_token_hint: id_token, post_logout_redirect_uri: lookAlike, state: 'x' }
      assert.equal(problem(await end(form)), signedOut('yes'), lookAlike)
    }
  })

  test('a tap for one question is none for another, nor in another browser', async () => {
    const bo = await postern.join(ana, 'bea')
    const asked = await question(wiki, { prompt: 'login' })
    const page = await led(bo, asked.url)
    await bo.signIn()
    const { returnTo, outcome } = await standing(bo, page)
    assert.equal(outcome, 'go')
    const other = new URL(returnTo, postern.origin)
    other.searchParams.set('state', 'of-somebody-else')
    assert.equal((await led(bo, other)).pathname, '/-/sign-on', 'another question')
    assert.equal((await led(ana, new URL(returnTo, postern.origin))).pathname, '/-/sign-on', 'another browser')
    const forged = new URL(returnTo, postern.origin)
    forged.searchParams.set('postern_asked', `${(Date.now() - 1).toString(36)}.${'A'.repeat(43)}`)
    assert.equal((await led(bo, forged)).pathname, '/-/sign-on', 'a mark of one’s own')
  })

  test('a session that ends in the middle leads nowhere, and neither does an account', async () => {
    const cleo = await postern.join(ana, 'cleo')
    const asked = await question(wiki)
    const back = await led(cleo, asked.url)
    await ana.act('POST', '/people/cleo/end', { reason: 'left' })
    await refuses(take(wiki, back, asked))
    assert.equal((await led(cleo, (await question(wiki)).url)).pathname, '/-/sign-on')
    const dora = await postern.join(ana, 'dora')
    const of = await question(wiki)
    const open = await led(dora, of.url)
    await dora.signOut()
    await refuses(take(wiki, open, of))
  })

  test('a yes is given on our own page, to its own question, by whom it is about', async () => {
    const other = await addTool(ana, 'third', { settings: { isThirdParty: true } })
    const page = await led(ana, (await question(other)).url)
    const { returnTo } = await standing(ana, page)
    const foreign = await ana.fetch('POST', '/sign-on/consent', { returnTo }, { origin: 'https://evil.example' })
    assert.equal(foreign.status, 403)
    const crossSite = await ana.fetch('POST', '/sign-on/consent', { returnTo }, { 'sec-fetch-site': 'cross-site' })
    assert.equal(crossSite.status, 403)
    for (const astray of ['https://evil.example/oidc/auth', '//evil.example/oidc/auth', '/-/sign-in', '/oidc/authx'])
      await assert.rejects(
        ana.call('POST', '/sign-on/consent', { returnTo: astray }),
        (error: unknown) => error instanceof ApiError && error.status === 404,
        astray,
      )
    const lured = new URL(returnTo, postern.origin)
    lured.searchParams.set('redirect_uri', 'https://evil.example/')
    await assert.rejects(ana.call('POST', '/sign-on/refusal', { returnTo: `${lured.pathname}${lured.search}` }))
    assert.equal((await standing(ana, page)).outcome, 'consent')
  })

  test('nobody else’s tool learns by single claims what its person did not say yes to', async () => {
    const nosy = await addTool(ana, 'nosy', { settings: { isThirdParty: true } })
    const claims = JSON.stringify({ id_token: { email: null, name: null }, userinfo: { email: { essential: true } } })
    const asked = await question(nosy, { scope: 'openid', claims })
    const page = await led(ana, asked.url)
    const { scopes, returnTo } = await standing(ana, page)
    assert.deepEqual(scopes, ['openid'])
    await ana.call('POST', '/sign-on/consent', { returnTo })
    const tokens = await take(nosy, await led(ana, `${postern.origin}${returnTo}`), asked)
    const who = await client.fetchUserInfo(nosy.config, tokens.access_token, client.skipSubjectCheck)
    for (const told of [tokens.claims(), who])
      assert.deepEqual([told?.['name'], told?.['email']], [undefined, undefined])
  })

  test('nobody else’s tool is told groups that nobody had said yes to', async () => {
    const redirectUris = [redirectUri]
    const tool = await addTool(ana, 'grouped', { settings: { isThirdParty: true } })
    const open = await standing(ana, await led(ana, (await question(tool)).url))
    await ana.call('POST', '/sign-on/consent', { returnTo: open.returnTo })
    await ana.act('PATCH', '/applications/grouped', { settings: { redirectUris, isThirdParty: true, groups: 'all' } })
    const { outcome, scopes } = await standing(ana, await led(ana, (await question(tool)).url))
    assert.deepEqual([outcome, scopes], ['consent', ['openid', 'profile', 'email', 'groups']])
  })

  test('whoever is let in to nothing fills no ledger by asking again and again', async () => {
    await ana.act('POST', '/groups', { name: 'vaulters', description: '' })
    const closed = { audience: 'groups', groups: ['vaulters'], settings: { deviceFlow: true } }
    const vault = await addTool(ana, 'vault', closed)
    const nina = await postern.join(ana, 'nina')
    const noted = async () =>
      (await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=application.refused')).items.filter(
        ({ sentence }) => sentence.startsWith('Nina Example was not let in to Vault'),
      ).length
    for (let count = 0; count < 5; count += 1) {
      assert.equal((await standing(nina, await led(nina, (await question(vault)).url))).outcome, 'deny')
      await led(nina, (await question(vault, { prompt: 'none' })).url)
      const { user_code: userCode } = await client.initiateDeviceAuthorization(vault.config, { scope: 'openid' })
      await assert.rejects(nina.call('POST', '/device-authorisations/find', { userCode }), { status: 403 })
    }
    assert.equal(await noted(), 1, 'seen, and once')
  })

  test('an app on people’s own devices is answered at an address of its own', async () => {
    const app = 'com.example.app:/callback'
    const tool = await addTool(ana, 'app', { settings: { keepsSecret: false, redirectUris: [app] } })
    const back = await led(ana, (await question(tool, { redirect_uri: app })).url)
    assert.ok(back.href.startsWith(`${app}?code=`), back.href)
  })

  test('tokens are seen by their own application alone, and nobody asks without a secret', async () => {
    const { access_token, refresh_token = '' } = await signOnTo(ana, wiki)
    assert.equal((await client.tokenIntrospection(board.config, access_token)).active, false)
    await client.tokenRevocation(board.config, access_token).catch(() => {})
    assert.equal((await client.tokenIntrospection(wiki.config, access_token)).active, true)
    await refuses(client.refreshTokenGrant(board.config, refresh_token))
    const open = await fetch(`${postern.origin}/oidc/token/introspection`, {
      method: 'POST',
      body: new URLSearchParams({ token: access_token, client_id: 'git-credential-oauth' }),
    })
    assert.deepEqual(await open.json(), { active: false })
    assert.equal((await fetch(`${postern.origin}/oidc/userinfo`)).status, 401)
    const guessed = await fetch(`${postern.origin}/oidc/userinfo`, { headers: { authorization: 'Bearer guessed' } })
    assert.equal(guessed.status, 401)
  })

  test('somebody else’s address is told to nobody, nor one that nobody has shown to be theirs', async () => {
    const { database } = postern.postern.ceremonies
    const { id } = await ana.call<{ id: string }>('GET', '/me')
    const told = async () => (await signOnTo(ana, wiki)).claims()
    const mark = (at: number | null) =>
      database.write((tx) =>
        tx
          .updateTable('user')
          .set({ emailVerifiedAt: at })
          .where('id', '=', id as never)
          .execute(),
      )
    await mark(null)
    assert.deepEqual([(await told())?.['email'], (await told())?.['email_verified']], [undefined, undefined])
    await mark(Date.now())
    assert.deepEqual([(await told())?.['email'], (await told())?.['email_verified']], ['ana@example.com', true])
  })

  test('what is huge or odd is refused, and harms nothing', async () => {
    for (const parameters of [
      { state: 'x'.repeat(3_000) },
      { claims: 'x'.repeat(3_000) },
      { nonce: 'x'.repeat(7_000) },
      { scope: 'x'.repeat(600) },
    ])
      assert.equal(
        problem(await led(ana, (await question(wiki, parameters)).url)),
        '/-/authorise?problem=invalid_request',
      )
    for (const parameters of [
      { claims: '{' },
      { claims: '[]' },
      { max_age: '-1' },
      { prompt: 'none login' },
      { response_type: 'token' },
      { request: 'x.y.z' },
      { request_uri: 'http://127.0.0.1/x' },
      { registration: '{}' },
      { id_token_hint: 'x.y.z' },
    ] as Record<string, string>[]) {
      const back = await led(ana, (await question(wiki, parameters)).url)
      assert.match(`${back.search}${back.hash}`, /[?#&]error=/, JSON.stringify(parameters))
      assert.doesNotMatch(`${back.search}${back.hash}`, /[?#&](code|access_token)=/)
    }
    const form = await fetch(`${postern.origin}/oidc/auth`, {
      method: 'POST',
      redirect: 'manual',
      body: (await question(wiki)).url.searchParams,
    })
    assert.match(form.headers.get('location') ?? '', /^\/oidc\/auth\?/, 'a form is asked again by address')
  })

  test('somebody else than the tool expects is not told as the expected one', async () => {
    const { id_token = '' } = await signOnTo(ana, wiki)
    const eve = await postern.join(ana, 'eve')
    const hinted = await led(eve, (await question(wiki, { id_token_hint: id_token })).url)
    assert.equal(hinted.searchParams.get('error'), 'login_required')
    const claims = JSON.stringify({ id_token: { sub: { value: 'usr_somebody' } } })
    assert.equal((await led(eve, (await question(wiki, { claims })).url)).searchParams.get('error'), 'login_required')
  })

  test('a guest is let in to what is open to guests alone', async () => {
    const gus = await postern.join(ana, 'gus', 'guest')
    const inside = await addTool(ana, 'inside', { audience: 'members' })
    assert.equal((await standing(gus, await led(gus, (await question(inside)).url))).outcome, 'deny')
    assert.equal((await signOnTo(gus, wiki)).claims()?.['preferred_username'], 'gus')
    const { access_token } = await signOnTo(gus, wiki)
    await ana.act('PATCH', '/applications/wiki', { audience: 'members' })
    assert.equal((await client.tokenIntrospection(wiki.config, access_token)).active, false, 'at once')
  })
})
