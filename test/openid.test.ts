import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { ApiError, Person } from '../src/walk/person.ts'
import { beginSignIn, finishSignIn } from './support/ceremony.ts'
import { readPolicy, setRules } from './support/guardrails.ts'
import { until } from './support/git-remote.ts'
import { importMetadata, makeMaker } from './support/metadata.ts'
import { addMover, byPassword, permission } from './support/passwords.ts'
import { startReceiver } from './support/receiver.ts'
import { addTool, led, question, type RelyingParty, signOnTo, standing, take } from './support/relying-party.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

for (const store of eitherStore)
  describe(`applications by OpenID Connect on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let wiki: RelyingParty
    let ahead = 0
    before(async () => {
      const flags = [...(await store.flags()), '--outbound-allow', '127.0.0.1']
      postern = await startPostern({ flags, now: () => Date.now() + ahead })
      ana = await postern.owner()
      wiki = await addTool(ana, 'wiki', { settings: { refreshTokens: true, groups: 'all' } })
    })
    after(() => postern[Symbol.asyncDispose]())

    const isActive = async (tool: RelyingParty, token: string): Promise<boolean> =>
      (await client.tokenIntrospection(tool.config, token)).active
    /** In somebody's browser, with whichever key is held to it. */
    const tapWith = async (person: Person, key: SoftwareAuthenticator): Promise<void> => {
      const { ceremonyId, publicKey } = await beginSignIn(person)
      await finishSignIn(person, ceremonyId, key.get(publicKey, postern.origin))
    }

    test('whoever is signed in goes straight on, and the tool learns who it is and how that was proven', async () => {
      const before = Date.now()
      const tokens = await signOnTo(ana, wiki)
      const claims = tokens.claims()
      assert.equal(claims?.['preferred_username'], 'ana')
      assert.equal(claims?.['name'], 'Ana Example')
      assert.equal(claims?.['acr'], 'phr')
      assert.deepEqual(claims?.['amr'], ['user', 'pop'])
      assert.deepEqual(claims?.['groups'], [])
      assert.match(claims?.['sid'] as string, /^gra_/)
      assert.ok(Math.abs(Number(claims?.['auth_time']) - before / 1000) < 60)
      const who = await client.fetchUserInfo(wiki.config, tokens.access_token, claims?.sub ?? '')
      assert.equal(who.preferred_username, 'ana')
      const known = await client.tokenIntrospection(wiki.config, tokens.access_token)
      assert.deepEqual([known.active, known.sub], [true, claims?.sub])
      const again = await signOnTo(ana, wiki)
      assert.equal(again.claims()?.['sid'], claims?.['sid'], 'one sign-on of each session and application')
      const git = await fetch(`${postern.origin}/api/v1/repositories`, {
        headers: { authorization: `Bearer ${tokens.access_token}` },
      })
      assert.equal(git.status, 401, 'what a tool was given lets it in to nothing here')
      const { leaf } = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select('leaf')
        .where('action', '=', 'application.opened')
        .executeTakeFirstOrThrow()
      const { decision } = JSON.parse(leaf) as { decision: Record<string, unknown> }
      assert.deepEqual(
        ['act', 'outcome', 'application', 'username', 'strength'].map((name) => decision[name]),
        ['application.use', 'allow', 'wiki', 'ana', 'device-bound'],
      )
      const { items } = await ana.call<{ items: { program: string; isApplication: boolean }[] }>('GET', '/me/programs')
      assert.deepEqual([items[0]?.program, items[0]?.isApplication], ['Wiki', true])
    })

    test('discovery tells the truth: what it names is answered', async () => {
      const said = wiki.config.serverMetadata()
      for (const prompt of said['prompt_values_supported'] as string[]) {
        const { search } = await led(ana, (await question(wiki, { prompt })).url)
        assert.doesNotMatch(search, /error=/, prompt)
      }
      const own = ['openid', 'profile', 'email', 'offline_access']
      assert.deepEqual(said.scopes_supported?.slice(0, 4), own)
      assert.equal((await signOnTo(ana, wiki, { scope: own.join(' ') })).claims()?.['name'], 'Ana Example')
      assert.deepEqual(said.acr_values_supported, ['phr', 'phrh'])
      assert.equal(said.claims_parameter_supported, true)
      // An address that nobody has confirmed is told to nobody.
      const asked = (said.claims_supported ?? []).filter((claim) => !claim.startsWith('email'))
      const wanted = Object.fromEntries(asked.map((claim) => [claim, null]))
      const claims = JSON.stringify({ id_token: wanted, userinfo: wanted })
      const tokens = await signOnTo(ana, wiki, { scope: 'openid', claims })
      for (const claim of asked) assert.ok(tokens.claims()?.[claim] !== undefined, claim)
      const who = await client.fetchUserInfo(wiki.config, tokens.access_token, tokens.claims()?.sub ?? '')
      assert.equal(who['name'], 'Ana Example', 'asked for by itself, without its scope')
    })

    test('a stranger signs in first, and is asked nothing where nobody may be', async () => {
      const bo = await postern.join(ana, 'bo')
      await bo.signOut()
      const asked = await question(wiki)
      const page = await led(bo, asked.url)
      assert.equal(page.pathname, '/-/sign-on')
      await bo.signIn()
      const { outcome, returnTo } = await standing(bo, page)
      assert.equal(outcome, 'go')
      const back = await led(bo, `${postern.origin}${returnTo}`)
      assert.equal((await take(wiki, back, asked)).claims()?.['name'], 'Bo Example')
      await bo.signOut()
      const silent = await led(bo, (await question(wiki, { prompt: 'none' })).url)
      assert.equal(silent.searchParams.get('error'), 'login_required')
      assert.equal(silent.searchParams.get('iss'), `${postern.origin}/oidc`)
    })

    test('a tool that asks for a new tap gets one, and says so', async () => {
      const bo = await postern.join(ana, 'ben')
      for (const parameters of [{ prompt: 'login' }, { max_age: '0' }, { max_age: '30' }] as Record<string, string>[]) {
        ahead += 40_000
        const asked = await question(wiki, parameters)
        const page = await led(bo, asked.url)
        const missing = await standing(bo, page)
        assert.equal(missing.outcome, 'fresh-tap', JSON.stringify(parameters))
        assert.match(missing.sentence ?? '', /Wiki asks/)
        const silent = await led(bo, (await question(wiki, { max_age: '30', prompt: 'none' })).url)
        assert.equal(silent.searchParams.get('error'), 'login_required')
        await bo.signIn()
        const { outcome, returnTo } = await standing(bo, page)
        assert.equal(outcome, 'go')
        const back = await led(bo, `${postern.origin}${returnTo}`)
        assert.ok(back.searchParams.has('code'), `${JSON.stringify(parameters)}: ${back.href}`)
        const tokens = await take(wiki, back, asked)
        assert.ok(Math.abs(Number(tokens.claims()?.['auth_time']) - (Date.now() + ahead) / 1000) < 30)
      }
      const still = await signOnTo(bo, wiki, { max_age: '600' })
      assert.equal(still.claims()?.['acr'], 'phr')
      ahead = 0
    })

    const essential = (acr: object) => JSON.stringify({ id_token: { acr: { essential: true, ...acr } } })

    test('what no key of theirs can prove is said to the tool, and what is proven already is asked for no more', async () => {
      for (const parameters of [
        { acr_values: 'phrh' },
        { claims: essential({ value: 'phrh' }) },
        { claims: essential({ values: ['urn:example:gold'] }) },
      ]) {
        const back = await led(ana, (await question(wiki, parameters)).url)
        assert.equal(back.searchParams.get('error'), 'unmet_authentication_requirements', JSON.stringify(parameters))
      }
      for (const parameters of [
        { acr_values: 'phrh phr' },
        { acr_values: 'phr' },
        { claims: essential({ value: 'phr' }) },
      ])
        assert.equal((await signOnTo(ana, wiki, parameters)).claims()?.['acr'], 'phr')
    })

    test('a hardware key is asked for where somebody has one, and each key is called what it is', async () => {
      const maker = makeMaker({ aaguid: '0a1b2c3d-0000-4000-8000-000000000003', name: 'Good key' })
      await importMetadata(postern, [maker])
      const hal = await postern.join(ana, 'hal')
      const said = async () => {
        const claims = (await signOnTo(hal, wiki)).claims()
        return [claims?.['acr'], claims?.['amr']]
      }
      // Capped since it came by a link; it says all the same that it cannot be copied.
      assert.deepEqual(await said(), ['phr', ['user', 'pop']])
      const { items } = await ana.call<{ items: { username: string; unendorsed: { id: string }[] }[] }>(
        'GET',
        '/people',
      )
      const [own] = items.find(({ username }) => username === 'hal')?.unendorsed ?? []
      await ana.act('POST', `/people/hal/credentials/${own?.id}/endorse`, {})
      const phone = new SoftwareAuthenticator({ backupEligible: true, backupState: true })
      const drawer = new SoftwareAuthenticator({ attest: maker.attester })
      await hal.addPasskey(phone, 'phone')
      await hal.addPasskey(drawer, 'in the drawer')
      for (const parameters of [
        { acr_values: 'phrh' },
        { claims: essential({ value: 'phrh' }) },
        { claims: essential({ values: ['urn:example:gold', 'phrh'] }) },
      ]) {
        await tapWith(hal, phone)
        assert.deepEqual(await said(), ['phr', ['swk', 'user', 'pop']])
        const silent = await led(hal, (await question(wiki, { ...parameters, prompt: 'none' })).url)
        assert.equal(silent.searchParams.get('error'), 'login_required', JSON.stringify(parameters))
        const asked = await question(wiki, parameters)
        const page = await led(hal, asked.url)
        await tapWith(hal, phone)
        const missing = await standing(hal, page)
        assert.deepEqual([missing.outcome, missing.hasKey], ['stronger-key', true], 'no tap with the same key helps')
        assert.equal((await led(hal, `${postern.origin}${missing.returnTo}`)).pathname, '/-/sign-on')
        await tapWith(hal, drawer)
        const { outcome, returnTo } = await standing(hal, page)
        assert.equal(outcome, 'go')
        const tokens = await take(wiki, await led(hal, `${postern.origin}${returnTo}`), asked)
        assert.deepEqual([tokens.claims()?.['acr'], tokens.claims()?.['amr']], ['phrh', ['hwk', 'user', 'pop']])
      }
    })

    test('nobody opens a tool by a password, and a tool that asks for a passkey of whoever has none is told so', async () => {
      await ana.act('POST', '/groups', { name: 'movers', description: '' })
      const { rules } = (await readPolicy(ana)).policy
      await setRules(ana, [...rules, permission(Date.now() + 86_400_000)])
      await addMover(postern, ana, 'max')
      const max = await byPassword(postern, 'max')
      await max.call('GET', '/projects')
      const missing = await standing(max, await led(max, (await question(wiki)).url))
      assert.deepEqual([missing.outcome, missing.hasKey], ['stronger-key', false])
      assert.match(missing.sentence ?? '', /^To open Wiki you need a passkey/)
      for (const parameters of [{ acr_values: 'phr' }, { claims: essential({ value: 'phr' }) }] as object[]) {
        const { searchParams } = await led(max, (await question(wiki, { ...parameters })).url)
        assert.equal(searchParams.get('error'), 'unmet_authentication_requirements', JSON.stringify(parameters))
      }
      const silent = await led(max, (await question(wiki, { prompt: 'none' })).url)
      assert.equal(silent.searchParams.get('error'), 'login_required')
      await setRules(ana, rules)
    })

    test('a tool is told of the groups that it was set up to know: all, those it is open to, or none', async () => {
      const gina = await postern.join(ana, 'gina')
      for (const name of ['cooks', 'eaters']) {
        await ana.act('POST', '/groups', { name, description: '' })
        await ana.act('PUT', `/groups/${name}/members/gina`)
      }
      const told = async (slug: string, groups: string) => {
        const tool = await addTool(ana, slug, { audience: 'groups', groups: ['cooks'], settings: { groups } })
        const tokens = await signOnTo(gina, tool)
        const who = await client.fetchUserInfo(tool.config, tokens.access_token, tokens.claims()?.sub ?? '')
        assert.deepEqual(who['groups'], tokens.claims()?.['groups'])
        return who['groups']
      }
      assert.deepEqual(await told('kitchen', 'all'), ['cooks', 'eaters'])
      assert.deepEqual(await told('larder', 'audience'), ['cooks'])
      assert.equal(await told('cellar', 'none'), undefined)
    })

    test('a rule and an audience keep people out, with a sentence; the rules of today hold for each question', async () => {
      const carla = await postern.join(ana, 'carla')
      await ana.act('POST', '/groups', { name: 'writers', description: '' })
      const board = await addTool(ana, 'board', { audience: 'groups', groups: ['writers'] })
      const denied = await standing(carla, await led(carla, (await question(board)).url))
      assert.equal(denied.outcome, 'deny')
      assert.match(denied.sentence ?? '', /Board is not open to you/)
      const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=application.refused')
      assert.match(items[0]?.sentence ?? '', /^Carla Example was not let in to Board/)
      const vault = await addTool(ana, 'vault', { strength: 'attested' })
      const weak = await standing(carla, await led(carla, (await question(vault)).url))
      assert.deepEqual([weak.outcome, weak.hasKey], ['stronger-key', false])
      assert.match(weak.sentence ?? '', /^To open Vault you need a hardware key/)
      const silent = await led(carla, (await question(board, { prompt: 'none' })).url)
      assert.equal(silent.searchParams.get('error'), 'login_required', 'a tool is not told that somebody is there')
      const { rules } = (await readPolicy(ana)).policy
      await setRules(ana, [
        ...rules,
        {
          id: 'wiki-hardware',
          title: 'The wiki takes a security key',
          mode: 'enforce',
          who: ['everyone'],
          does: ['application.use'],
          where: { applications: ['wiki'] },
          requires: { strength: 'attested' },
        },
      ])
      const missing = await standing(carla, await led(carla, (await question(wiki)).url))
      assert.deepEqual([missing.outcome, missing.hasKey], ['stronger-key', false])
      await setRules(ana, rules)
    })

    test('somebody else’s tool is told nothing before its person said yes, and the yes lasts with the session', async () => {
      const other = await addTool(ana, 'other', { settings: { isThirdParty: true } })
      const asked = await question(other, { scope: 'openid profile' })
      const page = await led(ana, asked.url)
      const open = await standing(ana, page)
      assert.deepEqual([open.outcome, open.scopes], ['consent', ['openid', 'profile']])
      const no = await ana.call<{ returnTo: string }>('POST', '/sign-on/refusal', { returnTo: open.returnTo })
      assert.equal(new URL(no.returnTo).searchParams.get('error'), 'access_denied')
      assert.equal((await standing(ana, page)).outcome, 'consent', 'a no is forgotten')
      const yes = await ana.call<{ returnTo: string }>('POST', '/sign-on/consent', { returnTo: open.returnTo })
      const tokens = await take(other, await led(ana, `${postern.origin}${yes.returnTo}`), asked)
      assert.equal(tokens.claims()?.['name'], 'Ana Example')
      assert.equal((await signOnTo(ana, other, { scope: 'openid profile' })).claims()?.['name'], 'Ana Example')
      const more = await standing(ana, await led(ana, (await question(other)).url))
      assert.equal(more.outcome, 'consent', 'it asks for more than before')
      await ana.signOut()
      await ana.signIn()
      const anew = await standing(ana, await led(ana, (await question(other, { scope: 'openid profile' })).url))
      assert.equal(anew.outcome, 'consent')
    })

    test('a tool that wants its person to be asked has them asked, each time anew', async () => {
      const wants = { prompt: 'consent' }
      const asked = await question(wiki, wants)
      const page = await led(ana, asked.url)
      const open = await standing(ana, page)
      assert.deepEqual([open.outcome, open.scopes], ['consent', ['openid', 'profile', 'email', 'groups']])
      assert.equal((await led(ana, `${postern.origin}${open.returnTo}`)).pathname, '/-/sign-on', 'a link is no yes')
      const yes = await ana.call<{ returnTo: string }>('POST', '/sign-on/consent', { returnTo: open.returnTo })
      const back = await led(ana, `${postern.origin}${yes.returnTo}`)
      assert.equal((await take(wiki, back, asked)).claims()?.['preferred_username'], 'ana')
      const other = new URL(yes.returnTo, postern.origin)
      other.searchParams.set('state', 'of-another-question')
      assert.equal((await led(ana, other)).pathname, '/-/sign-on', 'a yes is for its own question')
      const bea = await postern.join(ana, 'bea')
      assert.equal((await led(bea, `${postern.origin}${yes.returnTo}`)).pathname, '/-/sign-on', 'and its own person')
      const vic = await postern.join(ana, 'vic')
      const { returnTo } = await standing(vic, await led(vic, (await question(wiki, wants)).url))
      const theirs = await vic.call<{ returnTo: string }>('POST', '/sign-on/consent', { returnTo })
      await tapWith(vic, bea.authenticator)
      const seen = await led(vic, `${postern.origin}${theirs.returnTo}`)
      assert.equal(seen.pathname, '/-/sign-on', 'whoever sits there next has not said it')
      const again = await standing(ana, await led(ana, (await question(wiki, wants)).url))
      assert.equal(again.outcome, 'consent')
      const both = await question(wiki, { prompt: 'login consent' })
      const first = await led(ana, both.url)
      assert.equal((await standing(ana, first)).outcome, 'fresh-tap')
      await ana.signIn()
      assert.equal((await standing(ana, first)).outcome, 'consent')
    })

    test('a device is signed on by a code where the application says so, as its person may', async () => {
      await ana.act('POST', '/groups', { name: 'viewers', description: '' })
      const tv = await addTool(ana, 'screens', {
        audience: 'groups',
        groups: ['viewers'],
        settings: { deviceFlow: true, refreshTokens: true },
      })
      const refusedOf = (error: unknown) => (error instanceof client.ResponseBodyError ? error.error : String(error))
      const scope = 'openid profile offline_access'
      assert.equal(
        await client.initiateDeviceAuthorization(wiki.config, { scope }).then(() => 'let in', refusedOf),
        'invalid_request',
      )
      const begun = await client.initiateDeviceAuthorization(tv.config, { scope })
      const typed = { userCode: begun.user_code.toLowerCase(), repositoryIds: null }
      const code = { userCode: typed.userCode }
      const vera = await postern.join(ana, 'vera')
      for (const work of [
        vera.call('POST', '/device-authorisations/find', code),
        vera.act('POST', '/device-authorisations', typed),
      ])
        await assert.rejects(work, (error) => error instanceof ApiError && /not open to you/.test(error.problem.title))
      await ana.act('PUT', '/groups/viewers/members/vera')
      const asked = await vera.call<Record<string, unknown>>('POST', '/device-authorisations/find', code)
      assert.deepEqual([asked['program'], asked['learns'], asked['scopes']], ['Screens', ['openid', 'profile'], []])
      await vera.act('POST', '/device-authorisations', typed)
      const tokens = await client.pollDeviceAuthorizationGrant(tv.config, { ...begun, interval: 0 })
      const claims = tokens.claims()
      assert.deepEqual([claims?.['preferred_username'], claims?.['acr']], ['vera', 'phr'])
      assert.match(claims?.['sid'] as string, /^gra_/)
      assert.ok(Math.abs(Number(claims?.['auth_time']) - Date.now() / 1000) < 60)
      const next = await client.refreshTokenGrant(tv.config, tokens.refresh_token ?? '')
      assert.equal(await isActive(tv, next.access_token), true)
      await assert.rejects(vera.call('POST', '/device-authorisations/find', code), 'a code is good once')
      const no = await client.initiateDeviceAuthorization(tv.config, { scope })
      await vera.call('POST', '/device-authorisations/refusal', { userCode: no.user_code })
      assert.equal(
        await client.pollDeviceAuthorizationGrant(tv.config, { ...no, interval: 0 }).catch(refusedOf),
        'access_denied',
      )
      const late = await client.initiateDeviceAuthorization(tv.config, { scope })
      const { rules } = (await readPolicy(ana)).policy
      await setRules(ana, [
        ...rules,
        {
          id: 'screens-hardware',
          title: 'Screens take a hardware key',
          mode: 'enforce',
          who: ['everyone'],
          does: ['application.use'],
          where: { applications: ['screens'] },
          requires: { strength: 'attested' },
        },
      ])
      await assert.rejects(
        vera.act('POST', '/device-authorisations', { userCode: late.user_code, repositoryIds: null }),
        (error) => error instanceof ApiError && /need a hardware key/.test(error.problem.title),
      )
      assert.equal(await isActive(tv, next.access_token), false)
      await setRules(ana, rules)
      await vera.act('POST', '/device-authorisations', { userCode: late.user_code, repositoryIds: null })
      const again = await client.pollDeviceAuthorizationGrant(tv.config, { ...late, interval: 0 })
      await vera.signOut()
      assert.equal(await isActive(tv, again.access_token), false, 'the device is out with its person’s session')
    })

    test('what was begun before a restart goes on after it: none of it is in memory alone', async () => {
      const tool = await addTool(ana, 'lasting', { settings: { refreshTokens: true, deviceFlow: true } })
      const rob = await postern.join(ana, 'rob')
      const tokens = await signOnTo(rob, tool)
      const asked = await question(tool)
      const back = await led(rob, asked.url)
      const tapped = await question(tool, { prompt: 'login' })
      const page = await led(rob, tapped.url)
      const begun = await client.initiateDeviceAuthorization(tool.config, { scope: 'openid' })
      await postern.restart()
      assert.equal(await isActive(tool, tokens.access_token), true)
      assert.equal((await take(tool, back, asked)).claims()?.['preferred_username'], 'rob')
      const next = await client.refreshTokenGrant(tool.config, tokens.refresh_token ?? '')
      assert.equal(await isActive(tool, next.access_token), true)
      await rob.act('POST', '/device-authorisations', { userCode: begun.user_code, repositoryIds: null })
      const device = await client.pollDeviceAuthorizationGrant(tool.config, { ...begun, interval: 0 })
      assert.equal(device.claims()?.['preferred_username'], 'rob')
      await rob.signIn()
      const { returnTo } = await standing(rob, page)
      await take(tool, await led(rob, `${postern.origin}${returnTo}`), tapped)
      await ana.act('POST', '/people/rob/end', { reason: 'left' })
      await postern.restart()
      assert.equal(await isActive(tool, device.access_token), false, 'and what had ended stays so')
    })

    test('refresh tokens rotate; one shown twice ends the sign-on', async () => {
      const tokens = await signOnTo(ana, wiki)
      const next = await client.refreshTokenGrant(wiki.config, tokens.refresh_token ?? '')
      assert.notEqual(next.refresh_token, tokens.refresh_token)
      ahead = 11_000
      await assert.rejects(client.refreshTokenGrant(wiki.config, tokens.refresh_token ?? ''))
      await assert.rejects(client.refreshTokenGrant(wiki.config, next.refresh_token ?? ''))
      assert.equal(await isActive(wiki, next.access_token), false)
      ahead = 0
    })

    test('a new secret works beside the former one for a day', async () => {
      const tool = await addTool(ana, 'rotating')
      const { shownOnce } = await ana.act<{ shownOnce: { value: string }[] }>('POST', '/applications/rotating/secret')
      const secret = shownOnce[0]?.value ?? ''
      assert.match(secret, /^pst_ocs_[\w-]{43}[0-9a-f]{8}$/)
      const form = { token: 'pst_oat_nothing' }
      const statusWith = async (shown: string): Promise<number> =>
        (
          await fetch(`${postern.origin}/oidc/token/introspection`, {
            method: 'POST',
            body: new URLSearchParams({ ...form, client_id: tool.clientId, client_secret: shown }),
          })
        ).status
      assert.deepEqual([await statusWith(secret), await statusWith(tool.secret)], [200, 200])
      ahead = 25 * 3_600_000
      assert.deepEqual([await statusWith(secret), await statusWith(tool.secret)], [200, 401])
      ahead = 0
    })

    test('what takes nothing but RSA gets it, its word of an end too, and a sign-out by it is understood', async () => {
      await using told = await startReceiver()
      const tool = await addTool(ana, 'cluster', {
        settings: { idTokenAlgorithm: 'RS256', backchannelLogoutUri: `${told.url}logout` },
      })
      const supported = tool.config.serverMetadata().id_token_signing_alg_values_supported
      assert.deepEqual(supported, ['ES256', 'RS256'])
      client.enableNonRepudiationChecks(tool.config)
      client.enableNonRepudiationChecks(wiki.config)
      const tokens = await signOnTo(ana, tool)
      const headerOf = (jwt: string) => decodeProtectedHeader(jwt)
      assert.equal(headerOf(tokens.id_token ?? '').alg, 'RS256')
      assert.equal(headerOf((await signOnTo(ana, wiki)).id_token ?? '').alg, 'ES256')
      const { keys } = (await (await fetch(`${postern.origin}/oidc/jwks`)).json()) as {
        keys: Record<string, unknown>[]
      }
      for (const key of keys) assert.deepEqual([key['d'], key['p'], key['q']], [undefined, undefined, undefined])
      await led(ana, client.buildEndSessionUrl(tool.config, { id_token_hint: tokens.id_token ?? '' }))
      const token = new URLSearchParams((await told.next()).body).get('logout_token') ?? ''
      assert.equal(headerOf(token).alg, 'RS256')
      await jwtVerify(token, createRemoteJWKSet(new URL('/oidc/jwks', postern.origin)), { audience: tool.clientId })
      assert.equal(await isActive(tool, tokens.access_token), false)
    })

    test('a browser that signs in again takes its sign-ons along, unless somebody else does', async () => {
      await using told = await startReceiver()
      const tool = await addTool(ana, 'moving', {
        settings: { refreshTokens: true, backchannelLogoutUri: `${told.url}logout` },
      })
      const nora = await postern.join(ana, 'nora')
      const tokens = await signOnTo(nora, tool)
      await nora.signIn()
      assert.equal(await isActive(tool, tokens.access_token), true)
      assert.equal((await signOnTo(nora, tool)).claims()?.['sid'], tokens.claims()?.['sid'], 'the same sign-on')
      await nora.signOut()
      assert.equal(await isActive(tool, tokens.access_token), false)
      assert.match((await told.next()).body, /logout_token/)
      await nora.signIn()
      const before = await signOnTo(nora, tool)
      const olaf = await postern.join(ana, 'olaf')
      await tapWith(nora, olaf.authenticator)
      assert.equal(await isActive(tool, before.access_token), false, 'somebody else sits there now')
      assert.match((await told.next()).body, /logout_token/)
    })

    test('what had ended is not revived by signing in again in its browser', async () => {
      const tool = await addTool(ana, 'ended', { settings: { refreshTokens: true } })
      const pia = await postern.join(ana, 'pia')
      const tokens = await signOnTo(pia, tool)
      const { database } = postern.postern.ceremonies
      // Ended by what nothing looks at before the next sign-in.
      await database.write((tx) =>
        tx
          .updateTable('session')
          .set({ endedAt: Date.now() })
          .where('endedAt', 'is', null)
          .where('userId', '=', tokens.claims()?.sub as never)
          .execute(),
      )
      await pia.signIn()
      assert.equal(await isActive(tool, tokens.access_token), false)
      await assert.rejects(client.refreshTokenGrant(tool.config, tokens.refresh_token ?? ''))
    })

    test('a sign-on lasts as long as its session and the rules of today let it', async () => {
      await using told = await startReceiver()
      const quin = await postern.join(ana, 'quin')
      const idle = await signOnTo(quin, wiki)
      ahead = 24.5 * 3_600_000
      await assert.rejects(client.refreshTokenGrant(wiki.config, idle.refresh_token ?? ''), 'the session idled away')
      ahead = 0
      await quin.signIn()
      const tool = await addTool(ana, 'ruled', {
        settings: { refreshTokens: true, backchannelLogoutUri: `${told.url}logout` },
      })
      const { rules } = (await readPolicy(ana)).policy
      for (const shows of [true, false])
        for (const requires of [{ strength: 'attested' as const }, { networks: ['192.0.2.0/24'] }]) {
          const tokens = await signOnTo(quin, tool)
          await setRules(ana, [
            ...rules,
            {
              id: 'wiki-closed',
              title: 'The wiki is closed',
              mode: 'enforce',
              who: ['user:quin'],
              does: ['application.use'],
              where: { applications: ['ruled'] },
              requires,
            },
          ])
          if (shows) {
            assert.equal(await isActive(tool, tokens.access_token), false, JSON.stringify(requires))
            await assert.rejects(client.refreshTokenGrant(tool.config, tokens.refresh_token ?? ''))
          }
          // Told once, whether or not it has asked meanwhile.
          const token = new URLSearchParams((await told.next()).body).get('logout_token') ?? ''
          assert.equal(decodeJwt(token)['sid'], tokens.claims()?.['sid'])
          await setRules(ana, rules)
          assert.equal(await isActive(tool, tokens.access_token), false, 'over is over')
          const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=grant.ended')
          assert.ok(items.some(({ sentence }) => /quin .* the rules no longer let its person in/.test(sentence)))
        }
      assert.equal(told.received.length, 4)
    })

    test('who leaves the group that a tool is open to is signed out there', async () => {
      await using told = await startReceiver()
      const rita = await postern.join(ana, 'rita')
      await ana.act('POST', '/groups', { name: 'planners', description: '' })
      await ana.act('PUT', '/groups/planners/members/rita')
      const tool = await addTool(ana, 'plans', {
        audience: 'groups',
        groups: ['planners'],
        settings: { backchannelLogoutUri: `${told.url}logout` },
      })
      const tokens = await signOnTo(rita, tool)
      await ana.act('DELETE', '/groups/planners/members/rita')
      assert.equal(await isActive(tool, tokens.access_token), false)
      const token = new URLSearchParams((await told.next()).body).get('logout_token') ?? ''
      assert.equal(decodeJwt(token)['sid'], tokens.claims()?.['sid'])
    })

    for (const how of ['sign-out', 'access', 'application', 'passkey', 'program'] as const)
      test(`a sign-on ends with ${how}: its tokens at once, and the tool is told`, async () => {
        await using told = await startReceiver()
        const person = await postern.join(ana, `end-${how}`)
        const tool = await addTool(ana, `tool-${how}`, {
          settings: { refreshTokens: true, backchannelLogoutUri: `${told.url}logout` },
        })
        const tokens = await signOnTo(person, tool)
        assert.equal(await isActive(tool, tokens.access_token), true)
        if (how === 'sign-out') await person.signOut()
        else if (how === 'access') await ana.act('POST', `/people/end-${how}/end`, { reason: 'left' })
        else if (how === 'application') await ana.act('DELETE', `/applications/tool-${how}`)
        else if (how === 'program') await stopProgram(person)
        else await endPasskey(person)
        if (how !== 'application') {
          assert.equal(await isActive(tool, tokens.access_token), false)
          await assert.rejects(client.fetchUserInfo(tool.config, tokens.access_token, client.skipSubjectCheck))
        }
        await assert.rejects(client.refreshTokenGrant(tool.config, tokens.refresh_token ?? ''))
        const token = new URLSearchParams((await told.next()).body).get('logout_token') ?? ''
        const keys = createRemoteJWKSet(new URL('/oidc/jwks', postern.origin))
        const { payload, protectedHeader } = await jwtVerify(token, keys, {
          issuer: `${postern.origin}/oidc`,
          audience: tool.clientId,
        })
        assert.equal(protectedHeader.typ, 'logout+jwt')
        assert.deepEqual([payload.sub, payload['sid']], [tokens.claims()?.sub, tokens.claims()?.['sid']])
        assert.deepEqual(payload['events'], { 'http://schemas.openid.net/event/backchannel-logout': {} })
        assert.equal(payload['nonce'], undefined)
      })

    test('the end of somebody’s access ends every sign-on of theirs, in each browser, and each tool hears of each', async () => {
      await using told = await startReceiver()
      const sam = await postern.join(ana, 'sam')
      const phone = new Person(postern.origin, sam.authenticator)
      await phone.signIn()
      const held: { slug: string; tool: RelyingParty; tokens: Awaited<ReturnType<typeof signOnTo>> }[] = []
      for (const slug of ['first', 'second']) {
        const settings = { refreshTokens: true, backchannelLogoutUri: `${told.url}${slug}` }
        const tool = await addTool(ana, slug, { settings })
        for (const browser of [sam, phone]) held.push({ slug, tool, tokens: await signOnTo(browser, tool) })
      }
      await ana.act('POST', '/people/sam/end', { reason: 'left' })
      const heard: string[] = []
      for (const { tool, tokens } of held) {
        assert.equal(await isActive(tool, tokens.access_token), false)
        await assert.rejects(client.refreshTokenGrant(tool.config, tokens.refresh_token ?? ''))
        const { path, body } = await told.next()
        heard.push(`${path} ${String(decodeJwt(new URLSearchParams(body).get('logout_token') ?? '')['sid'])}`)
      }
      const wanted = held.map(({ slug, tokens }) => `/${slug} ${tokens.claims()?.['sid'] as string}`)
      assert.deepEqual(heard.toSorted(), wanted.toSorted())
    })

    test('a tool that did not listen is told again, and once it has, no more', async () => {
      await using told = await startReceiver()
      const person = await postern.join(ana, 'again')
      const tool = await addTool(ana, 'deaf', { settings: { backchannelLogoutUri: `${told.url}logout` } })
      await signOnTo(person, tool)
      told.answer((response) => response.writeHead(503).end())
      await person.signOut()
      await told.next()
      told.answer((response) => response.writeHead(200).end())
      ahead = 60_000
      await told.next()
      const waiting = () =>
        postern.postern.ceremonies.database.read.selectFrom('backchannelLogout').selectAll().execute()
      await until(waiting, (rows) => rows.length === 0)
      ahead = 0
    })

    test('a tool that hangs holds up no other, however many were signed on to it', async () => {
      await using hangs = await startReceiver()
      await using listens = await startReceiver()
      hangs.answer(() => {})
      const told = ({ url }: { url: string }) => ({ settings: { backchannelLogoutUri: `${url}logout` } })
      const slow = await addTool(ana, 'hanging', told(hangs))
      const quick = await addTool(ana, 'listening', told(listens))
      const tess = await postern.join(ana, 'tess')
      for (let count = 0; count < 20; count += 1) {
        const other = new Person(postern.origin, tess.authenticator)
        await other.signIn()
        await signOnTo(other, slow)
      }
      await ana.act('DELETE', '/applications/hanging')
      await hangs.next()
      await signOnTo(tess, quick)
      await tess.signOut()
      await listens.next()
      assert.ok(hangs.mostOpen <= 8)
    })

    test('a sign-out in one tool ends that tool’s alone, and leads back where it registered', async () => {
      const back = 'http://wiki.localhost:4999/bye'
      const tool = await addTool(ana, 'leaving', { settings: { postLogoutRedirectUris: [back] } })
      const [tokens, elsewhere] = [await signOnTo(ana, tool), await signOnTo(ana, wiki)]
      const end = (parameters: Record<string, string>) => led(ana, client.buildEndSessionUrl(tool.config, parameters))
      const evil = await end({ id_token_hint: 'x.y.z', post_logout_redirect_uri: back })
      assert.deepEqual([evil.origin, evil.pathname, evil.search], [postern.origin, '/-/signed-out', '?over=no'])
      assert.equal(await isActive(tool, tokens.access_token), true, 'without a token nothing ends')
      const hint = { id_token_hint: tokens.id_token ?? '', state: 'of-the-tool' }
      const away = await end({ ...hint, post_logout_redirect_uri: 'https://evil.example/' })
      assert.equal(away.pathname, '/-/signed-out')
      const home = await end({ ...hint, post_logout_redirect_uri: back })
      assert.equal(home.href, `${back}?state=of-the-tool`)
      assert.equal(await isActive(tool, tokens.access_token), false)
      assert.equal(await isActive(wiki, elsewhere.access_token), true)
      await ana.call('GET', '/me')
      const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=grant.ended')
      assert.match(items[0]?.sentence ?? '', /Leaving.*its person signed out there/)
      const again = await signOnTo(ana, tool)
      const form = { id_token_hint: again.id_token ?? '', post_logout_redirect_uri: back, state: 'by-form' }
      const posted = await fetch(`${postern.origin}/oidc/session/end`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams(form),
      })
      assert.equal(posted.headers.get('location'), `${back}?state=by-form`, 'a form is as good')
      assert.equal(await isActive(tool, again.access_token), false)
    })

    test('keys that leaked end at once, with what they signed; nobody is signed out by it', async () => {
      const tokens = await signOnTo(ana, wiki)
      const fetched = async (path: string) =>
        ((await (await fetch(`${postern.origin}${path}`)).json()) as { keys: { kid: string }[] }).keys
      const kidsOf = async () =>
        [...(await fetched('/oidc/jwks')), ...(await fetched('/proxy/jwks'))].map(({ kid }) => kid)
      const before = await kidsOf()
      const mia = await postern.join(ana, 'mia')
      await assert.rejects(mia.call('POST', '/sign-on/keys/end'), { status: 403 })
      await ana.act('POST', '/sign-on/keys/end')
      const after_ = await kidsOf()
      assert.equal(after_.length, before.length)
      assert.deepEqual(
        after_.filter((kid) => before.includes(kid)),
        [],
      )
      const { items } = await ana.call<{ items: { sentence: string }[] }>('GET', '/audit?action=sign-on.keys-ended')
      assert.match(items[0]?.sentence ?? '', /^Ana Example ended the keys that sign for applications/)
      const end = (hint: string) => led(ana, client.buildEndSessionUrl(wiki.config, { id_token_hint: hint }))
      assert.equal((await end(tokens.id_token ?? '')).search, '?over=no', 'a token by them is nobody’s')
      assert.equal(await isActive(wiki, tokens.access_token), true)
      const fresh = await addTool(ana, 'fresh')
      client.enableNonRepudiationChecks(fresh.config)
      assert.equal((await signOnTo(ana, fresh)).claims()?.['preferred_username'], 'ana')
      await jwtVerify(
        (await signOnTo(ana, fresh)).id_token ?? '',
        createRemoteJWKSet(new URL('/oidc/jwks', postern.origin)),
      )
    })

    test('a quarter later another key signs, which tools had read before, and those of before still count', async () => {
      const dayMs = 86_400_000
      const published = async () =>
        (await (await fetch(`${postern.origin}/oidc/jwks`)).json()) as { keys: [JWK, ...JWK[]] }
      const nameOf = (jwt = ''): string => decodeProtectedHeader(jwt).kid ?? ''
      const quarter = 90 * dayMs
      ahead = quarter - ((Date.now() + dayMs) % quarter)
      await ana.signIn()
      const quarterly = await addTool(ana, 'quarterly')
      client.enableNonRepudiationChecks(quarterly.config)
      const before = await signOnTo(ana, quarterly)
      const read = await published()
      ahead += 2 * dayMs
      await ana.signIn()
      const { id_token = '' } = await signOnTo(ana, quarterly)
      assert.notEqual(nameOf(id_token), nameOf(before.id_token))
      await jwtVerify(id_token, createLocalJWKSet(read), { audience: quarterly.clientId })
      await jwtVerify(before.id_token ?? '', createLocalJWKSet(await published()), { audience: quarterly.clientId })
      const hint = { id_token_hint: before.id_token ?? '' }
      assert.equal((await led(ana, client.buildEndSessionUrl(quarterly.config, hint))).search, '?over=yes')
      ahead = 0
    })

    async function stopProgram(person: Person): Promise<void> {
      const { items } = await person.call<{ items: { id: string }[] }>('GET', '/me/programs')
      await person.act('DELETE', `/me/programs/${items[0]?.id}`)
    }

    async function endPasskey(person: Person): Promise<void> {
      const { database } = postern.postern.ceremonies
      const { id } = await person.call<{ id: string }>('GET', '/me')
      await database.write((tx) =>
        tx
          .updateTable('credentialRecord')
          .set({ endedAt: Date.now() })
          .where('userId', '=', id as never)
          .execute(),
      )
    }
  })
