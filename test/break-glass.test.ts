import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ApiTokenMade } from '../src/access-keys/shapes.ts'
import type { BreakGlassEvents, BreakGlassView } from '../src/identity/break-glass/shapes.ts'
import { remindOfBreakGlass } from '../src/identity/break-glass/remind.ts'
import type { CredentialView } from '../src/identity/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { comeBack, elsewhere, letBackIn, makeCodes, useCode } from './support/recovery.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

interface Used {
  link: string
  expiresAt: number
}

for (const store of eitherStore)
  describe(`breaking the glass, on ${store.name}`, () => {
    let postern: StartedPostern
    let olga: Person
    let adam: Person
    let ahead = 0
    /** What came in by the code. */
    let vaultKey: SoftwareAuthenticator
    before(async () => {
      postern = await startPostern({
        flags: [...(await store.flags()), '--metrics-token', 'a-token-for-the-operator-alone'],
        now: () => Date.now() + ahead,
      })
      olga = await postern.owner('olga')
      adam = await postern.join(olga, 'adam', 'admin')
      await postern.join(olga, 'vault', 'owner')
    })
    after(() => postern[Symbol.asyncDispose]())

    const make = async (by: Person, username = 'vault'): Promise<string> =>
      (await by.act<{ code: string }>('POST', '/break-glass', { username })).code
    const use = (code: string): Promise<Used> => postern.stranger().call('POST', '/break-glass/use', { code })
    // A day is longer than a session that is not used.
    async function list(): Promise<BreakGlassView[]> {
      await adam.signIn()
      return (await adam.call<{ items: BreakGlassView[] }>('GET', '/break-glass')).items
    }
    async function comeIn({ link }: Used): Promise<Person> {
      const person = new Person(postern.origin, new SoftwareAuthenticator())
      await person.register(link, applicant('vault'), 'from the vault')
      return person
    }

    test('an owner makes one for an owner, with a tap; it is shown once, and a newer one voids it', async () => {
      await refused(olga.call('POST', '/break-glass', { username: 'vault' }), 401, 'seal-required')
      await refused(adam.call('POST', '/break-glass', { username: 'vault' }), 403, 'not-allowed')
      await refused(olga.call('POST', '/break-glass', { username: 'adam' }), 409, 'not-an-owner')
      await refused(olga.call('POST', '/break-glass', { username: 'nobody' }), 404, 'not-found')
      const former = await make(olga)
      assert.match(former, /^([0-9A-HJKMNP-TV-Z]{4}-){7}[0-9A-HJKMNP-TV-Z]{4}$/)
      await make(olga)
      await refused(use(former), 403, 'break-glass-refused')
      assert.deepEqual(
        (await list()).map(({ state, person }) => [state, person.username]),
        [['sealed', 'vault']],
      )
      assert.ok(!JSON.stringify(await adam.call('GET', '/audit?action=break-glass')).includes(former))
    })

    test('used twice at once it lets one in, and ends nothing that anybody had', async () => {
      const code = await make(olga)
      const outcomes = await Promise.allSettled([use(code), use(code.toLowerCase()), use(code.replaceAll('-', ' '))])
      const [won, ...others] = outcomes.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
      assert.ok(won)
      assert.deepEqual(others, [])
      const vault = await comeIn(won)
      vaultKey = vault.authenticator
      const [key] = (await vault.call<{ items: CredentialView[] }>('GET', '/me/credentials')).items.slice(-1)
      assert.deepEqual([key?.strength, key?.enrolledVia], ['passkey', 'recovery'])
      await refused(comeIn(won), 410, 'link-used')
      await refused(use(code), 403, 'break-glass-refused')
      await olga.call('GET', '/me')
      const [used] = await list()
      assert.deepEqual([used?.state, used?.cameIn, used?.address], ['used', true, '127.0.0.1'])
    })

    test('it is reviewed by somebody who was there before, and neither by its user nor by whom they added', async () => {
      const [used] = await list()
      const vault = new Person(postern.origin, vaultKey)
      await vault.signIn()
      const late = await postern.join(vault, 'late', 'admin')
      await vault.makeToken('kept', ['account:read'])
      const path = `/break-glass/${used?.id}`
      await refused(vault.call('POST', `${path}/review`, { keepPasskey: true }), 403, 'not-allowed')
      await refused(late.call('POST', `${path}/review`, { keepPasskey: true }), 403, 'not-allowed')
      await refused(adam.call('POST', `${path}/review`, { keepPasskey: false }), 401, 'seal-required')
      const { items } = await adam.call<BreakGlassEvents>('GET', `${path}/events`)
      const told = items.map(({ sentence }) => sentence).join('\n')
      assert.match(told, /added late as admin/)
      assert.match(told, /made the API token “kept”/)
      assert.match(told, /came in by the break-glass code, with “from the vault”/)
    })

    test('nobody who administers forgets it: each day a letter, until somebody has looked', async () => {
      const told: string[] = []
      const remind = () =>
        remindOfBreakGlass({
          database: postern.postern.ceremonies.database,
          now: () => Date.now() + ahead,
          tell: async (tx, { toUserId, facts }) => {
            const user = await tx.selectFrom('user').select('username').where('id', '=', toUserId).executeTakeFirst()
            told.push(`${user?.username} of ${facts.person}`)
          },
        })
      await remind()
      assert.deepEqual(told, [])
      ahead += 86_400_000
      await Promise.all([remind(), remind()])
      assert.deepEqual(
        new Set(told),
        new Set(['adam of Vault Example', 'late of Vault Example', 'olga of Vault Example']),
      )
      assert.equal(told.length, 3)
      ahead += 86_400_000
      await remind()
      assert.equal(told.length, 6)
    })

    test('the review ends the passkey, what was added with it, and every session and token of that account', async () => {
      const [used] = await list()
      const vault = new Person(postern.origin, vaultKey)
      await vault.signIn()
      await vault.addPasskey(new SoftwareAuthenticator(), 'behind')
      await vault.act('POST', '/agents', { username: 'sleeper', displayName: 'Sleeper' })
      const makeToken = (more = {}) =>
        vault.act<ApiTokenMade>('POST', '/agents/sleeper/tokens', {
          name: 'left behind',
          scopes: ['account:read'],
          repositoryIds: null,
          expiresInDays: 30,
          ...more,
        })
      const { secret } = await makeToken()
      const asSleeper = (shown = secret, path = '/people', method: 'GET' | 'POST' = 'GET') =>
        postern.stranger().call<ApiTokenMade>(method, path, undefined, { authorization: `Bearer ${shown}` })
      await asSleeper()
      // Of those from before, one renews itself, which shows it to nobody, and one is shown anew.
      const [steady, taken] = [
        await makeToken({ name: 'renews itself', renewsForDays: 60 }),
        await makeToken({ name: 'taken over' }),
      ]
      await postern.postern.ceremonies.database.write((tx) =>
        tx
          .updateTable('apiToken')
          .set({ createdAt: (used?.usedAt ?? 0) - 1000 })
          .where('name', 'in', ['renews itself', 'taken over'])
          .execute(),
      )
      const renewed = await asSleeper(steady.secret, '/tokens/rotate', 'POST')
      const rotate = `/agents/sleeper/tokens/${taken.token.id}/rotate`
      const shown = await vault.act<ApiTokenMade>('POST', rotate, { expiresInDays: 30, overlapDays: 0 })
      await asSleeper(shown.secret)
      await adam.signIn()
      await adam.act('POST', `/break-glass/${used?.id}/review`, { keepPasskey: false })
      await refused(vault.call('GET', '/me'), 401, 'sign-in-required')
      await refused(asSleeper(), 401, 'token-refused')
      await refused(asSleeper(shown.secret), 401, 'token-refused')
      await asSleeper(renewed.secret)
      await refused(elsewhere(vault).signIn(), 401, 'passkey-unknown')
      const [reviewed] = await list()
      assert.deepEqual([reviewed?.state, reviewed?.reviewedBy?.username], ['reviewed', 'adam'])
      const path = `/break-glass/${used?.id}/review`
      await refused(adam.call('POST', path, { keepPasskey: false }), 409, 'already-reviewed')
      const left = await postern.postern.ceremonies.database.read
        .selectFrom('credentialRecord')
        .innerJoin('user', 'user.id', 'credentialRecord.userId')
        .select('credentialRecord.name')
        .where('user.username', '=', 'vault')
        .where('credentialRecord.endedAt', 'is', null)
        .execute()
      assert.deepEqual(
        left.map(({ name }) => name),
        ['My first passkey'],
      )
    })

    test('a review before anybody came in closes the door', async () => {
      await olga.signIn()
      const won = await use(await make(olga))
      const [used] = await list()
      await refused(adam.call('GET', `/break-glass/nothing/events`), 404, 'not-found')
      await adam.act('POST', `/break-glass/${used?.id}/review`, { keepPasskey: false })
      await refused(comeIn(won), 410, 'link-used')
    })

    test('nor by whom its user raised through a group, or let into an account that was there', async () => {
      await olga.signIn()
      const mel = await postern.join(olga, 'mel')
      await postern.join(olga, 'kit', 'admin')
      ahead += 1_000
      const vault = await comeIn(await use(await make(olga)))
      const [used] = await list()
      const path = `/break-glass/${used?.id}/review`
      await vault.act('POST', '/groups', { name: 'risen', description: '' })
      await vault.act('PATCH', '/groups/risen', { organisationRole: 'admin' })
      await vault.act('PUT', '/groups/risen/members/mel', {})
      await refused(mel.call('POST', path, { keepPasskey: true }), 403, 'not-allowed')
      await vault.act('PUT', '/settings/recoveryDelayHours', { value: 0 })
      const kit = await comeBack(await letBackIn(vault, 'kit'), 'kit')
      await refused(kit.call('POST', path, { keepPasskey: true }), 403, 'not-allowed')
      // A further passkey of somebody who was there is theirs.
      const fresh = new SoftwareAuthenticator()
      await adam.addPasskey(fresh, 'another')
      const again = new Person(postern.origin, fresh)
      await again.signIn()
      await again.act('POST', path, { keepPasskey: false })
      await refused(vault.call('GET', '/me'), 401, 'sign-in-required')
    })

    test('nor does a code of recovery that was made and used meanwhile outlive the review, settled or not', async () => {
      for (const [username, hours] of [
        ['sealed', 0],
        ['sealed-long', 25],
      ] as const) {
        await olga.signIn()
        await olga.act('PUT', '/settings/recoveryDelayHours', { value: 24 })
        const owner = await postern.join(olga, username, 'owner')
        ahead += 1_000
        const thief = new Person(postern.origin, new SoftwareAuthenticator())
        await thief.register((await use(await make(olga, username))).link, applicant(username))
        const [code = '', other = ''] = await makeCodes(thief)
        const back = await comeBack(await useCode(postern.stranger(), username, code), username)
        await back.addPasskey(new SoftwareAuthenticator(), 'behind')
        ahead += hours * 3_600_000
        if (hours > 0) await back.signIn()
        const [used] = await list()
        await adam.act('POST', `/break-glass/${used?.id}/review`, { keepPasskey: false })
        await refused(back.call('GET', '/me'), 401, 'sign-in-required')
        for (const one of [thief, back]) await refused(elsewhere(one).signIn(), 401, 'passkey-unknown')
        await refused(useCode(postern.stranger(), username, other), 403, 'recovery-refused')
        // What had waited comes back to whoever had it; once it was over by time, it had ended.
        if (hours === 0) await elsewhere(owner).signIn()
        else await refused(elsewhere(owner).signIn(), 401, 'passkey-unknown')
      }
      await olga.signIn()
    })

    test('its link is over in a quarter of an hour', async () => {
      const won = await use(await make(olga))
      ahead += 16 * 60_000
      await refused(comeIn(won), 410, 'link-expired')
    })

    test('each use is counted for whoever operates the instance', async () => {
      const metrics = await fetch(`${postern.origin}/metrics`, {
        headers: { authorization: 'Bearer a-token-for-the-operator-alone' },
      })
      assert.match(await metrics.text(), /postern_break_glass_used_total [1-9]/)
    })

    test('the code of an owner whose access ended, or who is none any more, lets nobody in', async () => {
      await olga.signIn()
      await postern.join(olga, 'former', 'owner')
      const code = await make(olga, 'former')
      await olga.act('POST', '/people/former/end', { reason: '' })
      await refused(use(code), 403, 'break-glass-refused')
      await postern.join(olga, 'lesser', 'owner')
      const other = await make(olga, 'lesser')
      await olga.act('PATCH', '/people/lesser', { role: 'member' })
      await refused(use(other), 403, 'break-glass-refused')
    })

    test('wrong ones run out for an address, and are told of', async () => {
      ahead += 2 * 3_600_000
      const wrong = 'AAAA-'.repeat(8).slice(0, -1)
      for (let tried = 0; tried < 5; tried += 1) await refused(use(wrong), 403, 'break-glass-refused')
      const problem = await refused(use(wrong), 429, 'too-many-codes')
      assert.match(problem.help ?? '', /admin setup-link/)
      await refused(use('no code'), 422, 'invalid-input')
      await adam.signIn()
      const { items } = await adam.call<{ items: unknown[] }>('GET', '/audit?action=break-glass.refused')
      assert.equal(items.length, 1)
    })
  })
