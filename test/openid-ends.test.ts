import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, type JWK, jwtVerify } from 'jose'
import * as client from 'openid-client'
import { type Id, newId } from '../src/database/id.ts'
import { Person } from '../src/walk/person.ts'
import { signInByKey } from './support/ceremony.ts'
import { readPolicy, setRules } from './support/guardrails.ts'
import { until } from './support/git-remote.ts'
import { startReceiver } from './support/receiver.ts'
import { addTool, isActive, led, type RelyingParty, signOnTo } from './support/relying-party.ts'
import { startPostern, type StartedPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

/** Groups with names as directories have them. */
async function joinGroups({ postern: { ceremonies } }: StartedPostern, person: Person, many: number): Promise<void> {
  const { id: userId } = await person.call<{ id: Id<'usr'> }>('GET', '/me')
  const kept = { description: '', isDemo: 0 as const, createdAt: 1, managedBy: null, organisationRole: null }
  const groups = Array.from({ length: many }, (_, at) => ({
    id: newId('grp'),
    name: `acme-platform-team-${at}`,
    ...kept,
  }))
  await ceremonies.database.write(async (tx) => {
    await tx.insertInto('userGroup').values(groups).execute()
    const members = groups.map(({ id: groupId }) => ({ groupId, userId, joinedAt: 1 }))
    await tx.insertInto('groupMember').values(members).execute()
  })
}

for (const store of eitherStore)
  describe(`sign-ons by OpenID Connect, how they go on and end, on ${store.name}`, () => {
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
      await signInByKey(nora, olaf.authenticator)
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
      const tool = await addTool(ana, 'leaving', { settings: { postLogoutRedirectUris: [back], groups: 'all' } })
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
      // Of somebody in many groups, whose token says all of them.
      await joinGroups(postern, ana, 80)
      const silent = await signOnTo(ana, tool)
      const asHint = { id_token_hint: silent.id_token ?? '' }
      assert.ok(asHint.id_token_hint.length > 3_000, String(asHint.id_token_hint.length))
      const again = await signOnTo(ana, tool, { prompt: 'none', ...asHint })
      assert.equal((await end({ ...asHint, post_logout_redirect_uri: back })).href, back)
      assert.equal(await isActive(tool, again.access_token), false)
    })

    test('a sign-out by a form is as good', async () => {
      const back = 'http://wiki.localhost:4999/bye'
      const tool = await addTool(ana, 'formal', { settings: { postLogoutRedirectUris: [back] } })
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
