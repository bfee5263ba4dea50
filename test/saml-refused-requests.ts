import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import type { makeTestSigner } from '../src/protocols/saml/test-signer.ts'
import type { AskedBySaml } from '../src/sign-on/saml/requests.ts'
import type { Person } from '../src/walk/person.ts'
import { open } from './support/oauth.ts'
import {
  acsUrl,
  answerOf,
  askByRedirect,
  entityId,
  land,
  passwordClass,
  problemOf,
  redirectQuery,
  requestXml,
  setUp,
  statusOf,
} from './support/saml.ts'
import type { StartedPostern } from './support/start-postern.ts'

interface Given {
  postern: StartedPostern
  origin: string
  ana: Person
  bo: Person
  signer: ReturnType<typeof makeTestSigner>
}

/** What a tool asks and gets no answer to: part of `saml.test.ts`, on the server that runs there. */
export function refusedRequestTests(given: () => Given): void {
  test('answers go nowhere but where they were registered to go', async () => {
    const { bo } = given()
    const at = (url: string) =>
      askByRedirect(bo, { issuer: 'urn:tracker', more: ` AssertionConsumerServiceURL="${url}"` })
    assert.equal(answerOf(await at(`${acsUrl}/2`)).acsUrl, `${acsUrl}/2`)
    for (const url of [
      'https://evil.example/acs',
      `${acsUrl}/`,
      `${acsUrl}?x`,
      acsUrl.toUpperCase(),
      acsUrl.replace('https', 'http'),
      acsUrl.replace('wiki.example', 'wiki.example.evil.example'),
      acsUrl.replace('wiki.example', 'wiki.example:443'),
      acsUrl.replace('wiki', 'w\u0456ki'),
      acsUrl.replace('https://', 'https://wiki.example@evil.example/'),
      `${acsUrl}/../acs`,
      '',
    ])
      assert.equal(problemOf(await at(url)), 'wrong-return', url)
    const byNumber = { issuer: 'urn:tracker', more: ' AssertionConsumerServiceIndex="1"' }
    assert.equal(problemOf(await askByRedirect(bo, byNumber)), 'wrong-return')
    assert.equal(answerOf(await askByRedirect(bo, { more: ' AssertionConsumerServiceIndex="7"' })).acsUrl, acsUrl)
  })

  test('a request is answered once, soon, here, and for somebody known', async () => {
    const { bo, origin } = given()
    const xml = requestXml(origin, { id: '_once' })
    const ask = (query: string) => land(bo, `/saml/sso?${query}`)
    const waits = (await open(bo, `${origin}/saml/sso?${redirectQuery(xml)}`)).headers.get('location') ?? ''
    // Loaded again before it was answered.
    assert.equal((await open(bo, `${origin}/saml/sso?${redirectQuery(xml)}`)).headers.get('location'), waits)
    answerOf(await land(bo, waits))
    assert.equal(problemOf(await land(bo, waits)), 'used')
    assert.equal(problemOf(await ask(redirectQuery(xml))), 'used')
    const other = requestXml(origin, { id: '_once', more: ' IsPassive="true"' })
    assert.equal(problemOf(await ask(redirectQuery(other))), 'used')
    for (const [asked, problem] of [
      [{ issuedAt: Date.now() - 6 * 60_000 }, 'too-old'],
      [{ issuedAt: Date.now() + 3 * 60_000 }, 'too-old'],
      [{ destination: 'https://other.example/saml/sso' }, 'not-understood'],
      [{ destination: `${origin}/saml/sso/` }, 'not-understood'],
      [{ issuer: 'https://wiki.example/saml/Metadata' }, 'unknown-application'],
      [{ issuer: `${entityId}<!-- -->` }, 'not-understood'],
    ] as const)
      assert.equal(problemOf(await askByRedirect(bo, asked)), problem)
    assert.deepEqual(statusOf(answerOf(await askByRedirect(bo, { destination: null })).xml), ['Success'])
  })

  test('what cannot be read is refused in one word', async () => {
    const { bo, origin } = given()
    const ask = async (query: string) => problemOf(await land(bo, `/saml/sso?${query}`))
    const doctype = `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>${requestXml(origin)}`
    assert.equal(await ask(redirectQuery(doctype)), 'not-understood')
    assert.equal(await ask(redirectQuery(Buffer.alloc(10_000_000, 0x20))), 'not-understood')
    const query = redirectQuery(requestXml(origin))
    assert.equal(await ask(`${query}&${query}`), 'not-understood')
    assert.equal(await ask(''), 'not-understood')
    assert.equal(await ask(redirectQuery(requestXml(origin), { relayState: 'a\0b' })), 'not-understood')
    for (const issuer of ['&#0;', '&#x1;', 'a\0b', '&#xFFFF;', '&#xD800;', '&unknown;'])
      assert.equal(await ask(redirectQuery(requestXml(origin, { issuer }))), 'not-understood', issuer)
    for (const path of ['/saml/start/%00', '/saml/continue/%00'])
      assert.equal((await fetch(origin + path)).status, 422, path)
    const large = await fetch(`${origin}/saml/sso`, {
      method: 'POST',
      body: new URLSearchParams({ SAMLRequest: 'A'.repeat(100_000) }),
    })
    assert.equal(large.status, 413)
  })

  test('what anybody may leave here while they sign in is small', async () => {
    const { bo, origin, postern } = given()
    const context = (text: string) => `<saml:AuthnContextClassRef>${text}</saml:AuthnContextClassRef>`
    const classes = ['x'.repeat(30_000), passwordClass, passwordClass, 'phr'].map(context).join('')
    const inside = `<samlp:RequestedAuthnContext>${classes}</samlp:RequestedAuthnContext>`
    await open(bo, `${origin}/saml/sso?${redirectQuery(requestXml(origin, { id: '_large', inside }))}`)
    const { asked } = await postern.postern.ceremonies.database.read
      .selectFrom('samlRequest')
      .select('asked')
      .where('requestId', '=', '_large')
      .executeTakeFirstOrThrow()
    assert.deepEqual((JSON.parse(asked) as AskedBySaml).requestedContext?.classes, [passwordClass, 'phr'])
  })

  test('where a signature is demanded, only the one beside the message by the registered key counts', async () => {
    const { bo, origin, signer } = given()
    const asked = { issuer: 'urn:signed' }
    const { privateKey: foreign } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const own = { key: signer.privateKey }
    assert.equal(problemOf(await askByRedirect(bo, asked)), 'bad-signature')
    assert.equal(problemOf(await askByRedirect(bo, asked, { key: foreign })), 'bad-signature')
    const sha1 = { ...own, algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }
    assert.equal(problemOf(await askByRedirect(bo, asked, sha1)), 'bad-signature')
    assert.equal(problemOf(await askByRedirect(bo, { ...asked, destination: null }, own)), 'not-understood')
    const body = new URLSearchParams({ SAMLRequest: Buffer.from(requestXml(origin, asked)).toString('base64') })
    const posted = await fetch(`${origin}/saml/sso`, { method: 'POST', body, redirect: 'manual' })
    assert.match(posted.headers.get('location') ?? '', /problem=bad-signature/)
    answerOf(await askByRedirect(bo, asked, own))
  })

  test('what was asked before a signature was demanded has to be asked again', async () => {
    const { ana, bo, origin, signer } = given()
    const settings = { entityId: 'urn:later', acsUrls: [acsUrl] }
    await setUp(ana, 'later', { settings })
    const query = redirectQuery(requestXml(origin, { issuer: 'urn:later' }))
    const waits = (await open(bo, `${origin}/saml/sso?${query}`)).headers.get('location') ?? ''
    const signed = { ...settings, requireSignedRequests: true, certificate: signer.pem }
    await ana.act('PATCH', '/applications/later', { settings: signed })
    assert.equal(problemOf(await land(bo, waits)), 'used')
  })
}
