import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { makeTestSigner } from '../src/protocols/saml/test-signer.ts'
import type { AccessEnd } from '../src/identity/ending/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { ApiError, type Person } from '../src/walk/person.ts'
import { beginSignIn, finishSignIn } from './support/ceremony.ts'
import { importMetadata, makeMaker } from './support/metadata.ts'
import { open } from './support/oauth.ts'
import { addTool, signOnTo } from './support/relying-party.ts'
import {
  acsUrl,
  answerOf,
  askByRedirect,
  entityId,
  land,
  problemOf,
  redirectQuery,
  requestXml,
  setUp,
  passwordClass,
  statusOf,
  wanted,
} from './support/saml.ts'
import { refusedRequestTests } from './saml-refused-requests.ts'
import { startLasso, toolMetadata } from './support/saml-lasso.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const valueOf = (xml: string, name: string): string | undefined => new RegExp(`<${name}[ >][^<]*`).exec(xml)?.[0]
const asksFor = (uri: string): string =>
  `<samlp:RequestedAuthnContext><saml:AuthnContextClassRef>${uri}</saml:AuthnContextClassRef></samlp:RequestedAuthnContext>`
const asksForName = (format: string): string => `<samlp:NameIDPolicy Format="${format}"/>`

for (const store of eitherStore)
  describe(`signing on by SAML, ${store.name}`, () => {
    const signer = makeTestSigner('signed.example')
    let postern: StartedPostern
    let later = 0
    let origin: string
    let ana: Person
    let bo: Person
    const lastSentence = async (action: string): Promise<string | undefined> =>
      (await ana.call<{ items: { sentence: string }[] }>('GET', `/audit?action=${action}`)).items[0]?.sentence
    const standing = (person: Person, page: URL) =>
      person.call<{ outcome: string; sentence: string | null; hasKey: boolean; returnTo: string }>(
        'GET',
        `/sign-on/standing${page.search}`,
      )
    /** What is read before a tap. */
    const askedForTap = async (path: string, body?: unknown) => {
      const asked = await ana.call('POST', path, body).catch((error: unknown) => error)
      const id = asked instanceof ApiError ? (asked.problem.sealRequestId ?? '') : ''
      const { facts } = await ana.call<{ facts: { rows: { label: string; value: string }[]; warnings: string[] } }>(
        'GET',
        `/seal-requests/${id}`,
      )
      return { id, ...facts }
    }
    const pageOf = (landed: Awaited<ReturnType<typeof land>>): URL =>
      'page' in landed ? landed.page : assert.fail(landed.xml)

    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + later })
      ;({ origin } = postern)
      ana = await postern.owner()
      bo = await postern.join(ana, 'bo')
      await ana.act('POST', '/groups', { name: 'writers', description: '' })
      await ana.act('PUT', '/groups/writers/members/bo')
      await ana.act('POST', '/groups', { name: 'zebras', description: '' })
      await ana.act('PUT', '/groups/zebras/members/bo')
      const { database } = postern.postern.ceremonies
      await database.write((tx) =>
        tx.updateTable('user').set({ emailVerifiedAt: 1 }).where('username', '=', 'bo').execute(),
      )
      await setUp(ana, 'wiki', {
        settings: {
          attributes: [
            { name: 'mail', value: 'email' },
            { name: 'urn:oid:2.16.840.1.113730.3.1.241', format: 'uri', value: 'name' },
            { name: 'groups', value: 'groups' },
            { name: 'open-to', value: 'audience' },
            { name: 'tenant', value: 'constant', constant: 'acme' },
            { name: 'login', value: 'username' },
            { name: 'key', value: 'id' },
            { name: 'place', value: 'role' },
          ],
        },
      })
      await setUp(ana, 'signed', {
        settings: { entityId: 'urn:signed', requireSignedRequests: true, certificate: signer.pem, nameId: 'email' },
      })
      await setUp(ana, 'tracker', {
        audience: 'groups',
        groups: ['writers'],
        settings: {
          entityId: 'urn:tracker',
          acsUrls: [acsUrl, `${acsUrl}/2`],
          allowIdpInitiated: true,
          defaultRelayState: '/start?a=1&b="2"',
          nameId: 'persistent',
          attributes: [
            { name: 'open-to', value: 'audience' },
            { name: 'all', value: 'groups' },
          ],
          signResponse: true,
        },
      })
    })
    after(() => postern[Symbol.asyncDispose]())

    test('whoever is signed in is said to be there, as it was set up, and it is remembered', async () => {
      const {
        acsUrl: to,
        xml,
        relayState,
      } = answerOf(await askByRedirect(bo, { id: '_first' }, { relayState: 'a"<&' }))
      assert.deepEqual([to, relayState], [acsUrl, 'a&quot;&lt;&'])
      assert.match(xml, /InResponseTo="_first"/)
      assert.match(xml, /<saml:NameID Format="[^"]*unspecified">bo</)
      assert.match(xml, /Name="mail"[^>]*><saml:AttributeValue>bo@example\.com</)
      assert.match(xml, /NameFormat="[^"]*:uri"><saml:AttributeValue>Bo Example</)
      assert.match(xml, /<saml:AttributeValue>writers<.*>zebras<.*<saml:AttributeValue>acme</)
      for (const [name, value] of [
        ['login', 'bo'],
        ['key', (await bo.call<{ id: string }>('GET', '/me')).id],
        ['place', 'member'],
      ])
        assert.match(xml, new RegExp(`Name="${name}"[^>]*><saml:AttributeValue>${value}<`))
      assert.match(xml, new RegExp(`<saml:Audience>${entityId}<`))
      assert.doesNotMatch(xml, /Name="open-to"/, 'it is open to no group')
      assert.match(xml, /<saml:AuthnContextClassRef>https:\/\/refeds\.org\/profile\/mfa</)
      assert.equal(await lastSentence('application.opened'), 'Bo Example opened The wiki')
      const { leaf } = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select('leaf')
        .where('action', '=', 'application.opened')
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow()
      const { decision } = JSON.parse(leaf) as { decision: Record<string, unknown> }
      assert.deepEqual(
        ['act', 'outcome', 'application', 'username', 'strength', 'groups'].map((name) => decision[name]),
        ['application.use', 'allow', 'wiki', 'bo', 'passkey', ['writers', 'zebras']],
      )
    })

    test('a tool that posts is led on by a GET, since its POST brings no cookie', async () => {
      const body = new URLSearchParams({
        SAMLRequest: Buffer.from(requestXml(origin)).toString('base64'),
        RelayState: 'r',
      })
      const headers = { origin: 'https://wiki.example', 'sec-fetch-site': 'cross-site' }
      const posted = await fetch(`${origin}/saml/sso`, { method: 'POST', body, headers, redirect: 'manual' })
      assert.equal(posted.status, 303)
      assert.equal(posted.headers.get('set-cookie'), null)
      const answer = answerOf(await land(bo, posted.headers.get('location') ?? ''))
      assert.equal(answer.relayState, 'r')
    })

    test('the page that carries the answer may be framed nowhere, and runs nothing but its own file', async () => {
      const { headers } = answerOf(await askByRedirect(bo))
      const policy = headers.get('content-security-policy') ?? ''
      assert.match(policy, /default-src 'none'; script-src 'self'; .*form-action https:;.*frame-ancestors 'none'/)
      assert.doesNotMatch(policy, /unsafe/)
      assert.equal(headers.get('cache-control'), 'no-store')
      const script = await fetch(`${origin}/saml/answer.js`)
      assert.match(await script.text(), /submit\(\)/)
    })

    test('whoever is not signed in signs in first, and is answered then', async () => {
      const stranger = postern.stranger()
      const page = pageOf(await askByRedirect(stranger, { id: '_waits' }))
      assert.equal(page.pathname, '/-/sign-on')
      assert.equal(page.searchParams.get('application'), 'wiki')
      const returnTo = page.searchParams.get('returnTo') ?? ''
      assert.equal(returnTo.split('/').slice(0, 3).join('/'), '/saml/continue')
      assert.match(answerOf(await land(bo, returnTo)).xml, /InResponseTo="_waits"/)
    })

    test('a tool that may ask nobody anything hears so', async () => {
      const silent = answerOf(await askByRedirect(postern.stranger(), { more: ' IsPassive="true"' }))
      assert.deepEqual(statusOf(silent.xml), ['Responder', 'NoPassive'])
      assert.doesNotMatch(silent.xml, /Assertion/)
      assert.deepEqual(statusOf(answerOf(await askByRedirect(bo, { more: ' IsPassive="1"' })).xml), ['Success'])
      const fresh = await askByRedirect(bo, { more: ' IsPassive="1" ForceAuthn="1"' })
      assert.deepEqual(statusOf(answerOf(fresh).xml), ['Responder', 'NoPassive'])
      const denied = await askByRedirect(ana, { issuer: 'urn:tracker', more: ' IsPassive="1"' })
      assert.deepEqual(statusOf(answerOf(denied).xml), ['Responder', 'RequestDenied'])
    })

    test('a tool that asks for a tap of its own gets one', async () => {
      const page = pageOf(await askByRedirect(bo, { more: ' ForceAuthn="true"' }))
      assert.deepEqual((({ outcome, sentence }) => [outcome, sentence])(await standing(bo, page)), [
        'fresh-tap',
        'The wiki asks that you tap your key now.',
      ])
      const { returnTo } = await standing(bo, page)
      assert.equal(pageOf(await land(bo, returnTo)).pathname, '/-/sign-on')
      await bo.signIn()
      assert.equal((await standing(bo, page)).outcome, 'go')
      const { xml } = answerOf(await land(bo, returnTo))
      assert.deepEqual(statusOf(xml), ['Success'])
      const { session } = await bo.call<{ session: { authenticatedAt: number } }>('GET', '/me')
      const tapped = Date.parse(/AuthnInstant="([^"]*)"/.exec(xml)?.[1] ?? '')
      assert.equal(tapped, Math.floor(session.authenticatedAt / 1000) * 1000, 'and is told when')
    })

    test('how somebody signed in is said as it was asked, or that it cannot be', async () => {
      const asked = async (uri: string) => askByRedirect(bo, { inside: asksFor(uri) })
      const context = (xml: string) => valueOf(xml, 'saml:AuthnContextClassRef')?.split('>')[1]
      assert.equal(context(answerOf(await asked(passwordClass)).xml), passwordClass)
      assert.equal(context(answerOf(await asked('phr')).xml), 'phr')
      assert.deepEqual(statusOf(answerOf(await asked('urn:of:nobody')).xml), ['Responder', 'NoAuthnContext'])
      const page = pageOf(await asked('phrh'))
      const missing = await standing(bo, page)
      assert.deepEqual([missing.outcome, missing.hasKey], ['stronger-key', false])
    })

    test('a hardware key is asked for where somebody has one, and only that is called so', async () => {
      const maker = makeMaker({ aaguid: '0a1b2c3d-0000-4000-8000-000000000003', name: 'Good key' })
      await importMetadata(postern, [maker])
      const drawer = new SoftwareAuthenticator({ attest: maker.attester })
      await ana.addPasskey(drawer, 'in the drawer')
      const page = pageOf(await askByRedirect(ana, { inside: asksFor('phrh') }))
      const missing = await standing(ana, page)
      assert.deepEqual([missing.outcome, missing.hasKey], ['stronger-key', true])
      assert.equal(pageOf(await land(ana, missing.returnTo)).pathname, '/-/sign-on')
      const { ceremonyId, publicKey } = await beginSignIn(ana)
      await finishSignIn(ana, ceremonyId, drawer.get(publicKey, origin))
      const { outcome, returnTo } = await standing(ana, page)
      assert.equal(outcome, 'go')
      assert.match(answerOf(await land(ana, returnTo)).xml, /<saml:AuthnContextClassRef>phrh</)
      await ana.signIn()
    })

    test('whom a tool is not open to reads so here, and it is remembered', async () => {
      const page = pageOf(await askByRedirect(ana, { issuer: 'urn:tracker' }))
      assert.equal((await standing(ana, page)).outcome, 'deny')
      assert.match((await lastSentence('application.refused')) ?? '', /^Ana Example was not let in to The tracker/)
      for (const address of ['/saml/start/tracker', '/saml/start/tracker'])
        assert.equal(pageOf(await land(ana, address)).pathname, '/-/sign-on')
      await askByRedirect(ana, { issuer: 'urn:tracker' })
      const { items } = await ana.call<{ items: object[] }>('GET', '/audit?action=application.refused')
      assert.equal(items.length, 1, 'trying again and again fills no ledger')
    })

    test('names: a pseudonym of its own for each, the same again; an address only where it is proven', async () => {
      const nameOf = async (person: Person, asked: Parameters<typeof askByRedirect>[1], carrying = {}) =>
        valueOf(answerOf(await askByRedirect(person, asked, carrying)).xml, 'saml:NameID')?.split('>')[1]
      const first = await nameOf(bo, { issuer: 'urn:tracker' })
      assert.match(first ?? '', /^[\w-]{43}$/)
      assert.equal(await nameOf(bo, { issuer: 'urn:tracker' }), first)
      const persistent = asksForName('urn:oasis:names:tc:SAML:2.0:nameid-format:persistent')
      assert.equal(await nameOf(bo, { issuer: 'urn:tracker', inside: persistent }), first)
      const key = { key: signer.privateKey }
      const signed = (inside: string) => nameOf(bo, { issuer: 'urn:signed', inside }, key)
      assert.notEqual(await signed(persistent), first)
      const transient = asksForName('urn:oasis:names:tc:SAML:2.0:nameid-format:transient')
      assert.notEqual(await signed(transient), await signed(transient))
      // A request without a signature may have been changed on its way by whoever wants to come as nobody in particular.
      for (const inside of [persistent, transient])
        assert.equal(problemOf(await askByRedirect(bo, { inside })), 'other-name')
      assert.equal(problemOf(await askByRedirect(bo, { issuer: 'urn:tracker', inside: transient })), 'other-name')
      assert.equal(await nameOf(bo, { issuer: 'urn:signed' }, key), 'bo@example.com')
      assert.equal(problemOf(await askByRedirect(ana, { issuer: 'urn:signed' }, key)), 'no-address')
      const email = asksForName('urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress')
      assert.equal(problemOf(await askByRedirect(bo, { inside: email })), 'other-name')
    })

    test('it can be opened from here only where it was set up so', async () => {
      const answer = answerOf(await land(bo, '/saml/start/tracker?RelayState=https://evil.example'))
      assert.equal(answer.relayState, '/start?a=1&b=&quot;2&quot;')
      assert.doesNotMatch(answer.xml, /InResponseTo/)
      const told = (name: string) =>
        new RegExp(`Name="${name}".*?</saml:Attribute>`).exec(answer.xml)?.[0].match(/(?<=AttributeValue>)[^<]+/g)
      assert.deepEqual([told('open-to'), told('all')], [['writers'], ['writers', 'zebras']])
      assert.equal(problemOf(await land(bo, '/saml/start/wiki')), 'not-from-here')
      assert.equal(problemOf(await land(bo, '/saml/start/nothing')), 'unknown-application')
      const { tools } = await bo.call<{ tools: { slug: string; opensAt: string | null }[] }>('GET', '/home')
      assert.equal(tools.find(({ slug }) => slug === 'tracker')?.opensAt, `${origin}/saml/start/tracker`)
    })

    refusedRequestTests(() => ({ postern, origin, ana, bo, signer }))

    test('what an application was set up to be cannot be set up again, or so that anybody could read along', async () => {
      const refused = (settings: Record<string, unknown>, code: string) =>
        assert.rejects(
          setUp(ana, 'second', { settings: { entityId: 'urn:second', ...settings } }),
          (error) => error instanceof ApiError && error.problem.code === code,
          JSON.stringify(settings),
        )
      await refused({ entityId }, 'entity-taken')
      for (const settings of [
        { acsUrls: ['http://wiki.example/acs'] },
        { acsUrls: [`${origin}/api/v1/me`] },
        { acsUrls: ['https://wiki.example@evil.example/acs'] },
        { acsUrls: ['javascript:alert(1)'] },
        // Another host than it looks like.
        { acsUrls: ['https://w\u0456ki.example/acs'] },
        { acsUrls: ['https://evil.example\\.wiki.example/acs'] },
        { acsUrls: ['https:///wiki.example/acs'] },
        { acsUrls: ['https://wiki.example./acs'] },
        { acsUrls: [] },
        { requireSignedRequests: true },
        { certificate: 'nonsense' },
        { attributes: [{ name: 'a', value: 'constant' }] },
        { attributes: [{ name: 'two\nlines', value: 'name' }] },
        { attributes: [{ name: 'right\u202eto left', value: 'name' }] },
        { attributes: [{ name: 'a', value: 'constant', constant: '\u0001' }] },
        { defaultRelayState: 'a\u0000' },
        { entityId: 'urn:\u202etfel' },
        { entityId: 'with a space' },
      ])
        await refused(settings, 'invalid-input')
    })

    test('a tap over it names everything that an application is told, and whom it is taken for', async () => {
      const settings = {
        entityId: 'urn:told',
        acsUrls: [acsUrl],
        attributes: [
          { name: 'Role', value: 'constant', constant: 'admin' },
          { name: 'mail', value: 'email' },
          { name: 'teams', value: 'groups' },
          { name: 'open', value: 'audience' },
        ],
        certificate: signer.pem,
        requireSignedRequests: true,
        signResponse: true,
        allowIdpInitiated: true,
        defaultRelayState: 'https://wiki.example/there',
      }
      const { rows } = await askedForTap('/applications', wanted('told', { settings }))
      const read = Object.fromEntries(rows.map(({ label, value }) => [label, value]))
      assert.equal(
        read['It is also told'],
        'Role: “admin” of everybody, mail: email, teams: all their groups, open: those of their groups that it is open to',
      )
      assert.equal(read['Its requests'], 'have to be signed')
      assert.equal(read['Its certificate'], new X509Certificate(signer.pem).fingerprint256)
      assert.equal(read['Opened from here'], 'it leads to https://wiki.example/there')
    })

    test('metadata names the key that signs and the next one, and a roll-over makes the next one sign', async () => {
      const certificates = async () => {
        const xml = await (await fetch(`${origin}/saml/metadata?signed`)).text()
        return [...xml.matchAll(/<md:KeyDescriptor.*?<ds:X509Certificate>([^<]*)</g)].map(([, each]) => each)
      }
      const signedBy = async () =>
        /<ds:X509Certificate>([^<]*)</.exec(answerOf(await askByRedirect(bo)).xml)?.[1] ?? assert.fail('not signed')
      const [signing, next, ...others] = await certificates()
      assert.deepEqual([others.length, await signedBy()], [0, signing])
      // Two who tap at once go on by one certificate: nobody has read the one behind it yet.
      const path = '/saml/certificates/roll-over'
      const [one, other] = [await askedForTap(path), await askedForTap(path)]
      assert.match(one.warnings.join(), /made less than a day ago/)
      const [first, second] = [await ana.tap(one.id), await ana.tap(other.id)]
      const done = await Promise.allSettled(
        [first, second].map((seal) => ana.call('POST', path, undefined, { 'postern-seal': seal })),
      )
      const refusals = done.flatMap((each) => (each.status === 'rejected' ? [(each.reason as ApiError).status] : []))
      assert.deepEqual(refusals, [409])
      const [now, after_] = await certificates()
      assert.deepEqual([now, await signedBy()], [next, next])
      assert.ok(after_ !== signing && after_ !== next)
      await assert.rejects(bo.call('POST', '/saml/certificates/roll-over'), { status: 403 })
    })

    test('the form is filled in from what the tool says of itself, never from an address inside the house', async () => {
      const xml = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="urn:read"><SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="${acsUrl}" index="0"/></SPSSODescriptor></EntityDescriptor>`
      assert.deepEqual(await ana.call('POST', '/saml/read-metadata', { xml }), {
        entityId: 'urn:read',
        acsUrls: [acsUrl],
        certificate: null,
        requireSignedRequests: false,
      })
      for (const body of [{ xml: '<!DOCTYPE a>' }, { xml: 'hello' }, {}, { url: `${origin}/saml/metadata` }])
        await assert.rejects(ana.call('POST', '/saml/read-metadata', body), { status: 422 })
    })

    test('lasso asks with a signature, and believes the answer, once, as it is', async (t) => {
      const name = 'urn:lasso'
      const metadata = toolMetadata(name, 'https://lasso.example/acs', signer.certificate)
      const settings = await ana.call<Record<string, unknown>>('POST', '/saml/read-metadata', { xml: metadata })
      assert.deepEqual([settings['nameId'], settings['requireSignedRequests']], ['persistent', true])
      await setUp(ana, 'lasso', { settings: { ...settings, attributes: [{ name: 'uid', value: 'username' }] } })
      const idp = `${origin}/saml/metadata`
      const lasso = await startLasso(postern.folder, {
        metadata,
        signer,
        idpMetadata: await (await fetch(idp)).text(),
        idp,
      })
      if (lasso === undefined) return t.skip('python3-lasso is not installed')
      try {
        const { xml, relayState } = answerOf(await land(bo, lasso.url))
        assert.equal(relayState, 'here & there')
        const told = await lasso.take(xml)
        assert.deepEqual(told.attributes, { uid: ['bo'] })
        assert.match(told.name ?? '', /^[\w-]{43}$/)
        assert.match((await lasso.take(xml.replace('>bo<', '>ana<'))).error ?? '', /^Ds.*Signature/)
        assert.equal(problemOf(await land(bo, lasso.url)), 'used')
      } finally {
        lasso.close()
      }
    })

    test('the receipt of an end names each application that keeps a session of its own and takes no word of an end', async () => {
      const gil = await postern.join(ana, 'gil')
      const told = await addTool(ana, 'told', { settings: { backchannelLogoutUri: `${origin}/told` } })
      for (const tool of [await addTool(ana, 'untold'), told]) await signOnTo(gil, tool)
      answerOf(await askByRedirect(gil))
      const { ended, remains } = await ana.act<AccessEnd>('POST', '/people/gil/end', { reason: 'left' })
      assert.equal(ended.find(({ kind }) => kind === 'applications signed on to')?.count, 2)
      assert.deepEqual(
        remains.filter(({ what }) => what.startsWith('Their own session')),
        ['The wiki', 'Untold'].map((name) => ({
          what: `Their own session in ${name}, which takes no word of an end: it lasts as long as ${name} lets it.`,
          until: null,
        })),
      )
    })

    test('whoever has left is answered nothing, nor anybody for an application that has ended', async () => {
      const eve = await postern.join(ana, 'eve')
      const waits = (await open(eve, `${origin}/saml/sso?${redirectQuery(requestXml(origin))}`)).headers.get('location')
      await ana.act('POST', '/people/eve/end', { reason: 'left' })
      assert.equal(pageOf(await land(eve, waits ?? '')).pathname, '/-/sign-on')
      assert.equal(pageOf(await askByRedirect(eve)).searchParams.get('problem'), null)
      const later = (await open(bo, `${origin}/saml/sso?${redirectQuery(requestXml(origin))}`)).headers.get('location')
      await ana.act('DELETE', '/applications/wiki')
      assert.equal(problemOf(await land(bo, later ?? '')), 'used')
      assert.equal(problemOf(await askByRedirect(bo)), 'unknown-application')
      await setUp(ana, 'wiki-again')
      answerOf(await askByRedirect(bo))
    })

    // The last one: from then on nobody here asks any more.
    test('what strangers of one address leave here fills no table, and what was answered elsewhere does not count', async () => {
      const { database } = postern.postern.ceremonies
      const stranger = postern.stranger()
      const kept = async () =>
        (
          await database.read
            .selectFrom('samlRequest')
            .select('requestId')
            .where('requestId', 'like', '_flood%')
            .where('answeredAt', 'is', null)
            .execute()
        ).length
      const silent = answerOf(await askByRedirect(stranger, { id: '_flood', more: ' IsPassive="true"' }))
      assert.deepEqual([statusOf(silent.xml), await kept()], [['Responder', 'NoPassive'], 0])
      const ask = async (id: string) =>
        (await open(stranger, `${origin}/saml/sso?${redirectQuery(requestXml(origin, { id }))}`)).headers.get(
          'location',
        )
      const led = await Promise.all(Array.from({ length: 520 }, (_, sent) => ask(`_flood${sent}`)))
      const tooMany = '/-/sign-on?problem=too-many'
      assert.ok(led.includes(tooMany))
      const most = await kept()
      assert.ok(most > 400 && most <= 500, String(most))
      await database.write((tx) => tx.updateTable('samlRequest').set({ answeredAt: 1 }).execute())
      later = 61_000
      assert.notEqual(await ask('_flood-next'), tooMany)
    })
  })
