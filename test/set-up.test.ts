import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRegistrationLink } from '../src/identity/registration-links.ts'
import { makeOwnerLink, makeSetupLink } from '../src/identity/instance.ts'
import { hashSecret } from '../src/http/secret.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import {
  applicant,
  beginRegistration,
  finishRegistration,
  registerWith,
  signInWith,
  tokenOf,
} from './support/ceremony.ts'
import type { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const hourMs = 3_600_000

for (const store of stores)
  describe(`set-up on ${store.name}`, () => {
    test('the link makes the first owner, once, and only finishing uses it up', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = postern.stranger()
      const link = await postern.setupLink()
      assert.match(link, /\/-\/setup#[\w-]{43}$/)
      assert.equal((await ana.call<{ isSetUp: boolean }>('GET', '/instance')).isSetUp, false)

      // Opened, looked at, begun, answered badly, begun in vain: it still works.
      const token = tokenOf(link)
      assert.equal(
        (await ana.call<{ purpose: string }>('POST', '/registration-links/inspect', { token })).purpose,
        'setup',
      )
      const begun = await beginRegistration(ana, link, 'ana')
      const { pubKeyCredParams, authenticatorSelection, attestation } = begun.publicKey
      assert.deepEqual(
        pubKeyCredParams.map(({ alg }) => alg),
        [-7, -8, -257],
        'ES256 first, which stock git can check; then Ed25519 and RS256',
      )
      assert.deepEqual(
        [authenticatorSelection?.residentKey, authenticatorSelection?.userVerification, attestation],
        ['required', 'required', 'direct'],
      )
      await refused(registerWith(ana, link, 'ana', { flags: 0x01 }), 400, 'tap-refused:user-not-verified')
      await refused(
        registerWith(ana, link, 'ana', { origin: 'https://evil.example' }),
        400,
        'tap-refused:origin-mismatch',
      )
      await refused(registerWith(postern.stranger(), link, 'admin'), 409, 'username-taken')

      assert.deepEqual(
        await finishRegistration(
          ana,
          link,
          begun.ceremonyId,
          ana.authenticator.create(begun.publicKey, postern.origin),
        ),
        { isFirstOwner: true },
      )
      assert.deepEqual((await ana.call<{ username: string; role: string }>('GET', '/me')).role, 'owner')
      assert.equal((await ana.call<{ isSetUp: boolean }>('GET', '/instance')).isSetUp, true)
      const late = postern.stranger()
      await refused(registerWith(late, link, 'late'), 410, 'link-used')
      await refused(late.call('POST', '/registration-links/inspect', { token }), 410, 'link-used')
      await ana.signOut()
      await signInWith(ana)
    })

    test('of two set-ups at once through one link, one makes the owner', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const link = await postern.setupLink()
      const names = ['ana', 'bo', 'cy', 'di']
      const all = await Promise.allSettled(names.map((name) => registerWith(postern.stranger(), link, name)))
      const lost = all.filter((one) => one.status === 'rejected')
      assert.equal(lost.length, names.length - 1)
      for (const { reason } of lost) await refused(Promise.reject(reason), 410, 'link-used')
      const owners = await postern.postern.ceremonies.database.read.selectFrom('user').selectAll().execute()
      assert.deepEqual(
        owners.map(({ username, role }) => [username, role]),
        [[names[all.findIndex(({ status }) => status === 'fulfilled')], 'owner']],
      )
    })

    test('two links that both look unused still make one first owner', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const { database } = postern.postern.ceremonies
      const [one, other] = [await postern.setupLink(), await postern.setupLink()]
      await refused(registerWith(postern.stranger(), one, 'early'), 410, 'link-used')
      // As if two servers had each printed theirs at the same moment.
      await database.write((tx) =>
        tx
          .updateTable('registrationLink')
          .set({ consumedAt: null })
          .where('tokenHash', '=', hashSecret(tokenOf(one)))
          .execute(),
      )
      const both = await Promise.allSettled([
        registerWith(postern.stranger(), one, 'ana'),
        registerWith(postern.stranger(), other, 'bo'),
      ])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      for (const one of both) if (one.status === 'rejected') await refused(Promise.reject(one.reason), 410, 'link-used')
      assert.equal((await database.read.selectFrom('user').select('id').execute()).length, 1)
    })

    test('an expired link, an unknown one and a garbled one say so', async () => {
      let ahead = 0
      await using postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      const link = await postern.setupLink()
      const ana = postern.stranger()
      ahead = hourMs - 60_000
      const begun = await beginRegistration(ana, link, 'ana')
      ahead = hourMs
      const problem = await refused(registerWith(ana, link, 'ana'), 410, 'link-expired')
      assert.match(problem.help ?? '', /setup-link/)
      await refused(
        finishRegistration(ana, link, begun.ceremonyId, ana.authenticator.create(begun.publicKey, postern.origin)),
        410,
        'link-expired',
      )
      await refused(registerWith(ana, `${postern.origin}/-/setup#${'A'.repeat(43)}`, 'ana'), 410, 'link-unknown')
      await refused(registerWith(ana, `${postern.origin}/-/setup#short`, 'ana'), 422, 'invalid-input')
      await registerWith(ana, await postern.setupLink(), 'ana')
    })

    test('a registration begun through one link cannot be finished through another', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const linkFor = async (name: string): Promise<string> =>
        (await ana.act<{ link: string }>('POST', '/people', { ...applicant(name), role: 'member' })).link
      const [mine, theirs] = [await linkFor('bo'), await linkFor('cy')]
      const bo = postern.stranger()
      const begun = await beginRegistration(bo, mine, 'bo')
      await refused(
        finishRegistration(bo, theirs, begun.ceremonyId, bo.authenticator.create(begun.publicKey, postern.origin)),
        409,
        'ceremony-over',
      )
      await registerWith(bo, mine, 'somebody-else')
      assert.equal(
        (await bo.call<{ username: string }>('GET', '/me')).username,
        'bo',
        'the link says who it is for, not the form',
      )
    })

    test('a link for a next owner ends nothing before it is used, and then all that a former one came in with', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const { database, now } = postern.postern.ceremonies
      const secret = await ana.makeToken('nightly', ['repository:read'])
      const { codes } = await ana.act<{ codes: string[] }>('POST', '/me/recovery-codes', {})
      const sealed = async () => (await ana.act<{ code: string }>('POST', '/break-glass', { username: 'ana' })).code
      const typed = await postern
        .stranger()
        .call<{ link: string }>('POST', '/break-glass/use', { code: await sealed() })
      const code = await sealed()
      const usesToken = async () =>
        (await fetch(`${postern.origin}/api/v1/repositories`, { headers: { authorization: `Bearer ${secret}` } }))
          .status

      const again = await makeOwnerLink(database, postern.origin, 'ana', now())
      await ana.call('GET', '/me')
      assert.equal(await usesToken(), 200)
      const fresh = postern.stranger()
      await registerWith(fresh, again.url, 'ana')
      assert.equal(await usesToken(), 401)
      await refused(fresh.call('POST', '/recovery/use-code', { name: 'ana', code: codes[0] }), 403, 'recovery-refused')
      await refused(fresh.call('POST', '/break-glass/use', { code }), 403, 'break-glass-refused')
      await refused(registerWith(postern.stranger(), typed.link, 'ana'), 410, 'link-used')
      await refused(ana.call('GET', '/me'), 401, 'sign-in-required')
      await refused(signInWith(ana), 401, 'passkey-unknown')
      assert.equal((await fresh.call<{ username: string }>('GET', '/me')).username, 'ana')

      const next = await makeOwnerLink(database, postern.origin, undefined, now())
      const bo = postern.stranger()
      await registerWith(bo, next.url, 'bo')
      assert.equal((await bo.call<{ role: string }>('GET', '/me')).role, 'owner')
      await fresh.call('GET', '/me')
      await assert.rejects(
        makeOwnerLink(database, postern.origin, 'nobody-here', now()),
        /There is no owner called nobody-here/,
      )
    })

    test('what came in by a link is capped at passkey until a second person vouches for it', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const ana = await postern.owner()
      const bo = await postern.join(ana, 'bo', 'admin')
      const credentials = async (): Promise<{ id: string; strength: string; isEndorsed: boolean }[]> =>
        (await bo.call<{ items: { id: string; strength: string; isEndorsed: boolean }[] }>('GET', '/me/credentials'))
          .items
      const [first] = await credentials()
      assert.deepEqual([first?.strength, first?.isEndorsed], ['passkey', false])
      // A further key, let in by the capped one, is worth no more.
      await bo.addPasskey(new SoftwareAuthenticator(), 'second')
      assert.deepEqual(
        (await credentials()).map(({ strength }) => strength),
        ['passkey', 'passkey'],
      )
      await refused(bo.act('POST', `/people/bo/credentials/${first?.id}/endorse`, {}), 403, 'not-allowed')
      await ana.act('POST', `/people/bo/credentials/${first?.id}/endorse`, {})
      assert.deepEqual((await credentials())[0]?.strength, 'device-bound')
      await refused(ana.act('POST', `/people/bo/credentials/${first?.id}/endorse`, {}), 409, 'already-endorsed')
    })

    test('a new set-up link makes the one before it void', async () => {
      await using postern = await startPostern({ flags: await store.flags() })
      const { database, now } = postern.postern.ceremonies
      const former = await postern.setupLink()
      await makeSetupLink(database, postern.origin, now())
      await refused(registerWith(postern.stranger(), former, 'ana'), 410, 'link-used')
    })
  })

test('a link that somebody kept is worth nothing once its person has come in by another, or has become more', async () => {
  await using postern = await startPostern()
  const ana = await postern.owner()
  const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('pat'), role: 'member' })
  await ana.act('PATCH', '/people/pat', { role: 'admin' })
  await refused(postern.stranger().register(link, applicant('pat')), 410, 'link-used')

  // Nor where a group made them more than whoever made it may let in, or that somebody is less by now.
  const bo = await postern.join(ana, 'bo', 'admin')
  const linkOf = async (by: Person, username: string): Promise<string> =>
    (await by.act<{ link: string }>('POST', '/people', { ...applicant(username), role: 'member' })).link
  const [raised, theirs, owners] = [await linkOf(bo, 'sam'), await linkOf(bo, 'tom'), await linkOf(ana, 'ula')]
  await ana.act('POST', '/groups', { name: 'keepers', description: '' })
  await ana.act('PATCH', '/groups/keepers', { organisationRole: 'admin' })
  for (const name of ['sam', 'ula']) await ana.act('PUT', `/groups/keepers/members/${name}`, {})
  await refused(postern.stranger().register(raised, applicant('sam')), 410, 'link-used')
  await postern.stranger().register(owners, applicant('ula'))
  await ana.act('PATCH', '/people/bo', { role: 'member' })
  await refused(postern.stranger().register(theirs, applicant('tom')), 410, 'link-used')

  const { database, now } = postern.postern.ceremonies
  const { id } = await database.read
    .selectFrom('user')
    .select('id')
    .where('username', '=', 'pat')
    .executeTakeFirstOrThrow()
  const made = (purpose: 'invitation' | 'upgrade') =>
    database.write((tx) => createRegistrationLink(tx, { purpose, userId: id, createdBy: null, at: now() }))
  const [kept, other] = [await made('invitation'), await made('upgrade')]
  const pat = postern.stranger()
  await pat.register(`${postern.origin}/-/setup#${other.token}`, applicant('pat'))
  await refused(
    postern.stranger().register(`${postern.origin}/-/setup#${kept.token}`, applicant('pat')),
    410,
    'link-used',
  )
  const late = await made('invitation')
  await refused(
    postern.stranger().register(`${postern.origin}/-/setup#${late.token}`, applicant('pat')),
    410,
    'link-used',
  )
  await pat.signIn()
})
