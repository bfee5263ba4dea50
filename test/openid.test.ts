import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import * as client from 'openid-client'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { ApiError, Person } from '../src/walk/person.ts'
import { signInByKey } from './support/ceremony.ts'
import { readPolicy, setRules } from './support/guardrails.ts'
import { importMetadata, makeMaker } from './support/metadata.ts'
import { addMover, byPassword, permission } from './support/passwords.ts'
import {
  addTool,
  isActive,
  led,
  question,
  type RelyingParty,
  signOnTo,
  standing,
  take,
} from './support/relying-party.ts'
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
        await signInByKey(hal, phone)
        assert.deepEqual(await said(), ['phr', ['swk', 'user', 'pop']])
        const silent = await led(hal, (await question(wiki, { ...parameters, prompt: 'none' })).url)
        assert.equal(silent.searchParams.get('error'), 'login_required', JSON.stringify(parameters))
        const asked = await question(wiki, parameters)
        const page = await led(hal, asked.url)
        await signInByKey(hal, phone)
        const missing = await standing(hal, page)
        assert.deepEqual([missing.outcome, missing.hasKey], ['stronger-key', true], 'no tap with the same key helps')
        assert.equal((await led(hal, `${postern.origin}${missing.returnTo}`)).pathname, '/-/sign-on')
        await signInByKey(hal, drawer)
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
      await signInByKey(vic, bea.authenticator)
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
        () => vera.call('POST', '/device-authorisations/find', code),
        () => vera.act('POST', '/device-authorisations', typed),
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
  })
