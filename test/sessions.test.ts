import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { hashSecret } from '../src/http/secret.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { beginSignIn, signInWith } from './support/ceremony.ts'
import { rawRequest } from './support/raw-request.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

interface SessionView {
  id: string
  isCurrent: boolean
  lastSeenAt: number
  address: string
}

for (const store of stores)
  describe(`sessions on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    const database = () => postern.postern.ceremonies.database
    const signedInAgain = async (person: Person): Promise<Person> => {
      const browser = new Person(postern.origin, person.authenticator)
      await signInWith(browser)
      return browser
    }
    const sessionsOf = async (person: Person): Promise<SessionView[]> =>
      (await person.call<{ items: SessionView[] }>('GET', '/me/sessions')).items
    const refusedMe = (person: Person) => refused(person.call('GET', '/me'), 401, 'sign-in-required')

    /** Signs in by hand, to see the cookie itself. */
    async function sessionCookie(): Promise<{ name: string; value: string; line: string }> {
      const browser = new Person(postern.origin, ana.authenticator)
      const { ceremonyId, publicKey } = await beginSignIn(browser)
      const response = browser.authenticator.get(publicKey, postern.origin)
      const answer = await browser.fetch('POST', '/sign-in/finish', { ceremonyId, response })
      const line = answer.headers.getSetCookie().find((one) => one.includes('session=')) ?? ''
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      return { name, value, line }
    }
    const meWith = (cookie: string) =>
      rawRequest(postern.origin, { path: '/api/v1/me', headers: { host: new URL(postern.origin).host, cookie } })

    test('the cookie is out of reach of scripts and other sites, random, and stored only as a hash', async () => {
      const [one, other] = [await sessionCookie(), await sessionCookie()]
      assert.match(one.line, /; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+$/)
      assert.equal(Buffer.from(one.value, 'base64url').length, 32)
      assert.notEqual(one.value, other.value, 'each sign-in begins a session of its own')
      assert.equal(one.name, `postern-${new URL(postern.origin).port}-session`, 'ports of localhost share cookies')
      const rows = await database().read.selectFrom('session').selectAll().execute()
      assert.ok(!JSON.stringify(rows).includes(one.value))
      assert.ok(rows.some((row) => row.secretHash === hashSecret(one.value)))
    })

    test('a cookie planted beside the real one makes neither count', async () => {
      const { name, value } = await sessionCookie()
      assert.equal((await meWith(`${name}=${value}`)).status, 200)
      assert.equal((await meWith(`${name}=${value}; ${name}=planted`)).status, 401)
      assert.equal((await meWith(`${name}=planted; ${name}=${value}`)).status, 401)
      assert.equal((await meWith(`${name}=${value}; ${name}=${value}`)).status, 401)
    })

    test('a session id that was never given out, or is somebody’s row id, opens nothing', async () => {
      const { name } = await sessionCookie()
      const [row] = await database().read.selectFrom('session').select(['id', 'secretHash']).execute()
      for (const value of ['', 'x', 'A'.repeat(43), row?.id ?? '', row?.secretHash ?? '', '%00', `' or 1=1 --`])
        assert.equal((await meWith(`${name}=${value}`)).status, 401)
    })

    test('signing in does not keep a session id that was there before', async () => {
      const browser = new Person(postern.origin, ana.authenticator)
      await signInWith(browser)
      const [before] = (await sessionsOf(browser)).filter(({ isCurrent }) => isCurrent)
      await signInWith(browser)
      const [now] = (await sessionsOf(browser)).filter(({ isCurrent }) => isCurrent)
      assert.notEqual(before?.id, now?.id)
    })

    test('signing out ends the session itself, not only the cookie', async () => {
      const { name, value } = await sessionCookie()
      const headers = {
        host: new URL(postern.origin).host,
        cookie: `${name}=${value}`,
        origin: postern.origin,
        'sec-fetch-site': 'same-origin',
      }
      const out = await rawRequest(postern.origin, { method: 'POST', path: '/api/v1/sign-out', headers })
      assert.equal(out.status, 204)
      assert.match(String(out.headers['set-cookie']), /session=; .*Max-Age=0/)
      assert.equal((await meWith(`${name}=${value}`)).status, 401)
    })

    test('an idle session ends after a day, a used one goes on', async () => {
      const [idle, used] = [await signedInAgain(ana), await signedInAgain(ana)]
      ahead += dayMs - minuteMs
      await used.call('GET', '/me')
      ahead += minuteMs
      await refusedMe(idle)
      await used.call('GET', '/me')
      assert.ok(
        (await sessionsOf(used)).every(({ lastSeenAt }) => Date.now() + ahead - lastSeenAt < dayMs),
        'the list shows no dead session',
      )
    })

    test('no session outlives fourteen days, however busy', async () => {
      const busy = await signedInAgain(ana)
      for (let passed = 0; passed < 14 * dayMs - 12 * hourMs; passed += 12 * hourMs) {
        ahead += 12 * hourMs
        await busy.call('GET', '/me')
      }
      ahead += 12 * hourMs
      await refusedMe(busy)
    })

    test('last use is written at most once a minute', async () => {
      const browser = await signedInAgain(ana)
      const seen = async (): Promise<number> =>
        (await sessionsOf(browser)).find(({ isCurrent }) => isCurrent)?.lastSeenAt ?? 0
      const first = await seen()
      ahead += 30_000
      await browser.call('GET', '/me')
      assert.equal(await seen(), first)
      ahead += 31_000
      await browser.call('GET', '/me')
      assert.ok((await seen()) > first)
    })

    test('a person ends one other session, all others, and never somebody else’s', async () => {
      const bo = await postern.join(await signedInAgain(ana), 'bo')
      const [one, two, three] = [await signedInAgain(bo), await signedInAgain(bo), await signedInAgain(bo)]
      const idOf = async (person: Person): Promise<string> =>
        (await sessionsOf(person)).find(({ isCurrent }) => isCurrent)?.id ?? ''
      const anas = await signedInAgain(ana)
      await refused(anas.call('DELETE', `/me/sessions/${await idOf(one)}`), 404, 'not-found')
      await two.call('DELETE', `/me/sessions/${await idOf(one)}`)
      await refusedMe(one)
      await refused(two.call('DELETE', '/me/sessions/ses_unknown'), 404, 'not-found')
      await two.call('DELETE', '/me/sessions')
      await refusedMe(three)
      await refusedMe(bo)
      assert.equal((await sessionsOf(two)).length, 1)
    })

    test('an ended person is out at the next request, with every session and token', async () => {
      const cy = await postern.join(await signedInAgain(ana), 'cy')
      const token = await cy.makeToken('ci', ['account:read'])
      const withToken = (): Promise<unknown> =>
        postern.stranger().call('GET', '/groups', undefined, { authorization: `Bearer ${token}` })
      await withToken()
      await database().write((tx) =>
        tx.updateTable('user').set({ state: 'ended' }).where('username', '=', 'cy').execute(),
      )
      await refusedMe(cy)
      await refused(withToken(), 401, 'token-refused')
      await refused(signInWith(cy), 401, 'passkey-unknown')
    })

    test('raising a person’s generation voids all their sessions at once', async () => {
      const di = await postern.join(await signedInAgain(ana), 'di')
      const other = await signedInAgain(di)
      await database().write((tx) =>
        tx.updateTable('user').set({ generation: 2 }).where('username', '=', 'di').execute(),
      )
      await refusedMe(di)
      await refusedMe(other)
      await signInWith(other)
      assert.equal((await sessionsOf(other)).length, 1)
    })

    test('removing a passkey ends the sessions it began, and no other', async () => {
      const eve = await postern.join(await signedInAgain(ana), 'eve')
      const second = new Person(postern.origin, new SoftwareAuthenticator())
      await eve.addPasskey(second.authenticator, 'second')
      await signInWith(second)
      const [first] = (await second.call<{ items: { id: string; name: string }[] }>('GET', '/me/credentials')).items
      await second.act('DELETE', `/me/credentials/${first?.id}`)
      await refusedMe(eve)
      await second.call('GET', '/me')
    })

    test('the address kept with a session is the peer’s, not what the peer claims', async () => {
      const liar = new Person(postern.origin, ana.authenticator)
      const { ceremonyId, publicKey } = await beginSignIn(liar)
      const response = liar.authenticator.get(publicKey, postern.origin)
      await liar.call('POST', '/sign-in/finish', { ceremonyId, response }, { 'x-forwarded-for': '203.0.113.9' })
      assert.deepEqual(
        (await sessionsOf(liar)).filter(({ isCurrent }) => isCurrent).map(({ address }) => address),
        ['127.0.0.1'],
      )
    })
  })
