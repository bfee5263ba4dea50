import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import type { Person } from '../src/walk/person.ts'
import { ask, authorise, letIn, open, Program } from './support/oauth.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`OAuth on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person

    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    test('a program is let in by a tap, and gets a token of an hour', async () => {
      const program = new Program(postern.origin)
      const uid = await ask(ana, program.authUrl())
      const asked = await ana.call<Record<string, unknown>>('GET', `/authorisations/${uid}`)
      assert.equal(asked['program'], 'git-credential-oauth')
      assert.deepEqual(asked['scopes'], ['repository:read', 'repository:write'])
      assert.equal(asked['isFromHere'], true)
      assert.equal(asked['goesBackTo'], '127.0.0.1:54321')
      const back = await authorise(ana, uid)
      assert.equal(back.origin, program.redirectUri)
      assert.equal(back.searchParams.get('state'), program.state)
      assert.equal(back.searchParams.get('iss'), `${postern.origin}/oidc`)
      const tokens = await program.exchange(back.searchParams.get('code') ?? '')
      assert.match(tokens.access_token, /^pst_oat_[\w-]{43}[0-9a-f]{8}$/)
      assert.match(tokens.refresh_token, /^pst_ort_[\w-]{43}[0-9a-f]{8}$/)
      assert.equal(tokens.expires_in, 3600)
      assert.equal(tokens.scope, 'repository:read repository:write')
      assert.equal(tokens.token_type, 'Bearer')
      const { items } = await ana.call<{ items: Record<string, unknown>[] }>('GET', '/me/programs')
      assert.equal(items[0]?.['program'], 'git-credential-oauth')
    })

    test('git clones and pushes with it, under any user name, and never more than was given', async () => {
      await ana.call('POST', '/projects', { name: 'work', description: '' })
      for (const name of ['one', 'two'])
        await ana.call('POST', '/projects/work/repositories', { name, description: '', visibility: 'private' })
      const { id } = await ana.call<{ id: string }>('GET', '/projects/work/repositories/one')
      const tokens = await letIn(ana, undefined, { scope: 'repository:read', repositoryIds: [id] })
      const advertise = (repository: string, service: string, user = 'oauth2') =>
        fetch(`${postern.origin}/work/${repository}.git/info/refs?service=${service}`, {
          headers: { authorization: `Basic ${Buffer.from(`${user}:${tokens.access_token}`).toString('base64')}` },
        })
      assert.equal((await advertise('one', 'git-upload-pack')).status, 200)
      assert.equal((await advertise('one', 'git-upload-pack', 'ana')).status, 200)
      assert.equal((await advertise('one', 'git-receive-pack')).status, 403)
      assert.equal((await advertise('two', 'git-upload-pack')).status, 404)
      const list = await fetch(`${postern.origin}/api/v1/repositories`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      })
      const { items } = (await list.json()) as { items: { name: string }[] }
      assert.deepEqual(
        items.map(({ name }) => name),
        ['one'],
      )
      const refused = await fetch(`${postern.origin}/work/one.git/info/refs?service=git-upload-pack`, {
        headers: { authorization: `Basic ${Buffer.from('oauth2:pst_oat_nothing').toString('base64')}` },
      })
      assert.equal(refused.status, 401)
      assert.match(refused.headers.get('www-authenticate') ?? '', /^Basic /)
    })

    test('a refresh token is good once, and brings the next', async () => {
      const program = new Program(postern.origin)
      const tokens = await letIn(ana, program)
      const renewed = await program.refresh(tokens.refresh_token)
      assert.equal(renewed.status, 200)
      const next = (await renewed.json()) as { access_token: string; refresh_token: string }
      assert.notEqual(next.refresh_token, tokens.refresh_token)
      assert.equal(await statusOf(next.access_token), 200)
    })

    test('what a person ends is refused at once, its refresh token as well', async () => {
      const program = new Program(postern.origin)
      const tokens = await letIn(ana, program)
      const { items } = await ana.call<{ items: { id: string }[] }>('GET', '/me/programs')
      await ana.act('DELETE', `/me/programs/${items[0]?.id}`)
      assert.equal(await statusOf(tokens.access_token), 401)
      assert.equal((await program.refresh(tokens.refresh_token)).status, 400)
    })

    test('a program gives back what it has: the whole grant ends', async () => {
      const program = new Program(postern.origin)
      const tokens = await letIn(ana, program)
      const given = { client_id: program.clientId, token: tokens.refresh_token, token_type_hint: 'refresh_token' }
      assert.equal((await program.post('/token/revocation', given)).status, 200)
      assert.equal(await statusOf(tokens.access_token), 401)
    })

    test('an identity token says when and how strongly somebody tapped', async () => {
      const program = new Program(postern.origin)
      const { id_token = '' } = await letIn(ana, program, { scope: 'openid repository:read' })
      const keys = createRemoteJWKSet(new URL('/oidc/jwks', postern.origin))
      const { payload } = await jwtVerify(id_token, keys, {
        issuer: `${postern.origin}/oidc`,
        audience: program.clientId,
      })
      assert.equal(payload['acr'], 'phr')
      assert.deepEqual(payload['amr'], ['user', 'pop'])
      assert.ok(Math.abs(Date.now() / 1000 - Number(payload['auth_time'])) < 60)
    })

    test('a device is let in by a code that its person types, and that names where it asks from', async () => {
      const program = new Program(postern.origin, 'git-credential-manager')
      const begun = await program.post(
        '/device/auth',
        { client_id: program.clientId, scope: 'repository:read' },
        { 'user-agent': 'git-credential-manager' },
      )
      const said = (await begun.json()) as Record<string, string>
      const { device_code, user_code, verification_uri, expires_in } = said
      assert.match(user_code ?? '', /^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/)
      assert.equal(expires_in, 600)
      assert.equal(said['verification_uri_complete'], undefined, 'a code is typed, and stands in no link')
      for (const link of [verification_uri ?? '', `${verification_uri}?user_code=${user_code}`])
        assert.equal((await open(ana, link)).headers.get('location'), '/-/device')
      const poll = () =>
        program.post('/token', {
          grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
          client_id: program.clientId,
          device_code: device_code ?? '',
        })
      assert.equal(((await (await poll()).json()) as { error: string }).error, 'authorization_pending')
      const typed = { userCode: (user_code ?? '').toLowerCase().replace('-', ' ') }
      const asked = await ana.call<Record<string, unknown>>('POST', '/device-authorisations/find', typed)
      assert.equal(asked['via'], 'device')
      assert.equal(asked['askedFrom'], '127.0.0.1')
      assert.equal(asked['userAgent'], 'git-credential-manager')
      await ana.act('POST', '/device-authorisations', { ...typed, repositoryIds: null })
      const answer = await poll()
      assert.equal(answer.status, 200)
      const { access_token } = (await answer.json()) as { access_token: string }
      assert.equal(await statusOf(access_token), 200)
    })

    test('refused in the browser, the program is told so, and nothing is let in', async () => {
      const program = new Program(postern.origin)
      const uid = await ask(ana, program.authUrl())
      const { returnTo } = await ana.call<{ returnTo: string }>('POST', `/authorisations/${uid}/refusal`, {})
      const back = new URL((await open(ana, `${postern.origin}${returnTo}`)).headers.get('location') ?? '')
      assert.equal(back.origin, program.redirectUri)
      assert.equal(back.searchParams.get('error'), 'access_denied')
    })

    test('discovery says no more than is answered', async () => {
      for (const path of [
        '/oidc/.well-known/openid-configuration',
        '/oidc/.well-known/oauth-authorization-server',
        '/.well-known/oauth-authorization-server/oidc',
      ]) {
        const said = (await (await fetch(`${postern.origin}${path}`)).json()) as Record<string, unknown>
        assert.equal(said['issuer'], `${postern.origin}/oidc`)
        assert.deepEqual(said['response_types_supported'], ['code'])
        assert.deepEqual(said['response_modes_supported'], ['query'])
        assert.deepEqual(said['code_challenge_methods_supported'], ['S256'])
        const methods = ['none', 'client_secret_basic', 'client_secret_post']
        assert.deepEqual(said['token_endpoint_auth_methods_supported'], methods)
        assert.deepEqual(
          Object.keys(said).filter((name) => /registration|pushed|dpop|encryption/.test(name)),
          [],
        )
        for (const [name, url] of Object.entries(said))
          if (name.endsWith('_endpoint') || name === 'jwks_uri')
            assert.match(String(url), new RegExp(`^${postern.origin}/oidc/`))
      }
    })

    test('one file sets git up', async () => {
      const file = await fetch(`${postern.origin}/.gitconfig`)
      assert.equal(file.status, 200)
      assert.match(file.headers.get('content-type') ?? '', /^text\/plain/)
      assert.match(await file.text(), new RegExp(`\\[credential "${postern.origin}"\\]`))
    })

    /** Of a request for git with this token. */
    async function statusOf(token: string): Promise<number> {
      const { status } = await fetch(`${postern.origin}/api/v1/repositories`, {
        headers: { authorization: `Bearer ${token}` },
      })
      return status
    }
  })
