import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateKeyPair } from 'jose'
import type { Person } from '../src/walk/person.ts'
import { type ForgedProvider, startForgedProvider } from './support/forged-provider.ts'
import { startPostern } from './support/start-postern.ts'
import { comeBack } from './support/upstream.ts'
import { clientId, clientSecret, settings, verifiedDomain } from './support/upstream-settings.ts'
import { assertOut, me, refusalIn, refusedWith } from './support/upstream-together.ts'

/** Postern with forged places to sign in, each by a name. */
async function among(...names: string[]) {
  let ahead = 0
  const postern = await startPostern({
    flags: ['--outbound-allow', '127.0.0.0/8'],
    now: () => Date.now() + ahead,
  })
  const owner = await postern.owner('olga')
  const { id } = await me(owner)
  await postern.postern.ceremonies.database.write((tx) =>
    tx
      .insertInto('domain')
      .values(verifiedDomain('acme.example', Date.now(), id))
      .execute(),
  )
  const places: { forged: ForgedProvider; id: string }[] = []
  for (const [at, name] of names.entries()) {
    const forged = await startForgedProvider()
    const domains = at === 0 ? ['acme.example'] : []
    const wanted = { ...settings, name, issuer: forged.issuer, domains }
    const made = await owner.act<{ id: string }>('POST', '/directory/providers', wanted)
    places.push({ forged, id: made.id })
  }
  return {
    postern,
    owner,
    places,
    pass: (ms: number) => (ahead += ms),
    async [Symbol.asyncDispose]() {
      for (const { forged } of places) await forged[Symbol.asyncDispose]()
      await postern[Symbol.asyncDispose]()
    },
  }
}

async function begin(person: Person, provider: string) {
  const { url } = await person.call<{ url: string }>('POST', '/sign-in/upstream/begin', { provider })
  const { searchParams } = new URL(url)
  const read = (name: string): string => searchParams.get(name) ?? ''
  return { state: read('state'), nonce: read('nonce'), redirectUri: read('redirect_uri'), read }
}

const claimsFor = (forged: ForgedProvider, nonce: string) => {
  const iat = Math.floor(Date.now() / 1000)
  return {
    iss: forged.issuer,
    aud: clientId,
    sub: 'ana-there',
    nonce,
    iat,
    exp: iat + 300,
    email: 'ana@acme.example',
    email_verified: true,
  }
}

test('the way there carries PKCE, a state and a nonce, and the exact address to come back to', async () => {
  await using here = await among('Acme')
  const [{ id }] = here.places as [(typeof here.places)[0]]
  const { read, redirectUri } = await begin(here.postern.stranger(), id)
  assert.equal(read('code_challenge_method'), 'S256')
  assert.match(read('code_challenge'), /^[\w-]{43}$/)
  assert.equal(redirectUri, `${here.postern.origin}/api/v1/sign-in/upstream/${id}/return`)
  assert.equal(read('response_type'), 'code')
})

test('a token that is not exactly for this sign-in signs nobody in', async () => {
  await using here = await among('Acme')
  const [{ forged, id }] = here.places as [(typeof here.places)[0]]
  const stranger = (await generateKeyPair('ES256')).privateKey
  const now = Math.floor(Date.now() / 1000)
  const secret = new TextEncoder().encode(clientSecret)
  const unsigned = (claims: object): string =>
    `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`
  type Make = (claims: ReturnType<typeof claimsFor>) => Promise<string> | string
  const forgeries: Record<string, Make> = {
    'another issuer': (claims) => forged.sign({ ...claims, iss: 'https://other.example' }),
    'the issuer with a slash': (claims) => forged.sign({ ...claims, iss: `${claims.iss}/` }),
    'another client': (claims) => forged.sign({ ...claims, aud: 'another' }),
    'two audiences without azp': (claims) => forged.sign({ ...claims, aud: [clientId, 'another'] }),
    'made for another party': (claims) => forged.sign({ ...claims, azp: 'another' }),
    'another nonce': (claims) => forged.sign({ ...claims, nonce: 'other' }),
    'no nonce': (claims) => forged.sign({ ...claims, nonce: undefined }),
    'over since ten minutes': (claims) => forged.sign({ ...claims, iat: now - 900, exp: now - 600 }),
    'not yet valid': (claims) => forged.sign({ ...claims, nbf: now + 600 }),
    'no end': (claims) => forged.sign({ ...claims, exp: undefined }),
    'no subject': (claims) => forged.sign({ ...claims, sub: undefined }),
    'another key': (claims) => forged.sign(claims, {}, stranger),
    'an unknown key': (claims) => forged.sign(claims, { kid: 'two' }, stranger),
    'the client secret as a key': (claims) => forged.sign(claims, { alg: 'HS256', kid: undefined }, secret),
    'no signature': (claims) => unsigned(claims),
    'no token': () => 'not a token',
  }
  for (const [name, make] of Object.entries(forgeries)) {
    const person = here.postern.stranger()
    const { state, nonce, redirectUri } = await begin(person, id)
    forged.grant(await make(claimsFor(forged, nonce)))
    const page = await comeBack(person, `${redirectUri}?code=x&state=${encodeURIComponent(state)}`)
    assert.equal(refusalIn(page), 'provider-mistrusted', name)
    await assertOut(person)
  }
  const honest = here.postern.stranger()
  const { state, nonce, redirectUri } = await begin(honest, id)
  forged.grant(await forged.sign({ ...claimsFor(forged, nonce), azp: clientId }))
  assert.equal(
    await comeBack(honest, `${redirectUri}?code=x&state=${encodeURIComponent(state)}&iss=${forged.issuer}`),
    '/',
  )
  assert.equal((await me(honest)).username, 'ana')
})

test('what is said beside the token proves no other address than its own, and no stronger sign-in', async () => {
  await using here = await among('Acme')
  const [{ forged, id }] = here.places as [(typeof here.places)[0]]
  forged.answers['/.well-known/openid-configuration'] = {
    ...(forged.answers['/.well-known/openid-configuration'] as object),
    userinfo_endpoint: `${forged.issuer}/userinfo`,
  }
  // So that it is asked again what it is; and it is asked for more where the token does not name the groups.
  here.pass(61_000)
  await here.owner.act('PATCH', `/directory/providers/${id}`, { groupClaim: 'groups', trustsAcr: 'phr' })
  const comes = async (userinfo: Record<string, unknown>, person = here.postern.stranger()) => {
    const { state, nonce, redirectUri } = await begin(person, id)
    forged.grant(await forged.sign({ ...claimsFor(forged, nonce), email_verified: undefined }))
    forged.answers['/userinfo'] = { sub: 'ana-there', groups: [], email_verified: true, ...userinfo }
    return refusalIn(await comeBack(person, `${redirectUri}?code=x&state=${encodeURIComponent(state)}`))
  }
  assert.equal(await comes({ email: 'ana@elsewhere.example' }), 'address-unverified')
  assert.equal(await comes({}), 'address-unverified')
  assert.equal(forged.asked['/userinfo'], 2)
  // Only what is signed says how they signed in.
  const ana = here.postern.stranger()
  assert.equal(await comes({ email: 'ana@acme.example', acr: 'phrh', amr: ['mfa', 'phr'] }, ana), null)
  assert.equal((await me(ana)).session.strength, 'password')
})

test('one place cannot answer for another, and the same number at another issuer is somebody else', async () => {
  await using here = await among('Acme', 'Evil')
  const [acme, evil] = here.places as [(typeof here.places)[0], (typeof here.places)[0]]
  const arrive = async ({ forged, id }: typeof acme, change: (url: URL) => void = () => {}) => {
    const person = here.postern.stranger()
    const { state, nonce, redirectUri } = await begin(person, id)
    forged.grant(await forged.sign(claimsFor(forged, nonce)))
    const url = new URL(`${redirectUri}?code=x`)
    url.searchParams.set('state', state)
    change(url)
    const page = await comeBack(person, url.href)
    return { person, refused: refusalIn(page) }
  }
  // Begun at Acme, it comes back where Evil's answers come: the code would go to Evil.
  const mixed = await arrive(acme, (url) => {
    url.pathname = url.pathname.replace(acme.id, evil.id)
  })
  assert.equal(mixed.refused, 'not-finished')
  assert.equal(evil.forged.asked['/token'], undefined)
  // RFC 9207: it says itself that another issuer made it.
  const named = await arrive(acme, (url) => url.searchParams.set('iss', evil.forged.issuer))
  assert.equal(named.refused, 'provider-mistrusted')
  assert.equal(acme.forged.asked['/token'], undefined)

  assert.equal((await me((await arrive(acme)).person)).username, 'ana')
  assert.equal((await arrive(evil)).refused, 'domain-not-verified')
})

test('an issuer that changes its name, grows without end, leads elsewhere or falls silent is an outage, not a way in', async () => {
  await using here = await among('Acme')
  const [{ forged, id }] = here.places as [(typeof here.places)[0]]
  const path = '/.well-known/openid-configuration'
  const document = forged.answers[path] as Record<string, unknown>
  const bad: Record<string, ForgedProvider['answers'][string]> = {
    'provider-mistrusted': { ...document, issuer: 'https://other.example' },
    'provider-unreachable': (response) => response.end(JSON.stringify({ ...document, more: 'x'.repeat(300_000) })),
  }
  const answers: [string, ForgedProvider['answers'][string]][] = [
    ...Object.entries(bad),
    [
      'provider-unreachable',
      (response) => response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    ],
    ['provider-unreachable', (response) => response.destroy()],
    ['provider-mistrusted', (response) => response.setHeader('content-type', 'application/json').end('{')],
    [
      'provider-mistrusted',
      { ...document, token_endpoint: 'http://10.0.0.1/token', authorization_endpoint: 'javascript:alert(1)' },
    ],
    ['provider-unreachable', { ...document, jwks_uri: 'http://10.0.0.1/jwks' }],
  ]
  for (const [code, answer] of answers) {
    forged.answers[path] = answer
    here.pass(120_000)
    const person = here.postern.stranger()
    if (typeof answer === 'object' && String(answer['jwks_uri']).includes('10.0.0.1')) {
      // What it names inside the house is not asked, also where it is named later.
      const { state, nonce, redirectUri } = await begin(person, id)
      forged.grant(await forged.sign(claimsFor(forged, nonce)))
      assert.equal(refusalIn(await comeBack(person, `${redirectUri}?code=x&state=${encodeURIComponent(state)}`)), code)
    } else await assert.rejects(begin(person, id), refusedWith(code))
    await assertOut(person)
  }
  forged.answers[path] = document
  here.pass(120_000)
  await begin(here.postern.stranger(), id)
})

test('what an owner sets up is asked what it is before it is kept', async () => {
  await using here = await among('Acme')
  const [{ forged }] = here.places as [(typeof here.places)[0]]
  const add = (changes: Record<string, unknown>) =>
    here.owner.act('POST', '/directory/providers', { ...settings, name: 'Other', domains: [], ...changes })
  for (const issuer of [
    'http://login.example.com',
    'https://10.0.0.1',
    'https://localhost.localdomain:1/',
    'ftp://x.example',
    'https://login.microsoftonline.com/common/v2.0',
    `${forged.issuer}/.well-known/openid-configuration`,
    `${forged.issuer}/?x=1`,
  ])
    await assert.rejects(add({ issuer }), refusedWith('invalid-input'), issuer)
  await assert.rejects(add({ issuer: forged.issuer }), refusedWith('provider-exists'))
  await using other = await startForgedProvider()
  await assert.rejects(add({ issuer: other.issuer, domains: ['acme.example'] }), refusedWith('domain-taken'))
  await assert.rejects(add({ issuer: other.issuer, requiredGroup: 'staff' }), refusedWith('invalid-input'))
  await here.owner.act('POST', '/groups', { name: 'crew', description: '' })
  const mapped = { issuer: other.issuer, groupClaim: 'groups', groupMap: { staff: 'crew' } }
  await assert.rejects(add(mapped), refusedWith('group-exists'), 'a group that people keep is theirs')
  const admin = await here.postern.join(here.owner, 'adam', 'admin')
  await assert.rejects(
    admin.act('POST', '/directory/providers', { ...settings, issuer: other.issuer }),
    refusedWith('not-allowed'),
  )
  const { items } = await admin.call<{ items: Record<string, unknown>[] }>('GET', '/directory/providers')
  assert.doesNotMatch(JSON.stringify(items), new RegExp(clientSecret))
})
