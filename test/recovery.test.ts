import { createECDH } from 'node:crypto'
import type { NotificationView } from '../src/notify/shapes.ts'
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { makeOwnerLink } from '../src/identity/instance.ts'
import { refuseBesideRecovery } from '../src/identity/recovery/find-recovery.ts'
import type { OwnRecovery, PasskeySignals, RecoveryView } from '../src/identity/recovery/shapes.ts'
import { settleDue } from '../src/identity/recovery/settle-due.ts'
import type { CredentialView } from '../src/identity/shapes.ts'
import { TestSshKey } from '../src/protocols/ssh/test-ssh-key.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { Person } from '../src/walk/person.ts'
import { applicant, beginSignIn, finishSignIn } from './support/ceremony.ts'
import { cancelWith, comeBack, elsewhere, makeCodes, useCode } from './support/recovery.ts'
import { refused } from './support/refusal.ts'
import { addSshKey } from './support/ssh-keys.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const hourMs = 3_600_000
/** Right in form, and nobody's. */
const nobodys = 'AAAA-AAAA-AAAA-AAAA'

for (const store of eitherStore)
  describe(`getting back in with a recovery code, on ${store.name}`, () => {
    let postern: StartedPostern
    let owner: Person
    let ahead = 0
    let count = 0
    let name = ''
    let person: Person
    let codes: string[]
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      owner = await postern.owner('olga')
    })
    after(() => postern[Symbol.asyncDispose]())
    beforeEach(async () => {
      await owner.signIn()
      name = `person-${++count}`
      person = await postern.join(owner, name)
      codes = await makeCodes(person)
    })
    const settle = () => settleDue({ database: postern.postern.ceremonies.database, now: () => Date.now() + ahead })
    const keysOf = async (who: Person): Promise<CredentialView[]> =>
      (await who.call<{ items: CredentialView[] }>('GET', '/me/credentials')).items
    const events = async (action: string): Promise<string[]> =>
      (await owner.call<{ items: { leaf: string }[] }>('GET', `/audit?action=${action}`)).items.map(({ leaf }) => leaf)

    test('ten codes are shown once, each works however it is typed, and new ones void the old', async () => {
      assert.equal(new Set(codes).size, 10)
      for (const code of codes) assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
      assert.equal((await person.call<OwnRecovery>('GET', '/me/recovery')).codesLeft, 10)
      const text = JSON.stringify(await person.call('GET', '/me/recovery')) + (await events('recovery')).join('')
      for (const code of codes) assert.ok(!text.includes(code))
      await refused(person.call('POST', '/me/recovery-codes', {}), 401, 'seal-required')
      const newer = await makeCodes(person)
      await refused(useCode(postern.stranger(), name, codes[0] ?? ''), 403, 'recovery-refused')
      await useCode(postern.stranger(), ` ${name.toUpperCase()} `, (newer[0] ?? '').toLowerCase().replaceAll('-', ' '))
    })

    test('a code pauses everything there was, and leads only to a new passkey, which is capped', async () => {
      const token = await person.makeToken('ci', ['account:read'])
      await addSshKey(person, new TestSshKey('ssh-ed25519'))
      const wanted = { name: 'asked', scopes: ['account:read'], repositoryIds: null, expiresInDays: 7 }
      const waiting = await refused(person.call('POST', '/me/tokens', wanted), 401, 'seal-required')
      const begun = await useCode(postern.stranger(), `${name}@example.com`, codes[0] ?? '')
      await refused(person.call('GET', '/me'), 401, 'sign-in-required')
      await refused(
        postern.stranger().call('GET', '/people', undefined, { authorization: `Bearer ${token}` }),
        401,
        'token-refused',
      )
      const problem = await refused(elsewhere(person).signIn(), 403, 'passkey-suspended')
      assert.match(problem.detail ?? '', /recovery codes was used from 127\.0\.0\.1/)
      const asked = await postern.postern.ceremonies.database.read
        .selectFrom('sealRequest')
        .select('state')
        .where('id', '=', (waiting.sealRequestId ?? '') as 'srq_')
        .executeTakeFirst()
      assert.equal(asked?.state, 'withdrawn')
      const back = await comeBack(begun, name)
      const [key, ...others] = await keysOf(back)
      assert.deepEqual(others, [])
      assert.equal(key?.strength, 'passkey', 'and no device-bound one, which it says it is')
      assert.equal(key?.enrolledVia, 'recovery')
      const own = await back.call<OwnRecovery>('GET', '/me/recovery')
      assert.equal(own.codesLeft, 9)
      assert.equal(own.underWay?.kind, 'code')
      for (const path of ['/me/ssh-keys', '/me/tokens'])
        assert.deepEqual((await back.call<{ items: unknown[] }>('GET', path)).items, [], path)
      await refused(elsewhere(person).signIn(), 403, 'passkey-suspended')
      await elsewhere(back).signIn()
    })

    test('for a day it can be cancelled by one tap on a former passkey, whichever: all of it is undone', async () => {
      const spare = elsewhere(person)
      Object.assign(spare, { authenticator: new SoftwareAuthenticator() })
      await person.addPasskey(spare.authenticator, 'in the drawer')
      const told = async (who: Person, browser: string): Promise<number> => {
        const keys = { p256dh: createECDH('prime256v1').generateKeys('base64url'), auth: 'A'.repeat(22) }
        const wanted = { endpoint: `https://push.invalid/${browser}`, keys }
        return (await who.call<NotificationView>('POST', '/me/push-subscriptions', wanted)).push.browsers.length
      }
      await told(person, 'own')
      ahead += 1
      const begun = await useCode(postern.stranger(), name, codes[0] ?? '')
      const thief = await comeBack(begun, name)
      assert.equal(await told(thief, 'stolen'), 2)
      const behind = new SoftwareAuthenticator()
      await thief.addPasskey(behind, 'behind')
      await refused(thief.makeToken('stolen', ['account:read']), 403, 'not-allowed')
      ahead += 23 * hourMs
      await refused(elsewhere(spare).signIn(), 403, 'passkey-suspended')
      await cancelWith(spare)
      await refused(thief.call('GET', '/me'), 401, 'sign-in-required')
      await refused(elsewhere(thief).signIn(), 401, 'passkey-unknown')
      const second = postern.stranger()
      Object.assign(second, { authenticator: behind })
      await refused(second.signIn(), 401, 'passkey-unknown')
      await spare.signIn()
      await person.signIn()
      assert.deepEqual(
        (await keysOf(person)).map(({ strength }) => strength),
        ['passkey', 'passkey'],
        'as they were',
      )
      const { push } = await person.call<NotificationView>('GET', '/me/notifications')
      assert.equal(push.browsers.length, 1, 'no browser of theirs is told any more')
      assert.equal((await person.call<OwnRecovery>('GET', '/me/recovery')).underWay, null)
      assert.match((await events('recovery.cancelled'))[0] ?? '', new RegExp(`"person":"${name}"`))
      await refused(cancelWith(person), 409, 'nothing-to-cancel')
    })

    test('when the day is over the former passkeys have ended, also where nobody has looked', async () => {
      const back = await comeBack(await useCode(postern.stranger(), name, codes[0] ?? ''), name)
      ahead += 25 * hourMs
      await refused(cancelWith(person), 409, 'recovery-over')
      await refused(elsewhere(person).signIn(), 401, 'passkey-unknown')
      await back.signIn()
      assert.equal((await keysOf(back)).length, 1)
      assert.equal((await back.call<OwnRecovery>('GET', '/me/recovery')).underWay, null)
      await settle()
      await refused(cancelWith(person), 401, 'passkey-unknown')
    })

    test('a link nobody used in time gives everything back but the code', async () => {
      const begun = await useCode(postern.stranger(), name, codes[0] ?? '')
      ahead += 25 * hourMs
      await refused(comeBack(begun, name), 410, 'link-expired')
      await person.signIn()
      assert.equal((await person.call<OwnRecovery>('GET', '/me/recovery')).codesLeft, 9)
      await refused(useCode(postern.stranger(), name, codes[0] ?? ''), 403, 'recovery-refused')
    })

    test('a code used twice at once works once', async () => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 4 }, () => useCode(postern.stranger(), name, codes[0] ?? '')),
      )
      assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal((await events('recovery.started')).filter((leaf) => leaf.includes(`"${name}"`)).length, 1)
    })

    test('a code of somebody else, of nobody, and for nobody are one answer', async () => {
      const other = await postern.join(owner, `other-${count}`)
      const others = await makeCodes(other)
      const answers = [
        await refused(useCode(postern.stranger(), name, others[0] ?? ''), 403, 'recovery-refused'),
        await refused(useCode(postern.stranger(), name, nobodys), 403, 'recovery-refused'),
        await refused(useCode(postern.stranger(), 'nobody-at-all', nobodys), 403, 'recovery-refused'),
      ]
      // What PostgreSQL cannot keep is nobody's name, and no failure either.
      const odd = await postern.stranger().fetch('POST', '/recovery/use-code', { name: 'nul\0', code: nobodys })
      assert.ok(odd.status < 500, String(odd.status))
      assert.equal(new Set(answers.map((answer) => JSON.stringify(answer))).size, 1)
      await person.call('GET', '/me')
      await other.call('GET', '/me')
    })

    test('guesses run out for a name, whether it is anybody’s or not; taps never do', async () => {
      const guess = (who: string) => useCode(postern.stranger(), who, nobodys)
      for (const who of [name, `ghost-${count}`]) {
        // All at once, so that counting after looking would let more through.
        const outcomes = await Promise.allSettled(Array.from({ length: 14 }, () => guess(who)))
        const codesOf = outcomes.map((one) =>
          one.status === 'rejected' ? (one.reason as { status: number }).status : 0,
        )
        assert.deepEqual(
          [403, 429].map((status) => codesOf.filter((code) => code === status).length),
          [10, 4],
        )
      }
      const shapes = await Promise.all(
        [name, `ghost-${count}`].map((who) => refused(guess(who), 429, 'too-many-codes')),
      )
      assert.equal(new Set(shapes.map(({ title, help }) => `${title} ${help}`)).size, 1)
      await refused(useCode(postern.stranger(), name, codes[0] ?? ''), 429, 'too-many-codes')
      await elsewhere(person).signIn()
      // Written once the answer has left.
      let noted: string[] = []
      while (noted.length === 0) noted = (await events('recovery.guessed')).filter((leaf) => leaf.includes(`"${name}"`))
      // Of nobody's name as well, and without it: the size of the ledger tells strangers nothing.
      const ofNobody = async () => (await events('recovery.guessed')).filter((leaf) => leaf.includes('"nobody"'))
      while ((await ofNobody()).length === 0);
      assert.ok(!(await ofNobody()).some((leaf) => leaf.includes('ghost')))
      ahead += hourMs
      await useCode(postern.stranger(), name, codes[0] ?? '')
    })

    test('what is no code at all costs no guess', async () => {
      for (let tried = 0; tried < 12; tried += 1)
        await refused(useCode(postern.stranger(), name, 'K7QM'), 422, 'invalid-input')
      await useCode(postern.stranger(), name, codes[0] ?? '')
    })

    test('a passkey of somebody else cancels nothing, and a tap to cancel signs nobody in', async () => {
      await useCode(postern.stranger(), name, codes[0] ?? '')
      await refused(cancelWith(owner), 409, 'nothing-to-cancel')
      const browser = elsewhere(owner)
      type Options = Parameters<SoftwareAuthenticator['get']>[0]
      const cancel = await browser.call<{ ceremonyId: string; publicKey: Options }>(
        'POST',
        '/recovery/cancel/begin',
        {},
      )
      const response = browser.authenticator.get(cancel.publicKey, browser.origin)
      await refused(finishSignIn(browser, cancel.ceremonyId, response), 409, 'ceremony-over')
      const signIn = await beginSignIn(elsewhere(person))
      const answer = person.authenticator.get(signIn.publicKey, person.origin)
      await refused(
        elsewhere(person).call('POST', '/recovery/cancel/finish', { ceremonyId: signIn.ceremonyId, response: answer }),
        409,
        'ceremony-over',
      )
      await refused(elsewhere(person).signIn(), 403, 'passkey-suspended')
    })

    test('another code replaces a link that was lost, and wins no time; what somebody came in by it stands', async () => {
      // Their own browser, still signed in: what it asked for is answered before it is cut off.
      const lost = await useCode(person, name, codes[0] ?? '')
      ahead += 5 * hourMs
      const begun = await useCode(postern.stranger(), name, codes[1] ?? '')
      assert.equal(begun.cancelUntil, lost.cancelUntil)
      await refused(comeBack(lost, name), 410, 'link-used')
      await comeBack(begun, name)
      await refused(useCode(postern.stranger(), name, codes[2] ?? ''), 409, 'recovery-under-way')
      await cancelWith(person)
      await person.signIn()
      assert.equal(
        (await person.call<OwnRecovery>('GET', '/me/recovery')).codesLeft,
        0,
        'whoever had one of the list may have the others',
      )
    })

    test('a passkey that a browser made beside a password, and nobody has tapped, cancels nothing', async () => {
      const { database } = postern.postern.ceremonies
      const mine = database.read.selectFrom('user').select('id').where('username', '=', name)
      const { id: userId } = await mine.executeTakeFirstOrThrow()
      await useCode(postern.stranger(), name, codes[0] ?? '')
      const cap = (strengthCap: 'password' | null) =>
        database.write((tx) =>
          tx.updateTable('credentialRecord').set({ strengthCap }).where('userId', '=', userId).execute(),
        )
      await cap('password')
      await refused(cancelWith(person), 401, 'passkey-unknown')
      await cap(null)
      await cancelWith(person)
    })

    test('whoever came in by a code makes no codes and gets no other link while that is not settled', async () => {
      const back = await comeBack(await useCode(postern.stranger(), name, codes[0] ?? ''), name)
      await refused(back.act('POST', '/me/recovery-codes', {}), 403, 'not-allowed')
      await refused(owner.act('POST', `/people/${name}/registration-link`, {}), 409, 'has-passkey')
      assert.equal(await back.call<PasskeySignals>('GET', '/me/passkey-signals'), null, 'no passkey is deleted by it')
    })

    test('an administrator who came in by a code hands no power on while a former passkey can cancel it', async () => {
      const adam = await postern.join(owner, `adam-${count}`, 'owner')
      const [code = ''] = await makeCodes(adam)
      const back = await comeBack(await useCode(postern.stranger(), `adam-${count}`, code), `adam-${count}`)
      const powers: [string, string, object][] = [
        ['PATCH', `/people/${name}`, { role: 'admin' }],
        ['POST', '/people', { ...applicant('ghost'), role: 'member' }],
        ['POST', `/people/${name}/end`, { reason: '' }],
        ['POST', `/people/${name}/registration-link`, {}],
        ['POST', '/me/tokens', { name: 't', scopes: ['account:read'], repositoryIds: null, expiresInDays: 7 }],
        ['POST', '/directory/connections', { name: 'Evil', kind: 'other', tokenDays: null }],
        ['PUT', '/settings/guestDays', { value: 700 }],
        ['POST', '/groups', { name: 'mine', description: '' }],
        ['DELETE', '/me', {}],
      ]
      for (const [method, path, body] of powers) {
        const problem = await refused(back.call(method as 'POST', path, body), 403, 'not-allowed')
        assert.match(problem.title, / you wait until .+ UTC: until then a former passkey can cancel the recovery/, path)
      }
      ahead += 25 * hourMs
      await settle()
      await back.signIn()
      await back.act('POST', '/people', { ...applicant(`guest-${count}`), role: 'member' })
      await owner.signIn()
    })

    test('nothing else registers a passkey beside it: no password, no link of before', async () => {
      const begun = await useCode(postern.stranger(), name, codes[0] ?? '')
      const { read } = postern.postern.ceremonies.database
      const { id: userId } = await read
        .selectFrom('user')
        .select('id')
        .where('username', '=', name)
        .executeTakeFirstOrThrow()
      const isRefused = { code: 'recovery-under-way', status: 409 }
      for (const enrolledVia of ['password', 'invitation', 'credential'] as const)
        await assert.rejects(refuseBesideRecovery(read, { userId, enrolledVia }), isRefused)
      const back = await comeBack(begun, name)
      await assert.rejects(refuseBesideRecovery(read, { userId, enrolledVia: 'password' }), isRefused)
      await back.addPasskey(new SoftwareAuthenticator(), 'a second one')
    })

    test('what the machine’s own shell makes goes before it', async () => {
      const boss = await postern.join(owner, `boss-${count}`, 'owner')
      const [code = ''] = await makeCodes(boss)
      const back = await comeBack(await useCode(postern.stranger(), `boss-${count}`, code), `boss-${count}`)
      const { database, now } = postern.postern.ceremonies
      const { url } = await makeOwnerLink(database, postern.origin, `boss-${count}`, now())
      const next = postern.stranger()
      await next.register(url, applicant(`boss-${count}`))
      await refused(back.call('GET', '/me'), 401, 'sign-in-required')
      await refused(cancelWith(boss), 401, 'passkey-unknown')
      assert.equal((await next.call<OwnRecovery>('GET', '/me/recovery')).underWay, null)
    })

    test('a person whose access has ended gets back into nothing', async () => {
      await owner.act('POST', `/people/${name}/end`, { reason: 'left' })
      await refused(useCode(postern.stranger(), name, codes[0] ?? ''), 403, 'recovery-refused')
    })

    test('access that ends in the middle of it ends what came in, and the link', async () => {
      const begun = await useCode(postern.stranger(), name, codes[0] ?? '')
      await owner.act('POST', `/people/${name}/end`, { reason: 'left' })
      await refused(comeBack(begun, name), 410, 'link-used')
      const { items } = await owner.call<{ items: RecoveryView[] }>('GET', '/recoveries')
      assert.ok(!items.some((one) => one.person.username === name))
    })

    test('an administrator sees it and can cancel it, nobody their own', async () => {
      const admin = await postern.join(owner, `admin-${count}`, 'admin')
      const back = await comeBack(await useCode(postern.stranger(), name, codes[0] ?? ''), name)
      const { items } = await admin.call<{ items: RecoveryView[] }>('GET', '/recoveries')
      const [mine] = items.filter((one) => one.person.username === name)
      assert.equal(mine?.isRegistered, true)
      await refused(back.call('DELETE', `/recoveries/${mine?.id}`), 403, 'not-allowed')
      const [code = ''] = await makeCodes(admin)
      const twin = await comeBack(await useCode(postern.stranger(), `admin-${count}`, code), `admin-${count}`)
      const all = await twin.call<{ items: RecoveryView[] }>('GET', '/recoveries')
      const own = all.items.find((one) => one.person.username === `admin-${count}`)
      const problem = await refused(twin.call('DELETE', `/recoveries/${own?.id}`), 403, 'not-allowed')
      assert.match(problem.title, /^To cancel the recovery of an account you wait until /)
      await cancelWith(admin)
      await admin.signIn()
      await admin.act('DELETE', `/recoveries/${mine?.id}`)
      await refused(back.call('GET', '/me'), 401, 'sign-in-required')
      await person.signIn()
      await refused(admin.act('DELETE', `/recoveries/${mine?.id}`), 409, 'recovery-over')
    })
  })
