import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Id } from '../src/database/id.ts'
import { hashSecret } from '../src/http/secret.ts'
import { findSessionCallerById } from '../src/identity/sessions.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { beginSignIn, signInWith } from './support/ceremony.ts'
import { setRules, shipped } from './support/guardrails.ts'
import { rawRequest } from './support/raw-request.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

interface SessionView {
  id: string
  isCurrent: boolean
  createdAt: number
  lastSeenAt: number
  expiresAt: number
  idleEndsAt: number
  address: string
  userAgent: string
  strength: string
}

for (const store of eitherStore)
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

    test('what a session has open outlasts its idle limit, never its own end', async () => {
      const browser = await signedInAgain(ana)
      const { id = '' } = (await sessionsOf(browser)).find(({ isCurrent }) => isCurrent) ?? {}
      const found = async (isAgain: boolean): Promise<boolean> =>
        (await findSessionCallerById(
          postern.postern.ceremonies,
          { sessionId: id as Id<'ses'>, address: '127.0.0.1', isAgain },
          Date.now() + ahead,
        )) !== undefined
      ahead += 25 * hourMs
      assert.deepEqual([await found(true), await found(false)], [true, false])
      await refusedMe(browser)
      ahead += 14 * dayMs
      assert.equal(await found(true), false)
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

    test('a clock that jumps back signs nobody out, and gives no session more than was promised', async () => {
      const browser = await signedInAgain(ana)
      const ends = async (): Promise<number> =>
        (await sessionsOf(browser)).find(({ isCurrent }) => isCurrent)?.expiresAt ?? Number.NaN
      const promised = await ends()
      ahead -= 2 * hourMs
      assert.equal(await ends(), promised)
      const meanwhile = await signedInAgain(ana)
      ahead += 2 * hourMs
      await meanwhile.call('GET', '/me')
      assert.equal(await ends(), promised)
      ahead += 25 * hourMs
      await refusedMe(browser)
      await refusedMe(meanwhile)
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

    test('the list begins with this session and shows each device, place and last use', async () => {
      const gil = await postern.join(await signedInAgain(ana), 'gil')
      const elsewhere = new Person(postern.origin, gil.authenticator)
      const { ceremonyId, publicKey } = await beginSignIn(elsewhere)
      const response = elsewhere.authenticator.get(publicKey, postern.origin)
      const device = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' }
      await elsewhere.call('POST', '/sign-in/finish', { ceremonyId, response }, device)
      ahead += 2 * minuteMs
      const third = await signedInAgain(gil)
      for (const person of [gil, elsewhere, third]) {
        const [first, ...others] = await sessionsOf(person)
        assert.equal(first?.isCurrent, true)
        assert.deepEqual(
          others.map(({ isCurrent }) => isCurrent),
          [false, false],
        )
        assert.deepEqual(
          others.map(({ lastSeenAt }) => lastSeenAt),
          others.map(({ lastSeenAt }) => lastSeenAt).toSorted((one, other) => other - one),
          'the others as they were last used',
        )
      }
      const [firefox] = await sessionsOf(elsewhere)
      assert.deepEqual([firefox?.userAgent, firefox?.address], [device['user-agent'], '127.0.0.1'])
    })

    test('each session says until when it really lasts, by the rules of today', async () => {
      const owner = await signedInAgain(ana)
      const fay = await postern.join(owner, 'fay')
      const lasts = async (): Promise<number[][]> =>
        (await sessionsOf(fay)).map(({ createdAt, lastSeenAt, expiresAt, idleEndsAt }) => [
          (idleEndsAt - lastSeenAt) / hourMs,
          (expiresAt - createdAt) / hourMs,
        ])
      assert.deepEqual(await lasts(), [[24, 14 * 24]])
      const { session } = await fay.call<{ session: SessionView }>('GET', '/me')
      assert.deepEqual([session], await sessionsOf(fay), 'the account says the same')

      await setRules(owner, [shipped('session-limits', { who: ['user:fay'] })])
      assert.deepEqual(await lasts(), [[1, 12]], 'a session that was promised more')
      assert.ok((await sessionsOf(owner)).every(({ createdAt, expiresAt }) => expiresAt - createdAt === 14 * dayMs))
      await setRules(owner, [shipped('session-limits', { who: ['user:fay'], mode: 'report' })])
      assert.deepEqual(await lasts(), [[24, 14 * 24]])
      await setRules(owner, [])
    })

    test('a session that is over by the rules of today is not listed, and what is listed still works', async () => {
      const hal = await postern.join(await signedInAgain(ana), 'hal')
      const idle = await signedInAgain(hal)
      ahead += 2 * hourMs
      const used = await signedInAgain(hal)
      assert.equal((await sessionsOf(used)).length, 3)
      const owner = await signedInAgain(ana)
      await setRules(owner, [shipped('session-limits', { who: ['user:hal'] })])
      assert.equal((await sessionsOf(used)).length, 1)
      await refusedMe(idle)
      ahead += hourMs - minuteMs
      const [last] = await sessionsOf(used)
      assert.ok((last?.idleEndsAt ?? 0) > Date.now() + ahead)
      await setRules(owner, [])
      assert.equal((await sessionsOf(used)).length, 3, 'nothing was ended, only out of reach')
    })

    test('an idle limit of a guardrail ends one, and a request does not revive what was idle too long', async () => {
      const owner = await signedInAgain(ana)
      const jan = await postern.join(owner, 'jan')
      await setRules(owner, [shipped('session-limits', { who: ['user:jan'] })])
      await jan.call('GET', '/projects')
      ahead += 61 * minuteMs
      await refused(jan.call('GET', '/projects'), 401, 'sign-in-required')
      await refused(jan.call('GET', '/projects'), 401, 'sign-in-required')
      await jan.signIn()
      for (let uses = 1; uses < 12; uses++) {
        ahead += 50 * minuteMs
        await jan.call('GET', '/projects')
      }
      ahead += 13 * hourMs
      await refused(jan.call('GET', '/projects'), 401, 'sign-in-required')
      await setRules(await signedInAgain(ana), [])
    })

    test('the shortest idle limit is a minute, and what is used within it goes on', async () => {
      const owner = await signedInAgain(ana)
      const kim = await postern.join(owner, 'kim')
      await setRules(owner, [shipped('session-limits', { who: ['user:kim'], requires: { sessionIdleSeconds: 60 } })])
      await kim.signIn()
      for (let looks = 0; looks < 6; looks++) {
        ahead += 45_000
        await kim.call('GET', '/projects')
      }
      // Used often, and then a moment before the limit: both are uses.
      for (let looks = 0; looks < 20; looks++) {
        ahead += 9_000
        await kim.call('GET', '/projects')
      }
      ahead += 49_000
      await kim.call('GET', '/projects')
      ahead += 61_000
      await refused(kim.call('GET', '/projects'), 401, 'sign-in-required')
      const shorter = shipped('session-limits', { requires: { sessionIdleSeconds: 59 } })
      await refused(setRules(owner, [shorter]), 422, 'invalid-input')
      await setRules(owner, [])
    })

    test('a page that only waits, and looks by itself, keeps no idle one alive', async () => {
      const owner = await signedInAgain(ana)
      const lea = await postern.join(owner, 'lea')
      await setRules(owner, [shipped('session-limits', { who: ['user:lea'], requires: { sessionIdleSeconds: 60 } })])
      const unattended = { 'postern-unattended': '1' }
      for (const look of [
        async () => (await lea.fetch('GET', '/live?about=inbox')).body?.cancel(),
        () => lea.call('GET', '/inbox', undefined, unattended),
        // A tool that renews its sign-on in a frame that nobody sees.
        () => lea.fetch('GET', `${postern.origin}/oidc/auth?prompt=none`, undefined, { 'sec-fetch-dest': 'iframe' }),
      ]) {
        await lea.signIn()
        for (let looks = 0; looks < 2; looks++) {
          ahead += 25_000
          await look()
        }
        ahead += 15_000
        await refused(lea.call('GET', '/projects'), 401, 'sign-in-required')
      }
      await lea.signIn()
      // What somebody does is a use, whatever stands beside it.
      ahead += 40_000
      await lea.call('POST', '/sign-in/begin', {}, unattended)
      ahead += 40_000
      await lea.call('GET', '/projects')
      await setRules(owner, [])
    })

    test('near its end a session does not promise more than is left', async () => {
      const ida = await postern.join(await signedInAgain(ana), 'ida')
      for (let passed = 0; passed < 14 * dayMs - 12 * hourMs; passed += 12 * hourMs) {
        await ida.call('GET', '/me')
        ahead += 12 * hourMs
      }
      const [last] = await sessionsOf(ida)
      assert.equal(last?.idleEndsAt, last?.expiresAt)
    })

    test('a session whose key is worth less by now says so', async () => {
      const jo = await postern.join(await signedInAgain(ana), 'jo')
      const strengths = async () => (await sessionsOf(jo)).map(({ strength }) => strength)
      await database().write(async (tx) => {
        const { id } = await tx.selectFrom('user').select('id').where('username', '=', 'jo').executeTakeFirstOrThrow()
        const keys = tx.updateTable('credentialRecord').where('userId', '=', id)
        await keys.set({ strengthCap: null }).execute()
        await tx.updateTable('session').set({ strength: 'device-bound' }).where('userId', '=', id).execute()
      })
      assert.deepEqual(await strengths(), ['device-bound'])
      await database().write((tx) =>
        tx
          .updateTable('credentialRecord')
          .set({ attestationOutcome: 'bad-status' })
          .where('userId', 'in', (eb) => eb.selectFrom('user').select('user.id').where('username', '=', 'jo'))
          .execute(),
      )
      assert.deepEqual(await strengths(), ['passkey'])
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
