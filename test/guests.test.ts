import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { InvitationMade } from '../src/identity/invitations/shapes.ts'
import type { GuestReview, Person as Listed, PersonDetail } from '../src/identity/shapes.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant, registerWith } from './support/ceremony.ts'
import { listRoutes } from './support/list-routes.ts'
import { startMailServer } from './support/mail-server.ts'
import { makeRoute } from './support/make-route.ts'
import { refused } from './support/refusal.ts'
import { RouteBrowser } from './support/route-browser.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 24 * 3_600_000

/** A guest of `by`, let in to `pay/api` alone. */
async function addGuest(
  postern: StartedPostern,
  by: Person,
  username: string,
  more: object = {},
): Promise<{ guest: Person; endsAt: number }> {
  const { items } = await by.act<{ items: InvitationMade[] }>('POST', '/invitations', {
    emails: [`${username}@elsewhere.example`],
    role: 'guest',
    grants: [{ path: 'pay/api', role: 'write' }],
    ...more,
  })
  const guest = postern.stranger()
  await registerWith(guest, items[0]?.link ?? '', username)
  return { guest, endsAt: items[0]?.invitation.endsAt ?? 0 }
}

const repository = (name: string, visibility: string) => ({ name, description: '', visibility })
const isStream = (url: string): boolean => url === '/api/v1/live'
const asToken = (secret: string) => ({ authorization: `Bearer ${secret}` })

for (const store of eitherStore)
  describe(`guests on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let bo: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
      bo = await postern.join(ana, 'bo')
      await ana.call('POST', '/projects', { name: 'pay', description: '' })
      await ana.call('POST', '/projects', { name: 'house', description: '' })
      await ana.call('POST', '/projects/pay/repositories', repository('api', 'private'))
      await ana.call('POST', '/projects/house/repositories', repository('secret', 'private'))
      await ana.call('POST', '/projects/house/repositories', repository('shared', 'internal'))
      await ana.act('POST', '/groups', { name: 'crew', description: '' })
      await ana.act('PUT', '/groups/crew/members/bo', {})
    })
    after(() => postern[Symbol.asyncDispose]())

    /** The clock moves, and everybody who is to go on signs in again. */
    const moveTo = async (at: number, ...who: Person[]): Promise<void> => {
      ahead = at - Date.now()
      for (const person of who) await person.signIn()
    }
    const fetchRefs = async (secret: string): Promise<number> => {
      const basic = Buffer.from(`git:${secret}`).toString('base64')
      const refs = `${postern.origin}/pay/api.git/info/refs?service=git-upload-pack`
      return (await fetch(refs, { headers: { authorization: `Basic ${basic}` } })).status
    }
    const detail = (of: string, by = ana) => by.call<PersonDetail>('GET', `/people/${of}`)

    test('a guest reaches what they were given, and learns of nothing else', async () => {
      const { guest, endsAt } = await addGuest(postern, ana, 'gus', { sponsor: 'bo' })
      assert.ok(Math.abs(endsAt - Date.now() - 90 * dayMs) < 60_000, 'ninety days, unless an owner sets it differently')
      await guest.call('GET', '/projects/pay/repositories/api')
      for (const path of [
        '/projects/house',
        '/projects/house/repositories',
        '/projects/house/members',
        '/projects/house/repositories/secret',
        '/projects/house/repositories/shared',
        '/projects/house/repositories/shared/members',
        '/people/ana',
        '/people/bo',
      ])
        await refused(guest.call('GET', path), 404, 'not-found')
      for (const path of [
        '/audit',
        '/insights',
        '/insights/people-without-passkey',
        '/policy',
        '/policy/changes',
        '/policy/counts',
        '/policy/catalogue',
        '/mail',
        '/metadata',
        '/settings',
        '/invitations',
        '/people/counts',
        '/people?filter=ended',
        '/people?filter=no-passkey',
      ])
        await refused(guest.call('GET', path), 403, 'not-allowed')
      await refused(guest.call('POST', '/projects', { name: 'mine', description: '' }), 403, 'not-allowed')
      const names = async (path: string): Promise<string[]> =>
        (await guest.call<{ items: Record<string, string>[] }>('GET', path)).items.map(
          ({ username, path: where, name }) => username ?? where ?? name ?? '',
        )
      // Themselves, and who answers for them.
      assert.deepEqual(await names('/people'), ['bo', 'gus'])
      assert.deepEqual(await names('/people?q=ana'), [])
      assert.deepEqual(await names('/people?filter=guests'), [])
      assert.deepEqual(await names('/groups'), [])
      assert.deepEqual(await names('/repositories'), ['pay/api'])
      assert.deepEqual(await names('/projects'), ['pay'])
      const home = await guest.call<{ attention: unknown[]; repositories: { path: string }[] }>('GET', '/home')
      assert.deepEqual(
        home.repositories.map(({ path }) => path),
        ['pay/api'],
      )
      const { items } = await guest.call<{ items: Listed[] }>('GET', '/people?q=bo')
      assert.deepEqual([items[0]?.strength, items[0]?.lastSeenAt, items[0]?.unendorsed], [null, null, []])
      // By a token no more than in the browser.
      const token = asToken(await guest.makeToken('own', ['account:read', 'repository:read']))
      const byToken = await guest.call<{ items: Listed[] }>('GET', '/people', undefined, token)
      assert.deepEqual(
        byToken.items.map(({ username }) => username),
        ['bo', 'gus'],
      )
      await ana.act('PUT', '/groups/crew/members/gus', {})
      const groups = await guest.call<{ items: { members: { username: string }[] }[] }>('GET', '/groups')
      assert.deepEqual(
        groups.items.map(({ members }) => members.map(({ username }) => username)),
        [['gus']],
        'not who else is in it',
      )
      assert.deepEqual(await names('/groups/crew/members'), ['gus'])
      await ana.act('DELETE', '/groups/crew/members/gus')
      await refused(guest.call('GET', '/groups/crew/members'), 404, 'not-found')
    })

    test('no list of this product names what is not a guest’s to know', async () => {
      const { guest } = await addGuest(postern, ana, 'spy')
      await ana.act('POST', '/people', { ...applicant('zelda'), role: 'member' })
      await ana.act('PUT', '/groups/crew/members/zelda', {})
      await ana.act('POST', '/agents', { username: 'zrobot', displayName: 'Robot' })
      const token = asToken(await guest.makeToken('all', ['repository:read', 'account:read']))
      const lists = (await listRoutes()).filter(
        ({ method, url }) => method === 'GET' && url.startsWith('/api/v1/') && !url.includes(':') && !isStream(url),
      )
      assert.ok(lists.length > 30, `only ${lists.length} were found`)
      for (const { url } of lists)
        for (const headers of [{}, token]) {
          const answer = await guest.fetch('GET', `${postern.origin}${url}`, undefined, headers)
          assert.ok(answer.status < 500, url)
          assert.doesNotMatch(await answer.text(), /zelda|zrobot|house|"crew"|shared/, url)
        }
    })

    test('whoever answers for a guest sees them and prolongs; others do not', async () => {
      const cy = await postern.join(ana, 'cy')
      const mine = await bo.call<{ items: Listed[] }>('GET', '/people?filter=guests')
      assert.deepEqual(
        mine.items.map(({ username, sponsor, endsAt }) => [username, sponsor?.username, typeof endsAt]),
        [['gus', 'bo', 'number']],
      )
      assert.deepEqual((await cy.call<{ items: unknown[] }>('GET', '/people?filter=guests')).items, [])
      assert.deepEqual(
        (await detail('gus', bo)).reaches.map(({ path, role }) => [path, role]),
        [['pay/api', 'write']],
      )
      await refused(detail('gus', cy), 404, 'not-found')
      await refused(cy.call('POST', '/people/gus/extend', {}), 403, 'not-allowed')
      await refused(bo.call('POST', '/people/cy/extend', {}), 409, 'not-a-guest')
      await refused(bo.call('POST', '/people/nobody-here/extend', {}), 404, 'not-found')
      const soon = Date.now() + 30 * dayMs
      await bo.act('POST', '/people/gus/extend', { endsAt: soon })
      assert.equal((await detail('gus')).person.endsAt, soon)
      for (const endsAt of [Date.now() - 1, Date.now() + 200 * dayMs])
        await refused(bo.call('POST', '/people/gus/extend', { endsAt }), 422, 'invalid-input')
    })

    test('nobody prolongs themselves', async () => {
      const { guest } = await addGuest(postern, ana, 'self')
      await refused(guest.call('POST', '/people/self/extend', {}), 404, 'not-found')
      await refused(guest.call('POST', '/people/gus/extend', {}), 404, 'not-found')
      // Nor is a guest told who is here, and what they are.
      for (const name of ['ana', 'nobody-here']) {
        await refused(guest.call('POST', `/people/${name}/extend`, {}), 404, 'not-found')
        await refused(guest.call('GET', `/agents/${name}/tokens`), 404, 'not-found')
      }
    })

    test('a guest limited to one tool opens that one; whoever answers for them sees it, and the day ends it', async () => {
      await ana.act('POST', '/groups', { name: 'auditors', description: '' })
      const to = { upstream: 'http://127.0.0.1:9' }
      const books = await makeRoute(ana, 'books', to, { audience: 'groups', groups: ['auditors'] })
      const wages = await makeRoute(ana, 'wages', to, { audience: 'members' })
      const { guest, endsAt } = await addGuest(postern, ana, 'aud', {
        sponsor: 'bo',
        grants: [],
        groups: ['auditors'],
        endsAt: Date.now() + 10 * dayMs,
      })
      const tools = [{ slug: 'books', name: 'Books', group: 'auditors' }]
      for (const by of [ana, bo]) {
        const { items } = await by.call<{ items: GuestReview[] }>('GET', '/guests?q=aud')
        assert.deepEqual(
          items.map((one) => [one.person.username, one.reaches, one.tools]),
          [['aud', [], tools]],
        )
        assert.deepEqual((await detail('aud', by)).tools, tools)
      }
      const home = await guest.call<{ tools: { slug: string }[] }>('GET', '/home')
      assert.deepEqual(
        home.tools.map(({ slug }) => slug),
        ['books'],
      )
      const browser = new RouteBrowser(guest)
      // Let in; nobody answers behind it.
      assert.equal((await browser.visit(books)).status, 502)
      assert.equal(new URL((await browser.visit(wages)).url).origin, postern.origin, 'led to the page that says no')
      ahead = endsAt - Date.now()
      assert.equal((await browser.ask(books)).status, 401)
      ahead = 0
    })

    test('a guest’s token lives 30 days at most, and one from before they were a guest stops then', async () => {
      const { guest } = await addGuest(postern, ana, 'tok')
      const wanted = { name: 'long', scopes: ['account:read'], repositoryIds: null, expiresInDays: 31 }
      const problem = await refused(guest.call('POST', '/me/tokens', wanted), 403, 'not-allowed')
      assert.equal(problem.title, 'An API token of a guest may live 30 days at most.')
      const was = await postern.join(ana, 'was')
      const { secret } = await was.act<{ secret: string }>('POST', '/me/tokens', { ...wanted, expiresInDays: 90 })
      await ana.act('PATCH', '/people/was', { role: 'guest' })
      ahead = 29 * dayMs
      await was.call('GET', '/people', undefined, asToken(secret))
      ahead = 31 * dayMs
      await refused(was.call('GET', '/people', undefined, asToken(secret)), 403, 'not-allowed')
      ahead = 0
    })

    test('on the day it ends by itself: session, token, git and passkey alike, though nobody has carried it out yet', async () => {
      const { guest, endsAt } = await addGuest(postern, ana, 'hal', { endsAt: Date.now() + 10 * dayMs })
      const secret = await guest.makeToken('own', ['repository:read', 'account:read'])
      const tokens = await guest.call<{ items: { expiresAt: number }[] }>('GET', '/me/tokens')
      assert.equal(tokens.items[0]?.expiresAt, endsAt, 'a token is never good for longer than its guest')
      await moveTo(endsAt - 60_000, guest)
      await guest.call('GET', '/projects/pay/repositories/api')
      await guest.call('GET', '/people', undefined, asToken(secret))
      assert.equal(await fetchRefs(secret), 200)
      ahead += 60_000
      await refused(guest.call('GET', '/me'), 401, 'sign-in-required')
      await refused(guest.call('GET', '/people', undefined, asToken(secret)), 401, 'token-refused')
      assert.equal(await fetchRefs(secret), 401)
      const { over } = await guest.call<{ over: { endedAt: number; ask: { displayName: string } } }>(
        'GET',
        '/sign-in/access-over',
      )
      assert.deepEqual([over.endedAt, over.ask.displayName], [endsAt, 'Ana Example'])
      const problem = await refused(guest.signIn(), 403, 'access-over')
      assert.match(problem.help ?? '', /^Ask Ana Example \(ana@example.com\) to prolong it\.$/)
      assert.deepEqual(await postern.stranger().call('GET', '/sign-in/access-over'), { over: null })
      ahead = 0
    })

    test('the same once it has been carried out; prolonged late, passkeys come back and sessions do not', async () => {
      await ana.signIn()
      const { guest, endsAt } = await addGuest(postern, ana, 'ida', { endsAt: Date.now() + 5 * dayMs, sponsor: 'bo' })
      const secret = await guest.makeToken('own', ['account:read'])
      await moveTo(endsAt, ana, bo)
      // What the minute does; the start does it too.
      await postern.restart()
      await ana.signIn()
      await bo.signIn()
      const ended = async () => (await detail('ida')).person.state
      const deadline = Date.now() + 20_000
      while ((await ended()) !== 'ended' && Date.now() < deadline) await new Promise((done) => setImmediate(done))
      assert.equal(await ended(), 'ended')
      const { over } = await guest.call<{ over: object }>('GET', '/sign-in/access-over')
      assert.deepEqual(over, { endedAt: endsAt, ask: { displayName: 'Bo Example', email: 'bo@example.com' } })
      await refused(guest.signIn(), 403, 'access-over')
      // What has ended a member does not bring back.
      await refused(bo.call('POST', '/people/ida/extend', {}), 403, 'not-allowed')
      await ana.act('POST', '/people/ida/extend', {})
      await refused(guest.call('GET', '/me'), 401, 'sign-in-required')
      await refused(guest.call('GET', '/people', undefined, asToken(secret)), 401, 'token-refused')
      await guest.signIn()
      await guest.call('GET', '/projects/pay/repositories/api')
      // Ended by a person, it has not run out, and says nothing.
      await ana.act('POST', '/people/ida/end', { reason: 'no longer needed' })
      await refused(guest.signIn(), 401, 'passkey-unknown')
      assert.deepEqual(await guest.call('GET', '/sign-in/access-over'), { over: null })
      await refused(ana.act('POST', '/people/ida/extend', {}), 409, 'access-ended')
      ahead = 0
    })

    test('when who answers for them leaves, administrators see that nobody does', async () => {
      await ana.signIn()
      const dora = await postern.join(ana, 'dora', 'admin')
      const { guest } = await addGuest(postern, dora, 'jo')
      const alone = async () =>
        (await ana.call<{ items: Listed[] }>('GET', '/people?filter=no-sponsor')).items.map(({ username }) => username)
      assert.deepEqual(await alone(), [])
      await ana.act('POST', '/people/dora/end', { reason: 'left' })
      assert.deepEqual(await alone(), ['jo'])
      assert.equal((await detail('jo')).person.sponsor, null)
      const { attention } = await ana.call<{ attention: { text: string; href: string }[] }>('GET', '/home')
      assert.ok(attention.some(({ href }) => href === '/-/people?filter=no-sponsor'))
      await guest.call('GET', '/projects/pay/repositories/api')
      await ana.act('POST', '/people/jo/extend', {})
      assert.deepEqual(await alone(), [], 'whoever prolongs it answers for them')
    })

    test('a guest who becomes a member stays, and a member who becomes a guest gets an end', async () => {
      await ana.act('PATCH', '/people/jo', { role: 'member' })
      assert.deepEqual([(await detail('jo')).person.endsAt, (await detail('jo')).person.sponsor], [null, null])
      await ana.act('PATCH', '/people/jo', { role: 'guest' })
      const { person } = await detail('jo')
      assert.equal(person.sponsor?.username, 'ana')
      assert.ok((person.endsAt ?? 0) > Date.now() + 89 * dayMs)
    })

    test('whoever has become a guest answers for none, sees none and prolongs none', async () => {
      const eve = await postern.join(ana, 'eve')
      await addGuest(postern, ana, 'kay', { sponsor: 'eve' })
      assert.equal((await eve.call<{ items: unknown[] }>('GET', '/guests')).items.length, 1)
      await ana.act('PATCH', '/people/eve', { role: 'guest' })
      const { items } = await ana.call<{ items: Listed[] }>('GET', '/people?filter=no-sponsor')
      assert.deepEqual(
        items.map(({ username, sponsor }) => [username, sponsor]),
        [['kay', null]],
      )
      for (const path of ['/guests', '/people?filter=guests'])
        assert.deepEqual((await eve.call<{ items: unknown[] }>('GET', path)).items, [], path)
      await refused(eve.call('GET', '/people/kay'), 404, 'not-found')
      await refused(eve.call('POST', '/people/kay/extend', {}), 404, 'not-found')
    })

    test('whoever came with a list to stay until a day is no guest, and an administrator prolongs them', async () => {
      const day = new Date(Date.now() + ahead + 20 * dayMs).toISOString().slice(0, 10)
      const text = `username,email,role,endsAt\nmia,mia@example.com,member,${day}`
      await ana.act('POST', '/people/import', { format: 'csv', text })
      await refused(bo.call('POST', '/people/mia/extend', {}), 403, 'not-allowed')
      const asked = await refused(ana.call('POST', '/people/mia/extend', {}), 401, 'seal-required')
      assert.equal(asked.detail, 'Prolong the access of mia (mia)')
      const { endsAt, role, sponsor } = await ana.act<Listed>('POST', '/people/mia/extend', {})
      assert.deepEqual([role, sponsor], ['member', null])
      assert.ok((endsAt ?? 0) > Date.now() + ahead + 80 * dayMs)
      const { database } = postern.postern.ceremonies
      const until = (day: number | null) =>
        database.write((tx) => tx.updateTable('user').set({ endsAt: day }).where('username', '=', 'ana').execute())
      await until(Date.now() + ahead + 20 * dayMs)
      await refused(ana.call('POST', '/people/ana/extend', {}), 403, 'not-allowed')
      await until(null)
    })

    test('how long a guest may be here is the owners’ to set', async () => {
      await ana.act('PUT', '/settings/guestDays', { value: 10 })
      await ana.act('POST', '/people', { ...applicant('kim'), role: 'guest' })
      const { person } = await detail('kim')
      assert.ok(Math.abs((person.endsAt ?? 0) - Date.now() - 10 * dayMs) < 60_000)
      await refused(ana.call('POST', '/people/kim/extend', { endsAt: Date.now() + 20 * dayMs }), 422, 'invalid-input')
      await ana.act('PUT', '/settings/guestDays', { value: 90 })
    })
  })

test('a week and a day before, guest and sponsor are told, each once', async () => {
  await using mail = await startMailServer()
  let ahead = 0
  await using postern = await startPostern({
    flags: ['--smtp-url', `smtp://127.0.0.1:${mail.port}`, '--mail-from', 'postern@example.com'],
    now: () => Date.now() + ahead,
  })
  const ana = await postern.owner()
  await ana.call('POST', '/projects', { name: 'pay', description: '' })
  await ana.call('POST', '/projects/pay/repositories', repository('api', 'private'))
  const { endsAt } = await addGuest(postern, ana, 'gus', { byMail: false, endsAt: Date.now() + 20 * dayMs })
  const told = async (): Promise<string[]> => {
    // Looks at each start.
    await postern.restart()
    await postern.restart()
    const letters = await postern.postern.ceremonies.database.read
      .selectFrom('letter')
      .innerJoin('user', 'user.id', 'letter.toUserId')
      .select(['letter.kind', 'user.username'])
      .where('letter.kind', 'like', 'guest-%')
      .execute()
    return letters.map((letter) => `${letter.kind} ${letter.username}`).sort()
  }
  assert.deepEqual(await told(), [])
  ahead = endsAt - Date.now() - 7 * dayMs + 1_000
  assert.deepEqual(await told(), ['guest-ending gus', 'guest-ending-sponsor ana'])
  ahead += 6 * dayMs
  assert.equal((await told()).length, 4)
  ahead += 60_000
  assert.equal((await told()).length, 4)
})
