import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { hashSync } from 'bcryptjs'
import type { Id } from '../src/database/id.ts'
import { fromBase32 } from '../src/protocols/totp/base32.ts'
import { stepAt, stepMs, totpCode } from '../src/protocols/totp/totp.ts'
import { endOverdue } from '../src/identity/passwords/password-ends.ts'
import type { Person } from '../src/walk/person.ts'
import { setRules } from './support/guardrails.ts'
import { addMover, byPassword, password, permission } from './support/passwords.ts'
import { makeProposing } from './support/proposed.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const dayMs = 86_400_000

for (const store of eitherStore)
  describe(`passwords on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    const now = () => Date.now() + ahead
    const database = () => postern.postern.ceremonies.database
    const permit = (signIn: 'password' | 'mfa' = 'password') => setRules(ana, [permission(now() + 30 * dayMs, signIn)])
    const isRefused = (call: Promise<unknown>) => refused(call, 401, 'password-refused')
    let count = 0
    const mover = (more?: Parameters<typeof addMover>[3]) => addMover(postern, ana, `mo${(count += 1)}`, more)
    /** Sets codes up as an app does, and returns how to make one. */
    const withCodes = async (browser: Person): Promise<(away?: number) => string> => {
      const { secret } = await browser.call<{ secret: string }>('POST', '/me/one-time-codes', {})
      const codeAt = (away = 0) => totpCode(fromBase32(secret), stepAt(now()) + away)
      await browser.call('POST', '/me/one-time-codes/confirm', { code: codeAt() })
      ahead += 2 * stepMs
      return codeAt
    }

    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now })
      ana = await postern.owner()
      await ana.act('POST', '/groups', { name: 'movers', description: '' })
    })
    beforeEach(async () => {
      await ana.signIn()
      await permit()
    })
    after(() => postern[Symbol.asyncDispose]())

    test('one sentence for everybody who does not get in', async () => {
      const { username } = await mover()
      const outsider = await postern.join(ana, `out${count}`)
      assert.ok(outsider)
      const wrong = await isRefused(byPassword(postern, username, { password: 'wrong' }))
      const unknown = await isRefused(byPassword(postern, 'nobody-here'))
      const withPasskey = await isRefused(byPassword(postern, `out${count}`))
      await setRules(ana, [])
      const notPermitted = await isRefused(byPassword(postern, username))
      for (const one of [unknown, withPasskey, notPermitted]) assert.deepEqual(one, wrong)
      assert.equal((await ana.call<{ takesPasswords: boolean }>('GET', '/instance')).takesPasswords, false)
    })

    test('whom a rule names gets in by name or address, and reads what is theirs', async () => {
      const { username } = await mover()
      assert.equal((await ana.call<{ takesPasswords: boolean }>('GET', '/instance')).takesPasswords, true)
      for (const name of [username, `${username}@example.com`, ` ${username.toUpperCase()}@Example.COM `]) {
        const browser = await byPassword(postern, name)
        const me = await browser.call<{ session: { strength: string; amr: string[]; acr: null } }>('GET', '/me')
        assert.deepEqual([me.session.strength, me.session.amr, me.session.acr], ['password', ['pwd'], null])
        for (const path of ['/home', '/me/sessions', '/me/credentials', '/me/tokens', '/people', '/inbox'])
          await browser.call('GET', path)
      }
    })

    test('what everybody did by password stands in the ledger', async () => {
      const { id, username } = await mover()
      await byPassword(postern, username)
      await byPassword(postern, username, { password: 'wrong' }).catch(() => {})
      const rows = await database()
        .read.selectFrom('auditEvent')
        .select(['action', 'method', 'leaf'])
        .where('method', '=', 'password')
        .where((eb) => eb.or([eb('actorId', '=', id), eb('targetId', '=', id)]))
        .orderBy('id')
        .execute()
      assert.deepEqual(
        rows.map(({ action }) => action),
        ['session.started', 'session.refused'],
      )
      const leaf = JSON.parse(rows[0]?.leaf ?? '') as { decision: { rule: string; strength: string } }
      assert.deepEqual([leaf.decision.rule, leaf.decision.strength], ['moving-in', 'password'])
      assert.ok(rows.every((row) => !row.leaf.includes(password)))
    })

    test('a sign-in under way does not outlive a change of the password', async () => {
      const { id, username } = await mover()
      const browser = await byPassword(postern, username)
      const wanted = 'seventeen blue herons at dusk'
      const [late] = await Promise.allSettled([
        byPassword(postern, username),
        browser.call('PUT', '/me/password', { current: password, wanted }),
      ])
      // Whichever came first: nobody is in with the former password afterwards but who changed it.
      if (late.status === 'fulfilled') await refused(late.value.call('GET', '/me'), 401, 'sign-in-required')
      const rows = await database()
        .read.selectFrom('session')
        .select('id')
        .where('userId', '=', id)
        .where('endedAt', 'is', null)
        .execute()
      assert.equal(rows.length, 1)
    })

    test('the first sign-in hashes the password anew, by our own measure', async () => {
      const { id, username } = await mover()
      await byPassword(postern, username)
      const hashNow = async () =>
        (await database().read.selectFrom('passwordLogin').select('hash').where('userId', '=', id).executeTakeFirst())
          ?.hash ?? ''
      const first = await hashNow()
      assert.match(first, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
      await byPassword(postern, username)
      assert.equal(await hashNow(), first)
    })

    test('a session by password carries out no act, of all there are, and changes nothing', async () => {
      const { username } = await mover()
      const browser = await byPassword(postern, username)
      const acting = postern.postern.routes.filter(({ act }) => act !== '')
      assert.ok(acting.length > 20)
      for (const { method, url } of acting) {
        const path = url.replace('/api/v1', '').replaceAll(/:\w+/g, 'x')
        const answer = await browser.fetch(method as 'POST', path, method === 'GET' ? undefined : {})
        assert.ok([403, 404].includes(answer.status), `${method} ${url}: ${answer.status} ${await answer.text()}`)
      }
      const asked = await database()
        .read.selectFrom('sealRequest')
        .innerJoin('user', 'user.id', 'sealRequest.userId')
        .select('sealRequest.id')
        .where('username', '=', username)
        .execute()
      assert.deepEqual(asked, [])
      await refused(browser.call('PUT', '/me/notifications', { letters: true }), 403, 'person-required')
      await refused(browser.call('DELETE', '/me/sessions'), 403, 'person-required')
    })

    test('nor does it write where its person may: no commit, no word, no branch, by any route of readers and writers', async () => {
      const { username } = await mover()
      const { path, propose } = await makeProposing(postern, ana, `written-${username}/web`)
      await ana.act('PUT', `/projects/written-${username}/members/user/${username}`, { role: 'write' })
      await propose('fix')
      const browser = await byPassword(postern, username)
      const { head: expectedHead } = await browser.call<{ head: string }>('GET', `${path}/edit`)
      const change = { action: 'add', path: 'x.txt', content: 'x' }
      const commit = { branch: 'main', newBranch: 'theirs', expectedHead, message: 'Mine', changes: [change] }
      const doing: [method: string, path: string, body: object][] = [
        ['POST', `${path}/commits`, commit],
        ['POST', `${path}/pull-requests/1/threads`, { body: 'A word' }],
        ['DELETE', `${path}/branches/fix`, {}],
      ]
      const changing = postern.postern.routes.filter(
        ({ method, access }) =>
          !['GET', 'HEAD'].includes(method) &&
          ['user', 'repository:read', 'repository:write', 'repository:status'].includes(access),
      )
      assert.ok(changing.length > 20)
      for (const { method, url } of changing) {
        const [project, repository] = [`written-${username}`, 'web']
        const named = url.replace(':project', project).replace(':repository', repository).replace(':number', '1')
        doing.push([method, named.replace('/api/v1', '').replaceAll(/:\w+/g, 'x'), {}])
      }
      for (const [method, to, body] of doing) {
        const answer = await browser.fetch(method as 'POST', to, body)
        assert.equal(answer.status, 403, `${method} ${to}: ${answer.status} ${await answer.text()}`)
      }
    })

    test('where a code is asked too, the password alone reaches nothing but what is missing', async () => {
      await permit('mfa')
      const { username } = await mover()
      const browser = await byPassword(postern, username)
      for (const path of ['/home', '/inbox', '/people', '/me/sessions', '/seal-requests/srq_x'])
        assert.equal((await browser.fetch('GET', path)).status, 403, path)
      const codeAt = await withCodes(browser)
      await isRefused(byPassword(postern, username))
      await isRefused(byPassword(postern, username, { code: '000000' }))
      const whole = await byPassword(postern, username, { code: codeAt() })
      assert.equal((await whole.call<{ session: { strength: string } }>('GET', '/me')).session.strength, 'mfa')
      await whole.call('GET', '/home')
    })

    test('a code works once: not again within its step, not the one before it', async () => {
      const { username } = await mover()
      const codeAt = await withCodes(await byPassword(postern, username))
      await byPassword(postern, username, { code: codeAt(1) })
      await isRefused(byPassword(postern, username, { code: codeAt(1) }))
      await isRefused(byPassword(postern, username, { code: codeAt() }))
      await isRefused(byPassword(postern, username, { code: codeAt(2) }))
    })

    test('of two who show one code at once, one gets in', async () => {
      const { username } = await mover()
      const codeAt = await withCodes(await byPassword(postern, username))
      const code = codeAt()
      const tries = await Promise.allSettled([1, 2, 3].map(() => byPassword(postern, username, { code })))
      assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
    })

    test('nobody puts an app of their own in place of one that counts', async () => {
      const { username } = await mover()
      const first = await byPassword(postern, username)
      const codeAt = await withCodes(first)
      await refused(first.call('POST', '/me/one-time-codes', {}), 409, 'codes-known')
      await refused(first.call('POST', '/me/one-time-codes/confirm', { code: codeAt() }), 422, 'invalid-input')
    })

    test('guessing stops after ten, also for names that nobody has, and shuts no passkey out', async () => {
      const { username, link } = await mover()
      for (const name of [username, 'nobody-at-all']) {
        for (let guess = 0; guess < 10; guess += 1)
          await isRefused(byPassword(postern, name, { password: `guess ${guess}` }))
        const stopped = await refused(byPassword(postern, name), 429, 'too-many-guesses')
        assert.equal(stopped.help, 'Wait an hour, or use a passkey: that works in any case.')
      }
      const mo = postern.stranger()
      await mo.register(link, { username, displayName: 'Mo', email: 'mo@example.com' })
      await mo.signIn()
      ahead += 3_600_000
    })

    test('guesses under one name tell nothing of another, and are written down for nobody as for somebody', async () => {
      const { username } = await mover()
      const written = async (): Promise<number> =>
        (await database().read.selectFrom('auditEvent').select('id').where('action', '=', 'session.refused').execute())
          .length
      const before = await written()
      const names = [username, `nobody-${username}`]
      for (const name of names)
        for (let guess = 0; guess < 10; guess += 1)
          await isRefused(byPassword(postern, name, { password: `guess ${guess}` }))
      assert.equal(await written(), before + 20)
      const byAddress = names.map((name) => isRefused(byPassword(postern, `${name}@example.com`)))
      const [known, unknown] = await Promise.all(byAddress)
      assert.deepEqual(known, unknown, 'also with the right password: its account has no guess left')
      ahead += 3_600_000
      await byPassword(postern, `${username}@example.com`)
    })

    test('many guesses at once are no more than ten', async () => {
      const { username } = await mover()
      const tries = Array.from({ length: 20 }, (_, guess) => byPassword(postern, username, { password: `g${guess}` }))
      const codes = (await Promise.allSettled(tries)).map((one) => (one as PromiseRejectedResult).reason.problem.code)
      assert.equal(codes.filter((code) => code === 'password-refused').length, 10)
      ahead += 3_600_000
    })

    // Kept by the process, whatever the store.
    const skip = store.name === 'SQLite' ? false : 'the same on every store'
    test('stuffing stolen passwords from one address stops, whoever they are tried for', { skip }, async () => {
      const codes: string[] = []
      for (let round = 0; round < 6; round += 1) {
        const tries = Array.from({ length: 20 }, (_, one) => byPassword(postern, `stuffed-${round}-${one}`))
        codes.push(
          ...(await Promise.allSettled(tries)).map(
            (one) => (one as PromiseRejectedResult).reason.problem.code as string,
          ),
        )
      }
      assert.ok(codes.filter((code) => code === 'password-refused').length <= 100)
      assert.ok(codes.includes('too-many-guesses'))
      await ana.signIn()
      ahead += 3_600_000
    })

    test('at the rule’s end live sessions fall, and reach not even what is missing', async () => {
      const { username } = await mover()
      const until = now() + dayMs
      await setRules(ana, [permission(until)])
      const browser = await byPassword(postern, username)
      const { link } = await browser.call<{ link: string }>('POST', '/me/upgrade-link', {})
      assert.ok(link)
      ahead += until - now() - 60_000
      await browser.call('GET', '/home')
      ahead += 60_000
      await refused(browser.call('GET', '/home'), 401, 'sign-in-required')
      await refused(browser.call('POST', '/me/upgrade-link', {}), 401, 'sign-in-required')
      await isRefused(byPassword(postern, username))
    })

    test('a day after the rule’s end nothing of the password is left, and the record says so', async () => {
      const { id, username } = await mover()
      const look = () => endOverdue({ ...postern.postern.ceremonies, now })
      const left = async (): Promise<number> =>
        (await database().read.selectFrom('passwordLogin').select('userId').where('userId', '=', id).execute()).length
      await setRules(ana, [])
      await look()
      assert.equal(await left(), 1, 'one that no rule permits yet waits for its rule')
      const until = now() + 60_000
      await setRules(ana, [permission(until)])
      ahead += 120_000
      await look()
      assert.equal(await left(), 1, 'who has missed the day can still prolong it')
      const office = { networks: ['198.51.100.0/24'] }
      await setRules(ana, [
        permission(until),
        { ...permission(now() + 7 * dayMs), id: 'from-the-office', where: office },
      ])
      ahead += dayMs
      await look()
      assert.equal(await left(), 1, 'another rule still permits it, from the office')
      await ana.signIn()
      await setRules(ana, [{ ...permission(until), where: office }])
      await look()
      assert.equal(await left(), 0, 'a rule that held in the office alone is over too')
      await ana.signIn()
      const { items } = await ana.call<{ items: { sentence: string }[] }>(
        'GET',
        `/audit?target=${id}&action=password.ended`,
      )
      assert.equal(
        items[0]?.sentence,
        `The password of ${username} no longer signs them in: the rule that permitted it is over`,
      )
    })

    test('who leaves the group, or becomes more than a member, is out at once', async () => {
      const [left, risen] = [await mover(), await mover()]
      const browsers = [await byPassword(postern, left.username), await byPassword(postern, risen.username)]
      await ana.act('DELETE', `/groups/movers/members/${left.username}`)
      await database().write((tx) => tx.updateTable('user').set({ role: 'admin' }).where('id', '=', risen.id).execute())
      for (const browser of browsers) await refused(browser.call('GET', '/me'), 401, 'sign-in-required')
      for (const { username } of [left, risen]) await isRefused(byPassword(postern, username))
    })

    test('owners, administrators and guests never get in by password', async () => {
      for (const role of ['owner', 'admin', 'guest']) {
        const { username } = await mover({ role })
        await isRefused(byPassword(postern, username))
      }
    })

    test('the passkey: made through the session’s link it ends the password, and says so', async () => {
      const { id, username } = await mover()
      const [browser, elsewhere] = [await byPassword(postern, username), await byPassword(postern, username)]
      const { link } = await browser.call<{ link: string }>('POST', '/me/upgrade-link', {})
      await browser.register(link, { username, displayName: 'x', email: 'x@example.com' }, 'Laptop')
      const me = await browser.call<{ session: { strength: string } }>('GET', '/me')
      assert.equal(me.session.strength, 'passkey')
      await refused(elsewhere.call('GET', '/me'), 401, 'sign-in-required')
      await isRefused(byPassword(postern, username))
      const record = await database()
        .read.selectFrom('credentialRecord')
        .select(['enrolledVia', 'strengthCap'])
        .where('userId', '=', id)
        .executeTakeFirstOrThrow()
      assert.deepEqual({ ...record }, { enrolledVia: 'password', strengthCap: 'passkey' })
      const told = await database()
        .read.selectFrom('auditEvent')
        .select('action')
        .where('targetId', '=', id)
        .where('action', 'like', 'password.%')
        .execute()
      assert.deepEqual(
        told.map(({ action }) => action),
        ['password.ended'],
      )
      const left = await ana.call<{ items: { person: { username: string } }[] }>('GET', '/people/passwords')
      assert.ok(left.items.every(({ person }) => person.username !== username))
    })

    test('a password that was phished adds no key to somebody who has one, nor ends theirs', async () => {
      const { username, link: invitation } = await mover()
      const thief = await byPassword(postern, username)
      const { link } = await thief.call<{ link: string }>('POST', '/me/upgrade-link', {})
      const mo = postern.stranger()
      await mo.register(invitation, { username, displayName: 'x', email: 'x@example.com' })
      await refused(thief.call('POST', '/me/upgrade-link', {}), 401, 'sign-in-required')
      await refused(thief.register(link, { username, displayName: 'x', email: 'x@example.com' }), 410, 'link-used')
      await mo.signIn()
      await refused(mo.call('POST', '/me/upgrade-link', {}), 409, 'has-passkey')
    })

    test('a link that was made before the passkey came is refused when it is used, whatever left it there', async () => {
      const { id, username, link: invitation } = await mover()
      const thief = await byPassword(postern, username)
      const { link } = await thief.call<{ link: string }>('POST', '/me/upgrade-link', {})
      const mo = postern.stranger()
      await mo.register(invitation, { username, displayName: 'x', email: 'x@example.com' })
      // As if nothing but the last check stood there.
      await database().write((tx) =>
        tx
          .updateTable('registrationLink')
          .set({ consumedAt: null })
          .where('userId', '=', id)
          .where('purpose', '=', 'upgrade')
          .execute(),
      )
      await refused(thief.register(link, { username, displayName: 'x', email: 'x@example.com' }), 409, 'has-passkey')
      await mo.signIn()
    })

    describe('a passkey that the browser makes without asking', () => {
      type Begun = { ceremonyId: string; publicKey: Parameters<Person['authenticator']['create']>[0] }
      const nobodyTapped = { flags: 0 }
      const make = async (browser: Person, tampering = nobodyTapped) => {
        const { ceremonyId, publicKey } = await browser.call<Begun>('POST', '/me/conditional-passkey/begin', {})
        const response = browser.authenticator.create(publicKey, postern.origin, tampering)
        await browser.call('POST', '/me/conditional-passkey', { ceremonyId, response, name: 'Phone' })
      }

      test('counts for nothing before its first tap, and from then on as a passkey that ends the password', async () => {
        const { username } = await mover()
        const browser = await byPassword(postern, username)
        await make(browser)
        await byPassword(postern, username)
        const me = await browser.call<{ session: { strength: string } }>('GET', '/me')
        assert.equal(me.session.strength, 'password')
        await refused(browser.call('POST', '/me/conditional-passkey/begin', {}), 409, 'has-passkey')
        await browser.signIn()
        const after = await browser.call<{ session: { strength: string } }>('GET', '/me')
        assert.equal(after.session.strength, 'passkey')
        await isRefused(byPassword(postern, username))
        await refused(browser.call('POST', '/me/upgrade-link', {}), 409, 'has-passkey')
      })

      test('it is no more once nobody gets in by password, also while the hash is there', async () => {
        const { username } = await mover()
        const browser = await byPassword(postern, username)
        await make(browser)
        await setRules(ana, [])
        const problem = await refused(browser.signIn(), 403, 'not-allowed')
        assert.match(problem.title, /no longer signs anybody in/)
        await permit()
        await browser.signIn()
      })

      test('it is not what is left when the last passkey that was tapped is removed', async () => {
        const { id: record } = await ana
          .call<{ items: { id: string }[] }>('GET', '/me/credentials')
          .then(({ items }) => items[0] ?? assert.fail('has no passkey'))
        const { username } = await mover()
        await make(await byPassword(postern, username))
        const anaId = (await ana.call<{ id: Id<'usr'> }>('GET', '/me')).id
        await database().write((tx) =>
          tx.updateTable('credentialRecord').set({ userId: anaId }).where('strengthCap', '=', 'password').execute(),
        )
        await refused(ana.act('DELETE', `/me/credentials/${record}`, {}), 409, 'last-credential')
        await database().write((tx) =>
          tx.updateTable('credentialRecord').set({ endedAt: 1 }).where('strengthCap', '=', 'password').execute(),
        )
      })

      test('nobody vouches for one that was never tapped', async () => {
        const { id, username } = await mover()
        await make(await byPassword(postern, username))
        const { id: record } = await database()
          .read.selectFrom('credentialRecord')
          .select('id')
          .where('userId', '=', id)
          .executeTakeFirstOrThrow()
        const vouch = ana.act('POST', `/people/${username}/credentials/${record}/endorse`, {})
        await refused(vouch, 409, 'already-endorsed')
      })

      test('it does not sign in without its person being verified', async () => {
        const { username } = await mover()
        const browser = await byPassword(postern, username)
        await make(browser)
        const { ceremonyId, publicKey } = await browser.call<{
          ceremonyId: string
          publicKey: Parameters<Person['authenticator']['get']>[0]
        }>('POST', '/sign-in/begin', {})
        for (const flags of [0, 1]) {
          const response = browser.authenticator.get(publicKey, postern.origin, { flags })
          await assert.rejects(browser.call('POST', '/sign-in/finish', { ceremonyId, response }))
        }
        await byPassword(postern, username)
      })

      test('a passkey that nobody tapped is taken only where the challenge was issued for one', async () => {
        const { username } = await mover()
        const browser = await byPassword(postern, username)
        const { link } = await browser.call<{ link: string }>('POST', '/me/upgrade-link', {})
        const token = new URL(link).hash.slice(1)
        const applicant = { username, displayName: 'x', email: 'x@example.com' }
        const begun = await browser.call<Begun>('POST', '/registration-links/begin', { token, ...applicant })
        const response = browser.authenticator.create(begun.publicKey, postern.origin, nobodyTapped)
        const answer = { token, ceremonyId: begun.ceremonyId, response }
        await refused(browser.call('POST', '/registration-links/finish', answer), 400, 'tap-refused:user-not-present')
        const other = await browser.call<Begun>('POST', '/registration-links/begin', { token, ...applicant })
        const made = browser.authenticator.create(other.publicKey, postern.origin, nobodyTapped)
        await assert.rejects(
          browser.call('POST', '/me/conditional-passkey', { ceremonyId: other.ceremonyId, response: made, name: 'x' }),
        )
        const { items } = await browser.call<{ items: unknown[] }>('GET', '/me/credentials')
        assert.deepEqual(items, [])
      })

      test('a session that a passkey began makes none', async () => {
        await refused(ana.call('POST', '/me/conditional-passkey/begin', {}), 403, 'not-allowed')
      })
    })

    test('another site makes nobody sign in, and begins no passkey', async () => {
      const { username } = await mover()
      const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
      const browser = await byPassword(postern, username)
      for (const path of ['/me/upgrade-link', '/me/one-time-codes'])
        await refused(browser.call('POST', path, {}, foreign), 403, 'foreign-origin')
      await refused(
        postern.stranger().call('POST', '/sign-in/password', { name: username, password }, foreign),
        403,
        'foreign-origin',
      )
    })

    test('whose access has ended gets in no more, and nothing of the password stays', async () => {
      const { id, username } = await mover()
      const browser = await byPassword(postern, username)
      await withCodes(browser)
      const kept = () =>
        Promise.all(
          (['passwordLogin', 'totp'] as const).map((table) =>
            database().read.selectFrom(table).select('userId').where('userId', '=', id).execute(),
          ),
        )
      assert.deepEqual(
        (await kept()).map(({ length }) => length),
        [1, 1],
      )
      await ana.act('POST', `/people/${username}/end`, { reason: 'left' })
      assert.deepEqual(await kept(), [[], []])
      await isRefused(byPassword(postern, username))
      await refused(browser.call('GET', '/me'), 401, 'sign-in-required')
    })

    test('another password: known before, hard to guess, and all other sessions end', async () => {
      const { username } = await mover()
      const [browser, other] = [await byPassword(postern, username), await byPassword(postern, username)]
      const wanted = 'seventeen blue herons at dawn'
      const change = (more: object) => browser.call('PUT', '/me/password', { current: password, wanted, ...more })
      await refused(change({ current: 'wrong' }), 422, 'invalid-input')
      for (const weak of ['short', 'password1234', `${username}-example`])
        await refused(change({ wanted: weak }), 422, 'invalid-input')
      // Nobody else's: who asks is what the session says, whatever the body does.
      const victim = await mover()
      const caller = { id: victim.id, username: victim.username, by: { kind: 'session', sessionId: 'ses_x' } }
      await refused(change({ caller }), 422, 'invalid-input')
      await byPassword(postern, victim.username)
      await change({})
      await refused(other.call('GET', '/me'), 401, 'sign-in-required')
      await browser.call('GET', '/me')
      await isRefused(byPassword(postern, username))
      await byPassword(postern, username, { password: wanted })
    })

    test('a password that everybody tries lets in once more, and says what it is', async () => {
      const { username } = await mover({ hash: hashSync('password123', 4) })
      const begun = await postern
        .stranger()
        .call<{ mustChange: boolean }>('POST', '/sign-in/password', { name: username, password: 'password123' })
      assert.equal(begun.mustChange, true)
      const listed = await ana.call<{ items: { person: { username: string }; mustChange: boolean }[] }>(
        'GET',
        '/people/passwords',
      )
      assert.ok(listed.items.some(({ person, mustChange }) => person.username === username && mustChange))
    })

    test('an address that two people have is nobody’s name', async () => {
      const [one, other] = [await mover(), await mover()]
      await database().write((tx) =>
        tx.updateTable('user').set({ email: 'both@example.com' }).where('id', 'in', [one.id, other.id]).execute(),
      )
      await isRefused(byPassword(postern, 'both@example.com'))
      await byPassword(postern, one.username)
    })

    test('a body that is no sign-in is refused before anything is computed', async () => {
      for (const body of [
        {},
        { name: 'x' },
        { name: 'x', password: 'y'.repeat(100_000) },
        { name: ['x'], password: 1 },
      ]) {
        const answer = await postern.stranger().fetch('POST', '/sign-in/password', body)
        assert.ok(answer.status === 422 || answer.status === 400, String(answer.status))
      }
    })
  })
