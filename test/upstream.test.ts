import { admit } from '../src/directory/upstream/admit.ts'
import type { Provider } from '../src/directory/upstream/openid.ts'
import { findProvider } from '../src/directory/upstream/providers.ts'
import { UpstreamError } from '../src/directory/upstream/upstream-error.ts'
import type { Tx } from '../src/database/handles.ts'
import type { TableName } from '../src/database/schema.ts'
import { changeManagedPerson } from '../src/identity/managed-people.ts'
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { inFront } from './support/in-front.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { eitherStore } from './support/stores.ts'
import { comeBack, signInWith, visit } from './support/upstream.ts'
import { assertOut, events, me, refusedWith, setUser, together } from './support/upstream-together.ts'

const dayMs = 86_400_000

for (const store of eitherStore)
  describe(`signing in from another place, on ${store.name}`, () => {
    test('somebody new comes, and comes again as the same, whatever their address there is by then', async () => {
      await using here = await together({ flags: await store.flags() })
      const ana = here.postern.stranger()
      assert.equal(await signInWith(ana, here.providerId, '/-/inbox'), '/-/inbox')
      const { username, email, role, session } = await me(ana)
      assert.deepEqual([username, email, role], ['ana', 'ana@acme.example', 'member'])
      assert.deepEqual([session.strength, session.credentialName], ['password', null])
      const [arrived] = await events(here.postern, 'person.arrived')
      assert.equal(arrived?.facts['provider'], 'Acme')

      // The account there is given the owner's address: it stays Ana's here, and the owner's stays the owner's.
      here.upstream.accounts.set('ana-there', { email: 'olga@example.com', email_verified: true, name: 'Olga' })
      const again = await here.arrive()
      assert.equal((await me(again.person)).username, 'ana')
    })

    test('two first arrivals at once make one person', async () => {
      await using here = await together({ flags: await store.flags() })
      const both = await Promise.all([here.arrive(), here.arrive()])
      const [one, two] = await Promise.all(both.map(({ person }) => me(person)))
      assert.equal(one?.id, two?.id)
      assert.equal((await events(here.postern, 'person.arrived')).length, 1)
    })

    test('groups there are read at each sign-in, and a required one takes access and gives it back', async () => {
      await using here = await together({
        flags: await store.flags(),
        settings: { groupClaim: 'groups', groupMap: { devs: 'acme-devs' }, requiredGroup: 'postern' },
      })
      const account = { email: 'ana@acme.example', email_verified: true, name: 'Ana Acme' }
      const groups = async () => {
        const { items } = await here.owner.call<{ items: { name: string; members: { username: string }[] }[] }>(
          'GET',
          '/groups',
        )
        return items.filter(({ members }) => members.some(({ username }) => username === 'ana')).map(({ name }) => name)
      }
      here.upstream.accounts.set('ana-there', { ...account, groups: ['devs'] })
      assert.equal((await here.arrive()).refused, 'required-group', 'nobody is made who is not in the group')
      assert.equal((await events(here.postern, 'person.arrived')).length, 0)

      here.upstream.accounts.set('ana-there', { ...account, groups: ['postern', 'devs', 'other'] })
      const { person: ana } = await here.arrive()
      assert.deepEqual(await groups(), ['acme-devs'])
      here.upstream.accounts.set('ana-there', { ...account, groups: ['postern'] })
      await here.arrive()
      assert.deepEqual(await groups(), [])

      here.upstream.accounts.set('ana-there', { ...account, groups: [] })
      assert.equal((await here.arrive()).refused, 'required-group')
      await assertOut(ana)
      const [ended] = await events(here.postern, 'access.ended')
      assert.equal(ended?.facts['cause'], 'upstream')

      here.upstream.accounts.set('ana-there', { ...account, groups: ['postern'] })
      const back = await here.arrive()
      assert.equal((await me(back.person)).username, 'ana')
      await assertOut(ana)

      // The last owner's access ends as everybody's does, and that is loud.
      await setUser(here.postern, 'ana', { role: 'owner' })
      await setUser(here.postern, 'olga', { role: 'admin' })
      here.upstream.accounts.set('ana-there', { ...account, groups: [] })
      assert.equal((await here.arrive()).refused, 'required-group')
      await assertOut(back.person)
      const [ownerless, ...more] = await events(here.postern, 'instance.ownerless')
      assert.deepEqual([ownerless?.facts['person'], ownerless?.facts['cause'], more], ['ana', 'upstream', []])
    })
  })

test('what a person ended stays ended, whatever the other place says', async () => {
  await using here = await together({ settings: { groupClaim: 'groups', requiredGroup: 'postern' } })
  here.upstream.accounts.set('ana-there', { email: 'ana@acme.example', email_verified: true, groups: ['postern'] })
  const { person: ana } = await here.arrive()
  await here.owner.act('POST', '/people/ana/end', { reason: 'left' })
  await assertOut(ana)
  assert.equal((await here.arrive()).refused, 'access-ended')

  // Given back by a person, the account is there again and the way in from elsewhere is not.
  await here.owner.act('POST', '/people/ana/restore', {})
  assert.equal((await here.arrive()).refused, 'link-ended')
})

test('what an owner changes or removes while an answer is on its way wins over that answer', async () => {
  await using here = await together({ settings: { groupClaim: 'groups' } })
  const { ceremonies, endAccess } = here.postern.postern
  const read = async () =>
    (await findProvider(ceremonies.database.read, here.providerId)) ?? assert.fail('is not there')
  const arriving = async () => ({
    provider: await read(),
    identity: {
      issuer: here.upstream.issuer,
      subject: 'ana-there',
      sid: null,
      address: 'ana@acme.example',
      label: 'ana',
      displayName: 'Ana',
      groups: new Set<string>(),
      strength: 'mfa' as const,
    },
    client: { address: '127.0.0.1', userAgent: '' },
  })
  const refusedAs = (wanted: string) => (error: unknown) => error instanceof UpstreamError && error.refusal === wanted
  const come = (late: Awaited<ReturnType<typeof arriving>>) => admit({ ...ceremonies, endAccess }, late)
  const open = await arriving()
  await here.change({ requiredGroup: 'staff' })
  await assert.rejects(come(open), refusedAs('required-group'))
  await here.change({ requiredGroup: null, createsPeople: false })
  await assert.rejects(come(open), refusedAs('not-known'))
  await here.change({ createsPeople: true, clientSecret: 'another-secret-of-some-length' })
  await assert.rejects(come(open), refusedAs('not-finished'), 'the secret it was fetched with may be in wrong hands')
  await here.change({ demandsLocalPasskey: false })
  const trusted = await arriving()
  await here.change({ demandsLocalPasskey: true })
  await assert.rejects(come(trusted), refusedAs('not-finished'), 'it was read as more than it counts by now')
  const last = await arriving()
  await here.owner.act('DELETE', `/directory/providers/${here.providerId}`)
  await assert.rejects(come(last), refusedAs('provider-gone'))
})

test('of two owners at once neither undoes what the other has decided, and no link lets in that ends at that moment', async () => {
  await using here = await together({ flags: postgresFlags(await postgresDatabase()) })
  const { database } = here.postern.postern.ceremonies
  const { person: ana } = await here.arrive()
  const besides = (changed: Partial<Provider>, meanwhile: () => Promise<unknown>) =>
    inFront({ database, write: (tx) => tx.updateTable('identityProvider').set(changed).execute() }, meanwhile)
  const renamed = await besides({ createsPeople: 0 }, () => here.change({ name: 'Acme two' }))
  assert.equal(renamed.status, 'fulfilled')
  const { name, createsPeople } = (await findProvider(database.read, here.providerId)) ?? assert.fail('is gone')
  assert.deepEqual([name, createsPeople], ['Acme two', 0])

  const parting = (tx: Tx<TableName>) => tx.updateTable('externalIdentity').set({ endedAt: Date.now() }).execute()
  const came = await inFront({ database, write: parting }, () => here.arrive())
  assert.equal(came.status === 'fulfilled' && came.value.refused, 'link-ended')
  assert.equal((await me(ana)).username, 'ana', 'what began by it before is for whoever parts from it to end')

  const late = await besides({ endedAt: Date.now() }, () => here.change({ name: 'Acme three' }))
  assert.ok(late.status === 'rejected' && refusedWith('not-found')(late.reason))
  assert.equal(await findProvider(database.read, here.providerId), undefined)
  const again = await besides({ endedAt: Date.now() }, () =>
    here.owner.act('DELETE', `/directory/providers/${here.providerId}`),
  )
  assert.equal(again.status, 'rejected')
})

test('an account that its person manages is never joined by its address', async () => {
  await using here = await together()
  const zoe = await here.postern.join(here.owner, 'zoe')
  await setUser(here.postern, 'zoe', { email: 'Zoe@acme.example', emailVerifiedAt: 1 })
  here.upstream.accounts.set('zoe-there', { email: 'zoe@acme.example', email_verified: true })
  here.upstream.there = { subject: 'zoe-there' }
  assert.equal((await here.arrive()).refused, 'account-exists')

  // Managed alone is not enough: anybody can write an address into their account.
  await setUser(here.postern, 'zoe', { managedBy: 'dom_acmeexample', emailVerifiedAt: null })
  assert.equal((await here.arrive()).refused, 'account-exists')
  await setUser(here.postern, 'zoe', { managedBy: 'dir_other' })
  assert.equal((await here.arrive()).refused, 'account-exists')

  // Once the organisation manages it, it is; and nobody else there who is given the address gets in after that.
  await setUser(here.postern, 'zoe', { managedBy: 'dom_acmeexample', emailVerifiedAt: 1 })
  assert.equal((await me((await here.arrive()).person)).id, (await me(zoe)).id)
  here.upstream.accounts.set('mallory-there', { email: 'zoe@acme.example', email_verified: true })
  here.upstream.there = { subject: 'mallory-there' }
  assert.equal((await here.arrive()).refused, 'address-taken')
})

test('whoever wrote somebody’s address first, here or gone, keeps them out of nothing and loses it', async () => {
  await using here = await together()
  const mallory = await here.postern.join(here.owner, 'mallory')
  await mallory.act('PATCH', '/me', { email: 'Ana@ACME.example.' })
  const gone = await here.postern.join(here.owner, 'gone')
  await gone.act('PATCH', '/me', { email: 'ana@acme.example' })
  await gone.act('DELETE', '/me')
  const { person } = await here.arrive()
  assert.notEqual((await me(person)).id, (await me(mallory)).id)
  assert.equal((await me(person)).email, 'ana@acme.example')
  assert.equal((await me(mallory)).email, '')
  await assert.rejects(mallory.call('POST', '/me/email/verify'))
  assert.deepEqual(
    (await events(here.postern, 'profile.address-released')).map(({ facts }) => facts),
    ['mallory', 'gone'].map((name) => ({ person: name, broughtBy: 'Acme' })),
  )
})

test('a member or an owner who writes a colleague’s address keeps them from nothing; both sides see it on Home', async () => {
  await using here = await together()
  const mallory = await here.postern.join(here.owner, 'mallory')
  for (const person of [mallory, here.owner]) await person.act('PATCH', '/me', { email: 'ana@acme.example' })
  const { person: ana, refused: why } = await here.arrive()
  assert.equal(why, null)
  assert.equal((await me(ana)).email, 'ana@acme.example')
  for (const person of [mallory, here.owner]) {
    assert.equal((await me(person)).email, '')
    const { attention } = await person.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
    assert.match(attention.find(({ kind }) => kind === 'own-address')?.text ?? '', /no address any more/)
  }
  const { attention } = await here.owner.call<{ attention: { kind: string; text: string; href: string }[] }>(
    'GET',
    '/home',
  )
  const doubted = attention.find(({ kind }) => kind === 'address-mallory')
  assert.equal(doubted?.href, '/-/people/mallory')
  assert.match(doubted?.text ?? '', /ana@acme\.example .*end the account they do not need/)
})

test('nobody whose access ended comes again because somebody else has written their address since', async () => {
  await using here = await together()
  const ana = await here.postern.join(here.owner, 'ana')
  await setUser(here.postern, 'ana', { emailVerifiedAt: 1 })
  here.upstream.accounts.set('ana-there', { email: (await me(ana)).email, email_verified: true, name: 'Ana' })
  await here.postern.postern.ceremonies.database.write((tx) =>
    tx.updateTable('domain').set({ name: 'example.com' }).execute(),
  )
  await here.change({ domains: ['example.com'] })
  await here.owner.act('POST', '/people/ana/end', { reason: 'left' })
  const eve = await here.postern.join(here.owner, 'eve')
  await eve.act('PATCH', '/me', { email: (await me(eve)).email.replace('eve', 'ana') })
  for (const createdBy of [(await me(here.owner)).id, null]) {
    await setUser(here.postern, 'eve', { createdBy })
    assert.equal((await here.arrive()).refused, 'access-ended')
  }
})

test('nobody whose access ended comes again by an address they had, in whatever spelling', async () => {
  await using here = await together()
  const { person: ana } = await here.arrive()
  const { username, id } = await me(ana)
  await setUser(here.postern, username, { managedBy: null })
  await here.postern.postern.ceremonies.database.write((tx) => tx.deleteFrom('externalIdentity').execute())
  const before = { id: id as `usr_${string}`, displayName: 'Ana Acme', email: 'ana@acme.example' }
  const moved = { displayName: 'Ana Acme', email: 'ana@elsewhere.example' }
  await here.postern.postern.ceremonies.database.write((tx) => changeManagedPerson(tx, before, moved, Date.now()))
  await here.owner.act('POST', `/people/${username}/end`, { reason: 'left' })
  for (const email of ['ana@acme.example', 'ANA@acme.example', 'ana@ACME.example.']) {
    here.upstream.accounts.set('ana-again', { email, email_verified: true })
    here.upstream.there = { subject: 'ana-again' }
    assert.equal((await here.arrive()).refused, 'access-ended', email)
  }
})

test('an address joins nobody where it is not verified, or not at a verified domain of that place', async () => {
  await using here = await together()
  const say = (claims: Record<string, unknown>) => here.upstream.accounts.set('ana-there', claims)
  for (const [claims, code] of [
    [{ email: 'ana@acme.example' }, 'address-unverified'],
    [{ email: 'ana@acme.example', email_verified: false }, 'address-unverified'],
    [{ email: 'ana@acme.example', email_verified: 'true' }, 'address-unverified'],
    [{ email: 'ana@sub.acme.example', email_verified: true }, 'domain-not-verified'],
    [{ email: 'ana@evil.example@acme.example', email_verified: true }, 'address-unverified'],
    [{ email: 'ana@elsewhere.example', email_verified: true }, 'domain-not-verified'],
    [{ email_verified: true }, 'address-unverified'],
  ] as const) {
    say(claims)
    assert.equal((await here.arrive()).refused, code, JSON.stringify(claims))
  }
  say({ email: 'ana@acme.example', email_verified: true })
  await here.change({ createsPeople: false })
  assert.equal((await here.arrive()).refused, 'not-known')
  await here.change({ createsPeople: true, domains: [] })
  assert.equal((await here.arrive()).refused, 'domain-not-verified')
  assert.equal((await events(here.postern, 'person.arrived')).length, 0)
})

test('nobody whose access or time is over comes in, and nobody at their address is made anew', async () => {
  await using here = await together({ settings: { newPersonRole: 'guest' } })
  const { person: ana } = await here.arrive()
  assert.equal((await me(ana)).role, 'guest')
  here.pass(91 * dayMs)
  assert.equal((await here.arrive()).refused, 'access-ended')
  await assertOut(ana)
  here.upstream.accounts.set('other-there', { email: 'ana@acme.example', email_verified: true })
  here.upstream.there = { subject: 'other-there' }
  await setUser(here.postern, 'ana', { state: 'ended' })
  assert.equal((await here.arrive()).refused, 'access-ended')
})

test('without a passkey of this place such a session reaches nothing but getting one', async () => {
  await using here = await together({ settings: { trustsAcr: 'mfa' } })
  here.upstream.there = { subject: 'ana-there', acr: 'phrh', amr: ['mfa', 'hwk'] }
  const { person: ana } = await here.arrive()
  assert.equal((await me(ana)).session.strength, 'mfa')
  for (const path of ['/inbox', '/projects', '/people', '/me/tokens'])
    await assert.rejects(ana.call('GET', path), `${path} is open`)
  await assert.rejects(ana.call('POST', '/projects', { name: 'mine', description: '' }))
  assert.equal(await made(ana), 'upgrade')

  async function made(person: typeof ana): Promise<string> {
    const { link } = await person.call<{ link: string }>('POST', '/me/upgrade-link', {})
    const token = new URL(link).hash.slice(1)
    const { purpose } = await person.call<{ purpose: string }>('POST', '/registration-links/inspect', { token })
    await person.register(link, { username: 'ana', displayName: 'Ana Acme', email: 'ana@acme.example' })
    await person.call('GET', '/projects')
    return purpose
  }
  // From then on, a sign-in there leads to the passkey that there is, and to no other.
  const { person: again } = await here.arrive()
  await assert.rejects(again.call('POST', '/me/upgrade-link', {}), refusedWith('has-passkey'))
})

test('only where an owner says so is its word about phishing-resistant keys worth a passkey', async () => {
  await using here = await together({ settings: { trustsAcr: 'phr', demandsLocalPasskey: false } })
  const strengthWith = async (proof: { acr?: string; amr?: string[] }): Promise<string> => {
    here.upstream.there = { subject: 'ana-there', ...proof }
    return (await me((await here.arrive()).person)).session.strength
  }
  assert.equal(await strengthWith({}), 'password')
  assert.equal(await strengthWith({ amr: ['pwd', 'mfa'] }), 'mfa')
  assert.equal(await strengthWith({ acr: 'phr' }), 'passkey')
  assert.equal(await strengthWith({ acr: 'phrh', amr: ['hwk'] }), 'passkey', 'never more: nobody here saw the key')
  const { person: ana } = await here.arrive()
  await ana.call('GET', '/projects')
  // An act takes a tap all the same, and there is nothing to tap with.
  await assert.rejects(ana.act('POST', '/me/tokens', { name: 'x', scopes: [], repositoryIds: null, expiresInDays: 1 }))

  // What an owner no longer believes is believed of nobody who is in by it.
  here.upstream.there = { subject: 'ana-there', amr: ['mfa'] }
  const { person: less } = await here.arrive()
  await here.change({ trustsAcr: 'mfa' })
  await assertOut(ana)
  assert.equal((await me(less)).session.strength, 'mfa', 'it counts for no more than it is believed')
  // Nor does a change look again at the sessions that are over, and take from who is in what they have in hand.
  const { link } = await less.call<{ link: string }>('POST', '/me/upgrade-link', {})
  await here.change({ isShown: false })
  assert.equal((await me(less)).session.strength, 'mfa')
  await here.postern.stranger().call('POST', '/registration-links/inspect', { token: new URL(link).hash.slice(1) })
})

test('what comes back counts once, in the browser it left from', async () => {
  await using here = await together()
  const [ana, mallory] = [here.postern.stranger(), here.postern.stranger()]
  const depart = async (person: typeof ana) =>
    visit((await person.call<{ url: string }>('POST', '/sign-in/upstream/begin', { provider: here.providerId })).url)
  const back = await depart(mallory)
  // Mallory's own answer, slipped to Ana, would sign Ana in as Mallory.
  assert.match(await comeBack(ana, back), /refused=not-finished/)
  await assertOut(ana)
  assert.equal(await comeBack(mallory, back), '/')
  const replayed = here.postern.stranger()
  for (const person of [mallory, replayed]) assert.match(await comeBack(person, back), /refused=not-finished/)
  await assertOut(replayed)

  // The code is spent at the other place too, whatever state it comes with.
  const fresh = new URL(await depart(ana))
  fresh.searchParams.set('code', new URL(back).searchParams.get('code') ?? '')
  assert.match(await comeBack(ana, fresh.href), /refused=not-finished/)
  await assertOut(ana)

  const late = await depart(ana)
  here.pass(6 * 60_000)
  assert.match(await comeBack(ana, late), /refused=not-finished/)
})

test('a no there is no session here, and ends nothing', async () => {
  await using here = await together()
  const { person: ana } = await here.arrive()
  here.upstream.there = null
  const { refused, person } = await here.arrive()
  assert.equal(refused, 'denied-there')
  await assertOut(person)
  assert.equal((await me(ana)).username, 'ana')
})

test('a guardrail stands before it as before every sign-in', async () => {
  await using here = await together()
  const { policy, version } = await here.owner.call<{ policy: { rules: unknown[] }; version: number }>('GET', '/policy')
  const rule = {
    id: 'office',
    title: 'From the office',
    mode: 'enforce',
    who: ['role:member'],
    does: ['sign-in'],
    requires: { networks: ['10.0.0.0/8'] },
  }
  await here.owner.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [...policy.rules, rule] } })
  const { refused, person } = await here.arrive()
  assert.equal(refused, 'refused-here')
  await assertOut(person)
})

test('keys may change there at any time; where it goes on after sign-in is a path of ours', async () => {
  await using here = await together()
  await here.arrive()
  await here.upstream.rotate()
  assert.equal((await here.arrive()).page, '/')
  for (const target of ['//evil.example', '/\\evil.example', 'https://evil.example', 'javascript:alert(1)'])
    assert.equal(await signInWith(here.postern.stranger(), here.providerId, target), '/')
  // A question of a tool, with all that it carries, and one that nobody could mean.
  const long = `/-/sign-on?returnTo=${'%2F'.repeat(1_200)}`
  assert.equal(await signInWith(here.postern.stranger(), here.providerId, long), long)
  assert.equal(await signInWith(here.postern.stranger(), here.providerId, `/${'x'.repeat(12_000)}`), '/')
})

test('by address one learns where its domain signs in, and nothing of any person', async () => {
  await using here = await together()
  await here.arrive()
  const begin = async (address: string) => {
    const { url } = await here.postern.stranger().call<{ url: string }>('POST', '/sign-in/upstream/begin', { address })
    const { origin, searchParams } = new URL(url)
    return { origin, hint: searchParams.get('login_hint'), names: [...searchParams.keys()].sort() }
  }
  const known = await begin('ana@acme.example')
  const unknown = await begin('nobody@ACME.example')
  assert.equal(known.origin, here.upstream.issuer)
  assert.deepEqual({ ...known, hint: '' }, { ...unknown, hint: '' })
  await assert.rejects(begin('ana@elsewhere.example'), refusedWith('no-such-place'))
})

test('what a rule permits of passwords here is not permitted to a sign-in elsewhere', async () => {
  await using here = await together({ settings: { groupClaim: 'groups', groupMap: { devs: 'acme-devs' } } })
  here.upstream.accounts.set('ana-there', { email: 'ana@acme.example', email_verified: true, groups: ['devs'] })
  const { policy, version } = await here.owner.call<{ policy: { rules: unknown[] }; version: number }>('GET', '/policy')
  const rule = {
    id: 'moving-in',
    title: 'While we move',
    mode: 'enforce',
    who: ['group:acme-devs'],
    does: ['sign-in'],
    requires: {},
    permits: { signIn: 'password', until: Date.now() + 30 * dayMs },
  }
  await here.owner.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [...policy.rules, rule] } })
  const { person: ana } = await here.arrive()
  await assert.rejects(ana.call('GET', '/projects'), refusedWith('stronger-key-needed'))
})

test('a role that a group gives comes and goes with the group there', async () => {
  await using here = await together({ settings: { groupClaim: 'groups', groupMap: { ops: 'acme-ops' } } })
  const account = { email: 'ana@acme.example', email_verified: true }
  await here.owner.act('PATCH', '/groups/acme-ops', { organisationRole: 'admin' })
  const roleIn = async (groups: string[]): Promise<string> => {
    here.upstream.accounts.set('ana-there', { ...account, groups })
    return (await me((await here.arrive()).person)).role
  }
  assert.equal(await roleIn([]), 'member')
  assert.equal(await roleIn(['ops']), 'admin')
  assert.equal(await roleIn([]), 'member')
  await assert.rejects(here.owner.act('PUT', '/groups/acme-ops/members/ana', {}), refusedWith('managed-group'))
})
