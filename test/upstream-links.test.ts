import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { SignJWT } from 'jose'
import type { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { eitherStore } from './support/stores.ts'
import { comeBack, visit } from './support/upstream.ts'
import { clientId } from './support/upstream-settings.ts'
import { startForgedProvider } from './support/forged-provider.ts'
import {
  assertOut,
  events,
  me,
  refusalIn,
  refusedWith,
  setUser,
  together,
  type Together,
} from './support/upstream-together.ts'

const root = '/me/external-identities'
const ticketIn = (page: string, name: string): string => new URL(page, 'http://x').searchParams.get(name) ?? ''

/** Shows one's account there, and returns the page one comes back to. */
async function show(here: Together, person: Person): Promise<string> {
  const { url } = await person.call<{ url: string }>('POST', `${root}/begin`, { provider: here.providerId })
  return comeBack(person, await visit(url))
}

const listOf = async (person: Person) =>
  (await person.call<{ items: { id: string; label: string; linkedBy: string }[] }>('GET', root)).items

for (const store of eitherStore)
  test(`a person joins an account elsewhere by showing it and tapping, and parts from it again, on ${store.name}`, async () => {
    await using here = await together({ flags: await store.flags(), settings: { createsPeople: false } })
    const zoe = await here.postern.join(here.owner, 'zoe')
    assert.equal((await here.arrive()).refused, 'not-known')
    const ticket = ticketIn(await show(here, zoe), 'join')
    const offer = await zoe.call<{ label: string }>('GET', `${root}/offers/${ticket}`)
    assert.equal(offer.label, 'ana@acme.example')
    await assert.rejects(zoe.call('POST', root, { ticket }), refusedWith('seal-required'))
    await zoe.act('POST', root, { ticket })
    await assert.rejects(zoe.act('POST', root, { ticket }), refusedWith('ceremony-over'))
    const [joined] = await listOf(zoe)
    assert.deepEqual([joined?.label, joined?.linkedBy], ['ana@acme.example', 'person'])

    const { person: there } = await here.arrive()
    assert.equal((await me(there)).username, 'zoe')
    assert.equal(refusalIn(await show(here, await here.postern.join(here.owner, 'yan'))), 'already-joined')

    await zoe.act('DELETE', `${root}/${joined?.id}`)
    await assertOut(there)
    assert.equal((await here.arrive()).refused, 'link-ended')
    assert.deepEqual(await listOf(zoe), [])
    // Joined again, it is the same row, and works.
    await zoe.act('POST', root, { ticket: ticketIn(await show(here, zoe), 'join') })
    assert.equal((await me((await here.arrive()).person)).username, 'zoe')
    assert.equal((await events(here.postern, 'identity.linked')).length, 2)
  })

test('an account that somebody else has shown cannot be joined, nor shown in another session', async () => {
  await using here = await together()
  const [zoe, mallory] = [await here.postern.join(here.owner, 'zoe'), await here.postern.join(here.owner, 'mallory')]
  const ticket = ticketIn(await show(here, mallory), 'join')
  // Mallory's account there, joined with Zoe's here, would let Mallory in as Zoe.
  await assert.rejects(zoe.call('GET', `${root}/offers/${ticket}`), refusedWith('ceremony-over'))
  await assert.rejects(zoe.act('POST', root, { ticket }), refusedWith('ceremony-over'))
  const { url } = await zoe.call<{ url: string }>('POST', `${root}/begin`, { provider: here.providerId })
  const back = await visit(url)
  await zoe.signOut()
  assert.equal(refusalIn(await comeBack(zoe, back)), 'not-finished')
  // What comes back for a link, a test or a sign-in stands for nothing else.
  const forSignIn = await mallory.call<{ url: string }>('POST', '/sign-in/upstream/begin', {
    provider: here.providerId,
  })
  const state = new URL(forSignIn.url).searchParams.get('state') ?? ''
  await assert.rejects(mallory.call('GET', `${root}/offers/${state}`), refusedWith('ceremony-over'))
})

test('an account that whoever broke the glass joined is parted from it by the review', async () => {
  await using here = await together({ settings: { createsPeople: false } })
  const { postern, owner } = here
  await postern.join(owner, 'zoe', 'owner')
  const adam = await postern.join(owner, 'adam', 'admin')
  const { code } = await owner.act<{ code: string }>('POST', '/break-glass', { username: 'zoe' })
  const { link } = await owner.call<{ link: string }>('POST', '/break-glass/use', { code })
  const thief = postern.stranger()
  await thief.register(link, applicant('zoe'))
  await thief.act('POST', root, { ticket: ticketIn(await show(here, thief), 'join') })
  const { person: there } = await here.arrive()
  assert.equal((await me(there)).username, 'zoe')
  const [used] = (await adam.call<{ items: { id: string }[] }>('GET', '/break-glass')).items
  await adam.act('POST', `/break-glass/${used?.id}/review`, { keepPasskey: false })
  await assertOut(there)
  assert.equal((await here.arrive()).refused, 'link-ended')
})

test('a test shows what a place says, to administrators alone, and signs nobody in', async () => {
  await using here = await together({ settings: { groupClaim: 'groups', groupMap: { devs: 'acme-devs' } } })
  here.upstream.accounts.set('ana-there', { email: 'ana@acme.example', email_verified: true, groups: ['devs'] })
  const path = `/directory/providers/${here.providerId}/test`
  const place = await here.owner.call<{ groupMap: object }>('GET', `/directory/providers/${here.providerId}`)
  assert.deepEqual(place.groupMap, { devs: 'acme-devs' })
  const member = await here.postern.join(here.owner, 'mel')
  await assert.rejects(member.call('POST', path, {}), refusedWith('not-allowed'))
  const before = await me(here.owner)
  const { url } = await here.owner.call<{ url: string }>('POST', path, {})
  const page = await comeBack(here.owner, await visit(url))
  const ticket = ticketIn(page, 'tested')
  const result = await here.owner.call<{
    problem: string | null
    claims: string
    reading: { label: string; value: string }[]
  }>('GET', `/directory/providers/tests/${ticket}`)
  assert.equal(result.problem, null)
  assert.match(result.claims, /"email": "ana@acme.example"/)
  const reading = Object.fromEntries(result.reading.map(({ label, value }) => [label, value]))
  assert.equal(reading['Groups here'], 'acme-devs')
  assert.equal(reading['Here'], 'nobody is joined with it yet')
  assert.deepEqual(await me(here.owner), before)
  assert.equal((await events(here.postern, 'person.arrived')).length, 0)
  const admin = await here.postern.join(here.owner, 'adam', 'admin')
  await assert.rejects(admin.call('GET', `/directory/providers/tests/${ticket}`), refusedWith('not-found'))

  // A wrong secret is said in words.
  await here.change({ clientSecret: 'wrong' })
  const again = await here.owner.call<{ url: string }>('POST', path, {})
  const failed = ticketIn(await comeBack(here.owner, await visit(again.url)), 'tested')
  const { problem } = await here.owner.call<{ problem: string }>('GET', `/directory/providers/tests/${failed}`)
  assert.match(problem, /client id and secret are not the ones it knows/)
})

test('removing a place ends what began there, and nobody’s account', async () => {
  await using here = await together({ settings: { groupClaim: 'groups', groupMap: { devs: 'acme-devs' } } })
  const { person: ana } = await here.arrive()
  await here.owner.act('DELETE', `/directory/providers/${here.providerId}`)
  await assertOut(ana)
  const { items } = await here.owner.call<{ items: { username: string; state: string }[] }>('GET', '/people')
  assert.equal(items.find(({ username }) => username === 'ana')?.state, 'active')
  await assert.rejects(here.arrive(), refusedWith('no-such-place'))
  assert.deepEqual((await here.owner.call<{ items: unknown[] }>('GET', '/sign-in/providers')).items, [])
  await here.owner.act('DELETE', '/groups/acme-devs')
})

describe('sessions that end there', () => {
  const send = (here: Together, body: Record<string, string>) =>
    fetch(`${here.postern.origin}/api/v1/sign-in/upstream/${here.providerId}/logout`, {
      method: 'POST',
      body: new URLSearchParams(body),
    })

  test('end here, by the real thing', async () => {
    await using here = await together()
    const { person: ana } = await here.arrive()
    const client = (await here.upstream.provider.Client.find(clientId)) as unknown as {
      backchannelLogoutUri: string
      backchannelLogout(subject: string, sid: string): Promise<void>
    }
    client.backchannelLogoutUri = `${here.postern.origin}/api/v1/sign-in/upstream/${here.providerId}/logout`
    await client.backchannelLogout('somebody-else', 'x')
    assert.equal((await me(ana)).username, 'ana')
    await client.backchannelLogout('ana-there', 'x')
    await assertOut(ana)
  })

  test('end by a token that the place signed for us, now, and by no other', async () => {
    await using here = await together()
    await using forged = await startForgedProvider()
    await here.owner.act('DELETE', `/directory/providers/${here.providerId}`)
    const { id } = await here.owner.act<{ id: string }>('POST', '/directory/providers', {
      kind: 'other',
      name: 'Forged',
      issuer: forged.issuer,
      clientId,
      clientSecret: 'a-secret',
      domains: ['acme.example'],
      isShown: true,
      trustsAcr: 'none',
      groupClaim: null,
      groupMap: {},
      requiredGroup: null,
      createsPeople: true,
      newPersonRole: 'member',
      demandsLocalPasskey: true,
    })
    const now = Math.floor(Date.now() / 1000)
    const arrive = async (): Promise<Person> => {
      const person = here.postern.stranger()
      const { url } = await person.call<{ url: string }>('POST', '/sign-in/upstream/begin', { provider: id })
      const { searchParams } = new URL(url)
      const [nonce, state] = [searchParams.get('nonce') ?? '', searchParams.get('state') ?? '']
      const claims = { iss: forged.issuer, aud: clientId, sub: 'ana', nonce, iat: now, exp: now + 300, sid: 'one' }
      forged.grant(await forged.sign({ ...claims, email: 'ana@acme.example', email_verified: true }))
      await comeBack(person, `${searchParams.get('redirect_uri')}?code=x&state=${encodeURIComponent(state)}`)
      return person
    }
    const ana = await arrive()
    const good = {
      iss: forged.issuer,
      aud: clientId,
      sub: 'ana',
      iat: now,
      exp: now + 120,
      jti: 'one',
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    }
    const post = async (token: string) => {
      const to = { ...here, providerId: id }
      return (await send(to, { logout_token: token })).status
    }
    const bad: Record<string, object> = {
      'another issuer': { ...good, iss: 'https://other.example' },
      'another client': { ...good, aud: 'other' },
      'an ID token': { ...good, nonce: 'x' },
      'no event': { ...good, events: {} },
      'another event': { ...good, events: { 'urn:other': {} } },
      nobody: { ...good, sub: undefined },
      'long ago': { ...good, iat: now - 3_600 },
      over: { ...good, iat: now - 200, exp: now - 100 },
      'no number': { ...good, jti: undefined },
    }
    for (const [name, claims] of Object.entries(bad))
      assert.equal(await post(await forged.sign(claims as Record<string, unknown>)), 400, name)
    const secret = new TextEncoder().encode('a-secret')
    assert.equal(await post(await new SignJWT(good).setProtectedHeader({ alg: 'HS256' }).sign(secret)), 400)
    assert.equal(await post('x'), 400)
    assert.equal((await me(ana)).username, 'ana')
    assert.equal(await post(await forged.sign({ ...good, sub: 'somebody-else' })), 200)
    assert.equal((await me(ana)).username, 'ana')

    const token = await forged.sign({ ...good, sid: 'one' })
    assert.equal(await post(token), 200)
    await assertOut(ana)
    const [ended] = await events(here.postern, 'session.ended-upstream')
    assert.deepEqual([ended?.facts['person'], ended?.facts['count']], ['ana', 1])

    // Kept and sent again later, it ends nothing that began since.
    here.pass(120_000)
    const again = await arrive()
    assert.equal(await post(token), 200)
    assert.equal((await me(again)).username, 'ana')
    assert.ok((forged.asked['/jwks'] ?? 0) < 8, 'whoever sends many tokens has the keys fetched a few times')
  })
})

test('whoever is ended elsewhere is out here too, with every account they were joined with', async () => {
  await using here = await together()
  const { person: ana } = await here.arrive()
  await setUser(here.postern, 'ana', { managedBy: null })
  const preview = await here.owner.call<{ counts: { kind: string; count: number }[] }>('GET', '/people/ana/access')
  assert.match(JSON.stringify(preview), /"sign-in links"/)
  await here.owner.act('POST', '/people/ana/end', { reason: 'left' })
  await assertOut(ana)
})
