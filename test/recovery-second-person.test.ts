import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { RecoveryBegun, RecoveryView } from '../src/identity/recovery/shapes.ts'
import { settleDue } from '../src/identity/recovery/settle-due.ts'
import type { CredentialView } from '../src/identity/shapes.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { importMetadata, makeMaker } from './support/metadata.ts'
import { cancelWith, comeBack, elsewhere, letBackIn, makeCodes, useCode } from './support/recovery.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const hourMs = 3_600_000
const maker = makeMaker({ aaguid: '7c1f0b3e-52ad-4e6f-9a51-0d2b8c4e7f10', name: 'Steel key' })

for (const store of eitherStore)
  describe(`getting back in by a second person, on ${store.name}`, () => {
    let postern: StartedPostern
    let owner: Person
    let admin: Person
    let ahead = 0
    let count = 0
    let name = ''
    let person: Person
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      owner = await postern.owner('olga')
      admin = await postern.join(owner, 'adam', 'admin')
    })
    after(() => postern[Symbol.asyncDispose]())
    beforeEach(async () => {
      await owner.signIn()
      await admin.signIn()
      name = `person-${++count}`
      person = await postern.join(owner, name)
    })
    const settle = () => settleDue({ database: postern.postern.ceremonies.database, now: () => Date.now() + ahead })
    const strengthOf = async (who: Person): Promise<string | undefined> =>
      (await who.call<{ items: CredentialView[] }>('GET', '/me/credentials')).items[0]?.strength
    // A day is longer than a session that is not used.
    async function listed(username: string): Promise<RecoveryView | undefined> {
      await owner.signIn()
      const { items } = await owner.call<{ items: RecoveryView[] }>('GET', '/recoveries')
      return items.find((one) => one.person.username === username)
    }
    /** Whether the page of recoveries, and Home, say that its link leads nowhere. */
    async function saidOf(username: string): Promise<boolean[]> {
      const under = await listed(username)
      const { attention } = await owner.call<{ attention: { kind: string; text: string }[] }>('GET', '/home')
      const said = attention.find(({ kind }) => kind === `recovery-${under?.id}`)
      return [under?.isLinkDead === true, said?.text.includes('cannot get back in') === true]
    }
    const attestedKey = async (): Promise<SoftwareAuthenticator> => {
      await importMetadata(postern, [maker])
      return new SoftwareAuthenticator({ attest: maker.attester })
    }

    test('it pauses everything at once, and its link opens only after the delay', async () => {
      const token = await person.makeToken('ci', ['account:read'])
      await refused(admin.call('POST', `/people/${name}/recovery`, {}), 401, 'seal-required')
      const begun = await letBackIn(admin, name)
      assert.ok(begun.opensAt - Date.now() - ahead > 23 * hourMs)
      await refused(person.call('GET', '/me'), 401, 'sign-in-required')
      const call = postern.stranger().call('GET', '/people', undefined, { authorization: `Bearer ${token}` })
      await refused(call, 401, 'token-refused')
      const problem = await refused(elsewhere(person).signIn(), 403, 'passkey-suspended')
      assert.match(problem.detail ?? '', /^Adam Example lets somebody back in/)
      await refused(comeBack(begun, name), 409, 'recovery-not-open')
      assert.equal((await listed(name))?.state, 'waiting')
      ahead += 24 * hourMs
      await settle()
      assert.equal((await listed(name))?.state, 'open')
      const back = await comeBack(begun, name)
      await refused(elsewhere(person).signIn(), 401, 'passkey-unknown')
      await back.call('GET', '/me')
      assert.equal(await listed(name), undefined)
      await refused(comeBack(begun, name), 410, 'link-used')
    })

    test('a former passkey cancels it by one tap until somebody has come in', async () => {
      const begun = await letBackIn(admin, name)
      ahead += 3 * 24 * hourMs
      await cancelWith(person)
      await refused(comeBack(begun, name), 410, 'link-used')
      await person.signIn()
    })

    test('a link that nobody uses for a week after it opened gives the passkeys back', async () => {
      const begun = await letBackIn(admin, name)
      ahead += 8 * 24 * hourMs + hourMs
      await settle()
      await refused(comeBack(begun, name), 410, 'link-expired')
      await person.signIn()
    })

    test('nobody lets themselves back in, nor an administrator an owner or another administrator', async () => {
      await refused(letBackIn(admin, 'adam'), 403, 'not-allowed')
      await refused(letBackIn(owner, 'olga'), 403, 'not-allowed')
      // A second account of the same administrator is as good as anybody's: it takes an owner.
      const second = await postern.join(owner, `adam-${count}`, 'admin')
      await refused(letBackIn(second, 'adam'), 403, 'not-allowed')
      await refused(letBackIn(second, 'olga'), 403, 'not-allowed')
      await refused(letBackIn(person, 'adam'), 403, 'not-allowed')
      await letBackIn(owner, `adam-${count}`)
    })

    test('not for an agent, for nobody, for somebody whose access ended, nor twice', async () => {
      await owner.act('POST', '/agents', { username: `robot-${count}`, displayName: 'Robot' })
      await refused(letBackIn(admin, `robot-${count}`), 409, 'not-a-person')
      await refused(letBackIn(admin, 'nobody'), 404, 'not-found')
      await letBackIn(admin, name)
      await refused(letBackIn(owner, name), 409, 'recovery-under-way')
      const gone = await postern.join(owner, `gone-${count}`)
      await owner.act('POST', `/people/gone-${count}/end`, { reason: '' })
      await refused(letBackIn(admin, `gone-${count}`), 409, 'access-ended')
      await refused(gone.signIn(), 401, 'passkey-unknown')
    })

    test('its link is worth what whoever began it may do on the day it is used', async () => {
      const aide = await postern.join(owner, `aide-${count}`, 'admin')
      const begun = await letBackIn(aide, name)
      ahead += 24 * hourMs
      await owner.signIn()
      await owner.act('PATCH', `/people/aide-${count}`, { role: 'member' })
      const problem = await refused(comeBack(begun, name), 410, 'link-used')
      assert.match(problem.title, /^Whoever made this link may no longer let you in/)
      assert.match(problem.help ?? '', /^Ask another administrator to cancel it/)
      assert.deepEqual(await saidOf(name), [true, true])
      await owner.act('PATCH', `/people/aide-${count}`, { role: 'admin' })
      assert.deepEqual(await saidOf(name), [false, false])
      // Nobody but an owner lets an administrator in, and whoever made the link has it.
      await owner.act('POST', '/groups', { name: `high-${count}`, description: '' })
      await owner.act('PATCH', `/groups/high-${count}`, { organisationRole: 'admin' })
      await owner.act('PUT', `/groups/high-${count}/members/${name}`, {})
      await refused(comeBack(begun, name), 410, 'link-used')
      assert.deepEqual(await saidOf(name), [true, true])
      await owner.act('DELETE', `/groups/high-${count}/members/${name}`)
      await comeBack(begun, name)
      assert.deepEqual(await saidOf(name), [false, false])
    })

    test('whoever began it leaves: that it leads nowhere is said, and another begins anew', async () => {
      const aide = await postern.join(owner, `left-${count}`, 'admin')
      const begun = await letBackIn(aide, name)
      await owner.act('POST', `/people/left-${count}/end`, { reason: '' })
      ahead += 24 * hourMs
      await owner.signIn()
      await refused(comeBack(begun, name), 410, 'link-used')
      assert.deepEqual(await saidOf(name), [true, true])
      await owner.act('DELETE', `/recoveries/${(await listed(name))?.id}`)
      await letBackIn(owner, name)
      assert.deepEqual(await saidOf(name), [false, false])
    })

    test('a code goes before a second person who still waits', async () => {
      const [code = ''] = await makeCodes(person)
      const waiting = await letBackIn(admin, name)
      const back = await comeBack(await useCode(postern.stranger(), name, code), name)
      await refused(comeBack(waiting, name), 410, 'link-used')
      await cancelWith(person)
      await refused(back.call('GET', '/me'), 401, 'sign-in-required')
      await person.signIn()
    })

    test('without a delay, where owners have set that, nobody can object, and no cap is lifted by time', async () => {
      await owner.act('PUT', '/settings/recoveryDelayHours', { value: 0 })
      try {
        const back = await comeBack(await letBackIn(admin, name), name, await attestedKey())
        await refused(elsewhere(person).signIn(), 401, 'passkey-unknown')
        ahead += 48 * hourMs
        await settle()
        await back.signIn()
        assert.equal(await strengthOf(back), 'passkey')
      } finally {
        await owner.signIn()
        await owner.act('PUT', '/settings/recoveryDelayHours', { value: 24 })
      }
    })

    test('it makes nobody stronger: a key of a verified model is a passkey, as the former one was', async () => {
      const [code = ''] = await makeCodes(person)
      const back = await comeBack(await useCode(postern.stranger(), name, code), name, await attestedKey())
      assert.equal(await strengthOf(back), 'passkey')
      await back.addPasskey(await attestedKey(), 'behind it')
      ahead += 25 * hourMs
      await settle()
      await back.signIn()
      assert.equal(await strengthOf(back), 'passkey', 'an invited passkey nobody vouched for was no more')
      const { items } = await back.call<{ items: CredentialView[] }>('GET', '/me/credentials')
      for (const { id } of items)
        await refused(back.act('POST', `/people/${name}/credentials/${id}/endorse`, {}), 403, 'not-allowed')
      const [mine] = items
      await admin.signIn()
      await admin.act('POST', `/people/${name}/credentials/${mine?.id}/endorse`, {})
      assert.equal(await strengthOf(back), 'attested', 'a second person lifts the cap')
    })

    test('an owner who came back vouches for no passkey of their own', async () => {
      const other = await postern.join(owner, `owner-${count}`, 'owner')
      const [code = ''] = await makeCodes(other)
      const back = await comeBack(await useCode(postern.stranger(), `owner-${count}`, code), `owner-${count}`)
      const [mine] = (await back.call<{ items: CredentialView[] }>('GET', '/me/credentials')).items
      await refused(back.act('POST', `/people/owner-${count}/credentials/${mine?.id}/endorse`, {}), 403, 'not-allowed')
    })

    test('when the delay has passed it is worth what the best former passkey was', async () => {
      const { items } = await owner.call<{ items: { username: string; unendorsed: { id: string }[] }[] }>(
        'GET',
        `/people?q=${name}`,
      )
      await owner.act('POST', `/people/${name}/credentials/${items[0]?.unendorsed[0]?.id}/endorse`, {})
      assert.equal(await strengthOf(person), 'device-bound')
      const [code = ''] = await makeCodes(person)
      const back = await comeBack(await useCode(postern.stranger(), name, code), name, await attestedKey())
      assert.equal(await strengthOf(back), 'passkey')
      ahead += 25 * hourMs
      await settle()
      await back.signIn()
      assert.equal(await strengthOf(back), 'device-bound', 'and not attested, which it could be')
    })

    test('somebody who never had a passkey needs an invitation, no recovery', async () => {
      await owner.act('POST', '/people', { ...applicant(`new-${count}`), role: 'member' })
      await refused(letBackIn(admin, `new-${count}`), 409, 'no-passkey')
    })

    test('a token asks for no recovery, not even with a tap', async () => {
      const secret = await owner.makeToken('acting', ['account:read', 'act'])
      const robot = new Person(postern.origin)
      const headers = { authorization: `Bearer ${secret}` }
      await refused(robot.call<RecoveryBegun>('POST', `/people/${name}/recovery`, {}, headers), 403, 'person-required')
    })
  })
