import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose'
import { makeOwnerLink } from '../src/identity/instance.ts'
import type { Rule } from '../src/policy/rule.ts'
import { forgetEnded } from '../src/proxy/entry/forget-ended.ts'
import type { OpenTools } from '../src/proxy/entry/shapes.ts'
import { Person } from '../src/walk/person.ts'
import { startEcho } from './support/echo-upstream.ts'
import { shipped, setRules } from './support/guardrails.ts'
import { makeRoute } from './support/make-route.ts'
import { type RouteAnswer, RouteBrowser } from './support/route-browser.ts'
import { connectDirectory } from './support/scim.ts'
import { startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const assertion = 'x-postern-jwt-assertion'
const headersIn = ({ body }: { body: string }) => (JSON.parse(body) as { headers: Record<string, string> }).headers

const inside: Rule = {
  ...shipped('admin-networks'),
  id: 'wiki-inside',
  title: 'The wiki from inside',
  who: ['everyone'],
  does: ['application.use'],
  where: { applications: ['wiki'] },
  requires: { networks: ['10.0.0.0/8'] },
}

/** Resolves when a stream that goes on for ever is over, however it ends. */
const closing = (stream: IncomingMessage): Promise<void> =>
  new Promise(
    (resolve) =>
      void stream
        .on('error', () => {})
        .on('close', resolve)
        .resume(),
  )

/** What an end finds under way is cut off; whoever asks again hears why. */
const askAfter = (ask: () => Promise<RouteAnswer>): Promise<RouteAnswer> => ask().catch(ask)

for (const store of eitherStore)
  test(`people come in on the host of a tool (${store.name})`, async (t) => {
    let skipped = 0
    let frozen: number | undefined
    const now = (): number => frozen ?? Date.now() + skipped
    await using postern = await startPostern({ flags: await store.flags(), now })
    await using upstream = await startEcho()
    const ana = await postern.owner()
    const { origin } = postern
    const { port } = new URL(origin)
    const cookie = `postern-route-${port}`
    const bo = await postern.join(ana, 'bo')
    await ana.act('POST', '/groups', { name: 'editors', description: '' })
    const wiki = await makeRoute(ana, 'wiki', {
      upstream: upstream.url,
      identityHeaders: {
        'Remote-User': 'username',
        'X-Name': 'name',
        'X-Groups': 'groups',
        'X-Forwarded-Email': 'email',
      },
      publicPaths: ['/health'],
      programs: true,
      rules: [
        { title: 'Editors edit', paths: ['/edit*', '/events/edit*'], groups: ['editors'] },
        {
          title: 'A tap to delete',
          paths: ['/delete*'],
          methods: ['GET', 'POST', 'DELETE'],
          requires: { freshnessSeconds: 60 },
        },
      ],
    })
    const board = await makeRoute(ana, 'board', { upstream: upstream.url }, { audience: 'members' })
    const again = () => new Person(origin, bo.authenticator)
    const signedIn = async () => {
      const person = again()
      await person.signIn()
      return { person, browser: new RouteBrowser(person) }
    }

    await t.test('one way in: to our sign-in and back to the very page, with our word about who it is', async () => {
      const person = again()
      const browser = new RouteBrowser(person)
      const asked = await browser.visit(`${wiki}/pages/start?do=show&id=a%20b`)
      // Not signed in anywhere: the sign-in page, which knows the way back.
      const signIn = new URL(asked.url)
      assert.equal(signIn.pathname, '/-/sign-in')
      await person.signIn()
      const back = new URL(signIn.searchParams.get('returnTo') ?? '', origin)
      const page = await browser.visit(back.href)
      assert.equal(page.status, 200)
      assert.equal(page.url, `${wiki}/pages/start?do=show&id=a%20b`)
      const told = headersIn(page)
      assert.deepEqual([told['remote-user'], told['x-name']], ['bo', 'Bo Example'])
      const jwks = createRemoteJWKSet(new URL(`${origin}/proxy/jwks`))
      const { payload, protectedHeader } = await jwtVerify(told[assertion] ?? '', jwks, {
        issuer: origin,
        audience: wiki,
        maxTokenAge: 300,
      })
      assert.equal(protectedHeader.alg, 'ES256')
      assert.deepEqual([payload['preferred_username'], payload['acr']], ['bo', 'phr'])
      // Capped since it came by a link; that makes no software of it.
      assert.deepEqual(payload['amr'], ['user', 'pop'])
      assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 300)
      assert.equal(payload['email'], undefined, 'an address that nobody has shown to be theirs is not passed on')
      assert.deepEqual([...browser.cookies(wiki).keys()], [cookie], 'the mark is gone')
      assert.ok(
        !JSON.stringify(told).includes(browser.cookies(wiki).get(cookie) ?? '!'),
        'the tool never sees the cookie',
      )
      // The next tool asks for nothing.
      assert.equal((await browser.visit(`${board}/`)).status, 200)
      const { items } = await person.call<OpenTools>('GET', '/me/open-tools')
      assert.deepEqual(
        items.map(({ tools }) => tools),
        [['Board', 'Wiki']],
      )
      assert.notEqual(browser.cookies(board).get(cookie), browser.cookies(wiki).get(cookie))
    })

    await t.test('nobody says who they are but we', async () => {
      const { browser } = await signedIn()
      await browser.visit(wiki)
      const spoofed = { 'remote-user': 'ana', 'x-forwarded-user': 'ana', [assertion]: 'e30.e30.', x_name: 'Ana' }
      const told = headersIn(await browser.ask(`${wiki}/`, { headers: { ...spoofed, 'X-Forwarded-Email': 'ana@x' } }))
      assert.equal(told['remote-user'], 'bo')
      assert.equal(told['x-forwarded-user'], undefined)
      assert.equal(told['x-forwarded-email'], undefined)
      assert.equal(told['x_name'], undefined)
      assert.notEqual(told[assertion], 'e30.e30.')
      const open = headersIn(await browser.ask(`${wiki}/health`, { headers: spoofed }))
      assert.deepEqual([open['remote-user'], open[assertion], open['cookie']], [undefined, undefined, undefined])
    })

    await t.test('an address is told once it was shown to be theirs', async () => {
      const { database } = postern.postern.ceremonies
      const mark = (emailVerifiedAt: number | null) =>
        database.write((tx) => tx.updateTable('user').set({ emailVerifiedAt }).where('username', '=', 'bo').execute())
      await mark(now())
      const { browser } = await signedIn()
      const told = headersIn(await browser.visit(wiki))
      const { email } = decodeJwt(told[assertion] ?? '')
      assert.deepEqual([told['x-forwarded-email'], email], ['bo@example.com', 'bo@example.com'])
      await mark(null)
    })

    await t.test('a code lets in the browser that asked, once, on the host it was made for', async () => {
      const attacker = await signedIn()
      const begun = await attacker.browser.ask(`${wiki}/`, { headers: { accept: 'text/html' } })
      assert.equal(begun.status, 303)
      const handed = await attacker.browser.step(begun)
      const enter = handed.headers.location ?? ''
      assert.ok(enter.startsWith(`${wiki}/.postern/enter?code=`), enter)

      // Pasted into somebody else's browser: without a mark, with one of its own, with an invented one.
      for (const prepare of ['nothing', 'own', 'invented'] as const) {
        const victim = new RouteBrowser(again())
        if (prepare === 'own') await victim.ask(`${wiki}/`, { headers: { accept: 'text/html' } })
        if (prepare === 'invented') victim.cookies(wiki).set(`${cookie}-state`, 'A'.repeat(43))
        const fresh = await attacker.browser.step(begun)
        const answer = await victim.ask(fresh.headers.location ?? '', { headers: { accept: 'text/html' } })
        assert.equal(answer.status, 403, prepare)
        assert.equal(victim.cookies(wiki).get(cookie), undefined, prepare)
        // It was used up all the same.
        const late = await attacker.browser.ask(fresh.headers.location ?? '', { headers: { accept: 'text/html' } })
        assert.equal(late.status, 403)
      }
      // On another host, with the right mark planted there.
      const elsewhere = await attacker.browser.step(begun)
      attacker.browser
        .cookies(board)
        .set(`${cookie}-state`, attacker.browser.cookies(wiki).get(`${cookie}-state`) ?? '')
      const moved = (elsewhere.headers.location ?? '').replace(wiki, board)
      assert.equal((await attacker.browser.ask(moved)).status, 403)
      // In its own browser, but late; in time; and again.
      const late = await attacker.browser.step(begun)
      skipped += 61_000
      assert.equal((await attacker.browser.ask(late.headers.location ?? '')).status, 403)
      const good = await attacker.browser.step(begun)
      const entered = await attacker.browser.ask(good.headers.location ?? '')
      assert.deepEqual([entered.status, entered.headers.location], [303, '/'])
      const [line = '', ...lines] = entered.headers['set-cookie'] ?? []
      assert.match(line, new RegExp(`^${cookie}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Lax`))
      assert.doesNotMatch([line, ...lines].join('\n'), /domain/i, 'for this host alone')
      attacker.browser.cookies(wiki).delete(cookie)
      assert.equal((await attacker.browser.ask(good.headers.location ?? '')).status, 403)
      assert.equal((await attacker.browser.ask(enter)).status, 403)
    })

    await t.test('of many who show one code at once, with its own mark, one comes in', async () => {
      const { browser } = await signedIn()
      const handed = await browser.step(await browser.ask(`${wiki}/`, { headers: { accept: 'text/html' } }))
      const answers = await Promise.all(Array.from({ length: 8 }, () => browser.ask(handed.headers.location ?? '')))
      assert.deepEqual(
        answers.map(({ status }) => status).toSorted((a, b) => a - b),
        [303, ...Array<number>(7).fill(403)],
      )
    })

    await t.test('a session there is made anew, and its cookie opens no other host', async () => {
      const { browser } = await signedIn()
      browser.cookies(wiki).set(cookie, 'F'.repeat(43))
      await browser.visit(wiki)
      const secret = browser.cookies(wiki).get(cookie) ?? ''
      assert.notEqual(secret, 'F'.repeat(43), 'what somebody else chose is never taken up')
      const other = new RouteBrowser(again())
      other.cookies(board).set(cookie, secret)
      assert.equal((await other.ask(`${board}/`)).status, 401)
      other.cookies(wiki).set(cookie, `${secret}x`)
      assert.equal((await other.ask(`${wiki}/`)).status, 401)
      const twice = await browser.ask(`${wiki}/`, { headers: { cookie: `${cookie}=${secret}; ${cookie}=${secret}` } })
      assert.equal(twice.status, 401, 'two of one name: somebody planted one')
    })

    await t.test('nobody is led anywhere but to the tool', async () => {
      const { browser } = await signedIn()
      const state = 'A'.repeat(43)
      for (const to of [
        '//evil.example/',
        '/\\evil.example',
        'https://evil.example/',
        '/.postern/sign-out',
        '/a\r\nx: y',
      ]) {
        const address = `${origin}/proxy/sign-in?${new URLSearchParams({ route: 'wiki.localhost', state, to }).toString()}`
        const { headers } = await browser.ask(address)
        assert.ok(headers.location?.startsWith(`${wiki}/.postern/enter?code=`), to)
        const begun = await browser.ask(
          `${origin}/proxy/sign-in?${new URLSearchParams({ route: 'wiki.localhost', to }).toString()}`,
        )
        assert.equal(begun.headers.location, `${wiki}/`, to)
      }
      const unknown = await browser.ask(`${origin}/proxy/sign-in?route=evil.example&state=${state}`)
      assert.equal(unknown.headers.location, '/-/route?route=evil.example')
      const led = await browser.visit(`${wiki}//evil.example/%2f..`)
      assert.equal(new URL(led.url).origin, wiki)
    })

    await t.test('what cannot be led to a sign-in is told in words, and a form is never lost silently', async () => {
      const browser = new RouteBrowser(again())
      const script = await browser.ask(`${wiki}/api`, { headers: { 'sec-fetch-mode': 'cors', accept: '*/*' } })
      assert.deepEqual([script.status, script.headers['content-type']], [401, 'application/problem+json'])
      assert.equal(script.headers.location, undefined)
      assert.match(script.body, /You are not signed in to Wiki/)
      const form = await browser.ask(`${wiki}/save`, {
        method: 'POST',
        headers: { 'sec-fetch-mode': 'navigate', accept: 'text/html' },
        body: 'text=long',
      })
      assert.equal(form.status, 401)
      assert.match(form.body, /was not lost/)
      const frame = await browser.ask(`${wiki}/`, {
        headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', accept: 'text/html' },
      })
      assert.equal(frame.status, 401)
      const preflight = await browser.ask(`${wiki}/api`, {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example', 'sec-fetch-mode': 'cors', 'access-control-request-method': 'PUT' },
      })
      assert.equal(preflight.status, 401)
      assert.equal(preflight.headers['access-control-allow-origin'], undefined)
      assert.equal((await browser.ask(`${wiki}/.postern/anything`)).status, 404)
      assert.equal((await browser.ask(`${wiki}/.postern/who`)).status, 401)
    })

    await t.test('rules of the route: a group, a tap that is new enough, in any spelling of the path', async () => {
      const { person, browser } = await signedIn()
      await browser.visit(wiki)
      const { seen } = upstream
      const before = seen.length
      for (const path of [
        '/edit',
        '/edit/page',
        '/%65dit',
        '/./edit',
        '/x/../edit',
        '//edit',
        '/edit%2f',
        '/a%2f..%2fedit',
        '/edit;x',
      ]) {
        const { status } = await browser.ask(`${wiki}/`, {}).then(() => browser.ask(`${wiki}${path}`, {}))
        assert.ok([400, 403].includes(status), `${path}: ${status}`)
      }
      assert.ok(
        seen.slice(before).every(({ url }) => url === '/'),
        'none of them reached the tool',
      )
      const page = await browser.visit(`${wiki}/edit`)
      assert.equal(page.status, 403)
      assert.match(page.body, /The rule “Editors edit” asks for it/)
      assert.match(
        page.body,
        /Ask an administrator to put you into the group editors\. Administrators here: Ana Example\./,
      )
      await ana.act('PUT', '/groups/editors/members/bo', {})
      skipped += 1_000
      const edited = await browser.ask(`${wiki}/edit`)
      assert.deepEqual([edited.status, headersIn(edited)['x-groups']], [200, 'editors'])
      await ana.act('DELETE', '/groups/editors/members/bo')
      skipped += 1_000
      assert.equal((await browser.ask(`${wiki}/edit`)).status, 403)

      skipped += 61_000
      const script = await browser.ask(`${wiki}/delete/1`, { method: 'DELETE' })
      assert.equal(script.status, 401)
      assert.match(script.body, /step-up-required/)
      const { link } = JSON.parse(script.body) as { link: string }
      const judged = new URL((await browser.visit(link)).url)
      assert.deepEqual([judged.pathname, judged.searchParams.get('method')], ['/-/route', 'DELETE'])
      const form = await browser.ask(`${wiki}/delete/1`, { method: 'POST', headers: { accept: 'text/html' } })
      assert.match(form.body, /was not lost/)
      assert.match(script.body, /The rule “A tap to delete” asks for it/)
      const led = await browser.visit(`${wiki}/delete/1`)
      const stepUp = new URL(led.url)
      assert.equal(stepUp.pathname, '/-/route', 'the page that asks for the tap')
      const query = Object.fromEntries(stepUp.searchParams)
      const view = await person.call<{ outcome: string; kind: string; sentence: string }>(
        'GET',
        `/proxy/entry?${new URLSearchParams({ route: query['route'] ?? '', to: query['to'] ?? '' }).toString()}`,
      )
      assert.deepEqual([view.outcome, view.kind], ['step-up', 'fresh-tap'])
      await person.signIn()
      // What it held before goes on with the new tap, without another way round.
      skipped += 1_000
      assert.equal((await browser.ask(`${wiki}/delete/1`, { method: 'DELETE' })).status, 200)
      const done = await browser.visit(`${origin}/proxy/sign-in?${stepUp.searchParams.toString()}`)
      assert.equal(done.url, `${wiki}/delete/1`)
      assert.equal((await browser.visit(link)).url, `${wiki}/`, 'what was sent is not sent again')
    })

    await t.test('whoever it is not open to is told so, and written down once', async () => {
      const gus = await postern.join(ana, 'gus', 'guest')
      const browser = new RouteBrowser(gus)
      assert.equal((await browser.visit(`${wiki}/`)).status, 200)
      for (let at = 0; at < 3; at += 1)
        assert.equal(new URL((await browser.visit(`${board}/`)).url).pathname, '/-/route')
      const told = await gus.call<{ sentence: string; help: string }>('GET', '/proxy/entry?route=board.localhost')
      assert.equal(told.sentence, 'Board is not open to you.')
      // A guest hears no names but the one they know.
      assert.equal(told.help, 'Ask an administrator to let you in. Begin with Ana Example, who answers for you.')
      const { read } = postern.postern.ceremonies.database
      const events = await read
        .selectFrom('auditEvent')
        .select('action')
        .where('action', '=', 'application.refused')
        .execute()
      assert.equal(events.length, 2, 'once for gus, and once for bo, whom a rule of the wiki refused')
    })

    await t.test('rules of the route about networks: for whom it counts, and what it takes', async () => {
      const house = await makeRoute(ana, 'house', {
        upstream: upstream.url,
        rules: [
          { title: 'The office alone', paths: ['/office*'], requires: { networks: ['10.0.0.0/8'] } },
          { title: 'This machine alone', paths: ['/here*'], requires: { networks: ['127.0.0.0/8'] } },
          { title: 'Editors from here', paths: ['/shelf*'], networks: ['127.0.0.0/8'], groups: ['editors'] },
          { title: 'Editors from the office', paths: ['/desk*'], networks: ['10.0.0.0/8'], groups: ['editors'] },
        ],
      })
      const { browser } = await signedIn()
      await browser.visit(house)
      for (const [path, rule] of [
        ['/office/1', 'The office alone'],
        ['/shelf', 'Editors from here'],
      ] as const) {
        const { status, body } = await browser.visit(`${house}${path}`)
        assert.equal(status, 403, path)
        assert.ok(body.includes(`The rule “${rule}” asks for it`), body)
      }
      for (const path of ['/here', '/desk']) assert.equal((await browser.visit(`${house}${path}`)).status, 200, path)
    })

    await t.test('what is allowed changes at once with the policy', async () => {
      const { browser } = await signedIn()
      await browser.visit(wiki)
      assert.equal((await browser.ask(wiki)).status, 200)
      await setRules(ana, [inside])
      const refused = await browser.ask(wiki)
      assert.equal(refused.status, 403)
      assert.match(refused.body, /The wiki from inside/)
      await setRules(ana, [])
      assert.equal((await browser.ask(wiki)).status, 200)
    })

    await t.test('and what is open already is cut by it, or by a group, without waiting for its turn', async () => {
      await ana.act('PUT', '/groups/editors/members/bo', {})
      const { browser } = await signedIn()
      await browser.visit(wiki)
      // Nothing is looked at again by the clock.
      frozen = now()
      const [reading, editing] = [await browser.open(`${wiki}/events`), await browser.open(`${wiki}/events/edit`)]
      assert.deepEqual([reading.statusCode, editing.statusCode], [200, 200])
      const [read, edited] = [closing(reading), closing(editing)]
      await ana.act('DELETE', '/groups/editors/members/bo')
      await edited
      assert.equal(reading.destroyed, false, 'it was no matter of that group')
      await setRules(ana, [inside])
      await read
      frozen = undefined
      await setRules(ana, [])
    })

    await t.test('the same where a directory keeps the group', async () => {
      const { scim } = await connectDirectory(ana)
      const { id } = await scim.makeUser('zoe@example.org')
      const staff = await scim.makeGroup('Staff', [id])
      const { link } = await ana.act<{ link: string }>('POST', '/people/zoe/registration-link', {})
      const zoe = postern.stranger()
      await zoe.register(link, { username: 'zoe', displayName: 'Zoe', email: 'zoe@example.org' })
      const rules = [{ title: 'Staff alone', paths: ['/events/staff'], groups: ['Staff'] }]
      const desk = await makeRoute(ana, 'desk', { upstream: upstream.url, rules })
      const browser = new RouteBrowser(zoe)
      await browser.visit(desk)
      frozen = now()
      const [reading, working] = [await browser.open(`${desk}/events`), await browser.open(`${desk}/events/staff`)]
      assert.deepEqual([reading.statusCode, working.statusCode], [200, 200])
      const over = closing(working)
      void closing(reading)
      await scim.patch(`/Groups/${staff.id}`, { op: 'remove', path: `members[value eq "${id}"]` })
      await over
      assert.equal(reading.destroyed, false)
      frozen = undefined
    })

    await t.test('one end of a session ends each tool that it opened, with events and WebSockets', async () => {
      const { person, browser } = await signedIn()
      const tools = [wiki, board]
      for (const tool of tools) await browser.visit(tool)
      // Cut by the end itself, not by the next look at the clock.
      frozen = now()
      const over: Promise<unknown>[] = []
      for (const tool of tools) {
        over.push(closing(await browser.open(`${tool}/events`)))
        const socket = browser.socket(`${tool}/socket`)
        await once(socket, 'open')
        over.push(once(socket, 'close'))
      }
      await person.signOut()
      await Promise.all(over)
      for (const tool of tools) assert.equal((await askAfter(() => browser.ask(tool))).status, 401, tool)
      frozen = undefined
    })

    await t.test('a session ends, and with it all that it opened, streams too', async () => {
      const ways: Record<string, (person: Person, browser: RouteBrowser) => Promise<unknown>> = {
        'signing out here': (person) => person.signOut(),
        'ending it from another device': async (person) => {
          const { items } = await person.call<{ items: { id: string; isCurrent: boolean }[] }>('GET', '/me/sessions')
          const other = again()
          await other.signIn()
          await other.call('DELETE', `/me/sessions/${items.find(({ isCurrent }) => isCurrent)?.id ?? ''}`)
        },
        'ending all others': async () => {
          const other = again()
          await other.signIn()
          await other.call('DELETE', '/me/sessions')
        },
        'signing out of the tool': async (_person, browser) => {
          const answer = await browser.visit(`${wiki}/.postern/sign-out`)
          assert.match(answer.body, /You are signed out of Wiki/)
        },
        'somebody else signing in there': async (person) => {
          const cleo = await postern.join(ana, `cleo${skipped}`)
          const begun = await person.call<{ ceremonyId: string; publicKey: never }>('POST', '/sign-in/begin', {})
          await person.call('POST', '/sign-in/finish', {
            ceremonyId: begun.ceremonyId,
            response: cleo.authenticator.get(begun.publicKey, origin),
          })
        },
      }
      // Nothing is looked at again by the clock.
      frozen = now()
      for (const [name, end] of Object.entries(ways)) {
        const { person, browser } = await signedIn()
        await browser.visit(wiki)
        const stream = await browser.open(`${wiki}/events`)
        const closed = closing(stream)
        const secret = browser.cookies(wiki).get(cookie) ?? ''
        await end(person, browser)
        browser.cookies(wiki).set(cookie, secret)
        assert.equal((await askAfter(() => browser.ask(wiki))).status, 401, name)
        await closed
      }
      const { person, browser } = await signedIn()
      await browser.visit(wiki)
      await person.signIn()
      const stream = await browser.open(`${wiki}/events`)
      const closed = closing(stream)
      await person.signOut()
      await closed
      assert.equal(
        (await askAfter(() => browser.ask(wiki))).status,
        401,
        'signed in again and out: what hung on the session before',
      )
      frozen = undefined
    })

    await t.test(
      'a code under way lets nobody in as the person before, once somebody else has signed in there',
      async () => {
        const { person, browser } = await signedIn()
        const begun = await browser.ask(`${wiki}/`, { headers: { accept: 'text/html' } })
        const handed = await browser.step(begun)
        const dora = await postern.join(ana, 'dora')
        const { ceremonyId, publicKey } = await person.call<{ ceremonyId: string; publicKey: never }>(
          'POST',
          '/sign-in/begin',
          {},
        )
        await person.call('POST', '/sign-in/finish', {
          ceremonyId,
          response: dora.authenticator.get(publicKey, origin),
        })
        assert.equal((await browser.step(handed)).status, 403)
        assert.equal(headersIn(await browser.visit(wiki))['remote-user'], 'dora')
      },
    )

    await t.test('who is here, for the pages of tools', async () => {
      const { browser } = await signedIn()
      await browser.visit(wiki)
      const who = JSON.parse((await browser.ask(`${wiki}/.postern/who`)).body) as Record<string, unknown>
      assert.deepEqual([who['username'], who['application'], who['signOut']], ['bo', 'Wiki', '/.postern/sign-out'])
      const unseen = await browser.ask(`${wiki}/.postern/sign-out`, { headers: { 'sec-fetch-mode': 'no-cors' } })
      assert.equal(unseen.status, 405)
      assert.equal((await browser.ask(wiki)).status, 200, 'an image does not sign anybody out')
    })

    await t.test('programs come with a token, where they may, and never on a person’s cookie', async () => {
      await bo.signIn()
      const token = await bo.makeToken('robot', ['application:use'])
      const other = await bo.makeToken('git', ['repository:read'])
      const program = new RouteBrowser(again())
      const with_ = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } })
      const told = headersIn(await program.ask(wiki, with_(token)))
      assert.equal(told['remote-user'], 'bo')
      assert.equal(told['authorization'], undefined)
      assert.equal((await program.ask(wiki, with_(other))).status, 403)
      assert.equal((await program.ask(wiki, with_(`${token}x`))).status, 401)
      assert.equal((await program.ask(board, with_(token))).status, 403)
      // Whoever is signed in as well: what counts is the token, and nothing where it does not.
      const { browser: held } = await signedIn()
      await held.visit(wiki)
      await held.visit(board)
      const hers = await ana.makeToken('robot', ['application:use'])
      assert.equal(headersIn(await held.ask(wiki, with_(hers)))['remote-user'], 'ana')
      assert.equal((await held.ask(wiki, with_(other))).status, 403)
      assert.equal((await held.ask(board, with_(token))).status, 403)
      const { items } = await bo.call<{ items: { id: string; name: string }[] }>('GET', '/me/tokens')
      await bo.act('DELETE', `/me/tokens/${items.find(({ name }) => name === 'robot')?.id ?? ''}`)
      assert.equal((await askAfter(() => program.ask(wiki, with_(token)))).status, 401)
      assert.equal((await held.ask(wiki, with_(token))).status, 401)
      assert.equal((await held.ask(wiki)).status, 200)
    })

    await t.test('a session that nobody uses runs out; using a tool is use', async () => {
      const hourMs = 3_600_000
      const { browser } = await signedIn()
      await browser.visit(wiki)
      for (let hours = 0; hours < 30; hours += 10) {
        skipped += 10 * hourMs
        assert.equal((await browser.ask(wiki)).status, 200)
      }
    })

    await t.test('an idle limit stops no download that is under way, and lets nothing else in', async () => {
      const { browser } = await signedIn()
      await ana.signIn()
      const [bosTool, anasTool] = [browser, new RouteBrowser(ana)]
      await bosTool.visit(wiki)
      await anasTool.visit(wiki)
      const [open, other] = [await bosTool.open(`${wiki}/events`), await anasTool.open(`${wiki}/events`)]
      const cut = closing(other)
      open.resume()
      skipped += 3_600_000
      const idle = shipped('session-limits', { who: ['user:bo'], requires: { sessionIdleSeconds: 60 } })
      // Both are asked about again; only hers is refused.
      await setRules(ana, [idle, { ...inside, who: ['user:ana'] }])
      await cut
      assert.equal(open.destroyed, false)
      assert.equal((await bosTool.ask(wiki)).status, 401)
      assert.equal((await bosTool.ask(`${wiki}/.postern/who`)).status, 401)
      open.destroy()
      await setRules(ana, [])
    })

    await t.test('what has ended is forgotten a day later, and nothing else', async () => {
      const { database } = postern.postern.ceremonies
      const list = async (): Promise<string[]> =>
        (await database.read.selectFrom('routeSession').select('id').execute()).map(({ id }) => id)
      const { browser } = await signedIn()
      await browser.visit(wiki)
      await browser.visit(`${wiki}/.postern/sign-out`)
      const before = await list()
      await forgetEnded({ database, now: () => now() - 50 * 3_600_000 })
      assert.deepEqual(await list(), before)
      skipped += 40 * 24 * 3_600_000
      const { browser: later } = await signedIn()
      await later.visit(wiki)
      await forgetEnded({ database, now })
      const [left, ...others] = await list()
      assert.deepEqual([before.includes(left ?? ''), others], [false, []])
      assert.equal((await later.ask(wiki)).status, 200)
    })

    await t.test('an end of somebody’s access is an end here, within the second', async () => {
      const { browser } = await signedIn()
      await browser.visit(wiki)
      await ana.signIn()
      // Cut by the end itself, not by the next look at the clock.
      frozen = now()
      const stream = await browser.open(`${wiki}/events`)
      const closed = closing(stream)
      await ana.act('POST', '/people/bo/end', { reason: '' })
      await closed
      frozen = undefined
      assert.equal((await askAfter(() => browser.ask(wiki))).status, 401)
    })

    await t.test('whoever starts over by a link from the shell leaves nothing open behind them', async () => {
      await ana.signIn()
      const browser = new RouteBrowser(ana)
      await browser.visit(wiki)
      const closed = closing(await browser.open(`${wiki}/events`))
      const { database } = postern.postern.ceremonies
      const { url } = await makeOwnerLink(database, origin, 'ana', now())
      await postern.stranger().register(url, { username: 'ana', displayName: 'Ana', email: 'ana@example.com' })
      const open = await database.read
        .selectFrom('routeSession')
        .innerJoin('session', 'session.id', 'routeSession.sessionId')
        .select('routeSession.id')
        .where('routeSession.endedAt', 'is', null)
        .where('session.endedAt', 'is not', null)
        .execute()
      assert.deepEqual(open, [])
      await closed
    })
  })
