import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Id } from '../src/database/id.ts'
import type { CredentialView } from '../src/identity/shapes.ts'
import { makeOwnerLink } from '../src/identity/instance.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { verifySeal } from '../src/seals/format/verify-seal.ts'
import { sealRecordOf, signerEntryOf } from '../src/seals/stored-seal.ts'
import { Person } from '../src/walk/person.ts'
import {
  applicant,
  beginRegistration,
  beginSignIn,
  finishRegistration,
  finishSignIn,
  registerWith,
  signInWith,
  type Tampering,
} from './support/ceremony.ts'
import { cancelWith, letBackIn } from './support/recovery.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const userPresent = 0x01
const userVerified = 0x04
const backupEligible = 0x08
const backupState = 0x10
const minuteMs = 60_000

const bentAuthentications: Record<string, [Tampering, string]> = {
  'made for another challenge': [{ challenge: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'challenge-mismatch'],
  'made on a foreign origin': [{ origin: 'https://evil.example' }, 'origin-mismatch'],
  'made on another port of this host': [{ origin: 'http://localhost:1' }, 'origin-mismatch'],
  'made in a frame of another site': [{ crossOrigin: true }, 'cross-origin'],
  'made below another top page': [{ topOrigin: 'https://evil.example' }, 'cross-origin'],
  'made for another RP ID': [{ rpId: 'evil.example' }, 'rp-id-mismatch'],
  'of the type of a registration': [{ type: 'webauthn.create' }, 'type-mismatch'],
  'without a touch': [{ flags: userVerified }, 'user-not-present'],
  'without user verification': [{ flags: userPresent }, 'user-not-verified'],
  'that suddenly claims to be synced': [
    { flags: userPresent | userVerified | backupEligible },
    'backup-eligibility-changed',
  ],
  'backed up without being eligible': [{ flags: userPresent | userVerified | backupState }, 'backup-flags-invalid'],
  'that names another user': [{ userHandle: Buffer.alloc(32, 7) }, 'user-handle-mismatch'],
  'that names no user': [{ userHandle: null }, 'user-handle-missing'],
}

const bentRegistrations: Record<string, [Tampering, string]> = {
  'made for another challenge': [{ challenge: 'AAAAAAAAAAAAAAAAAAAAAA' }, 'challenge-mismatch'],
  'made on a foreign origin': [{ origin: 'https://evil.example' }, 'origin-mismatch'],
  'made in a frame of another site': [{ crossOrigin: true }, 'cross-origin'],
  'made below another top page': [{ topOrigin: 'https://evil.example' }, 'cross-origin'],
  'made for another RP ID': [{ rpId: 'evil.example' }, 'rp-id-mismatch'],
  'of the type of a sign-in': [{ type: 'webauthn.get' }, 'type-mismatch'],
  'without a touch': [{ flags: userVerified }, 'user-not-present'],
  'without user verification': [{ flags: userPresent }, 'user-not-verified'],
  'backed up without being eligible': [{ flags: userPresent | userVerified | backupState }, 'backup-flags-invalid'],
  'whose id is not the one the key signed': [
    { credentialId: Buffer.alloc(32, 7).toString('base64url') },
    'credential-mismatch',
  ],
}

for (const store of stores)
  describe(`ceremonies on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    const browserOf = (person: Person): Person => new Person(postern.origin, person.authenticator)
    const countEvents = async (action: string): Promise<number> => {
      const rows = await postern.postern.ceremonies.database.read
        .selectFrom('auditEvent')
        .select('id')
        .where('action', '=', action)
        .execute()
      return rows.length
    }

    for (const [what, [tampering, code]] of Object.entries(bentAuthentications))
      test(`a sign-in ${what} is refused, and so is its repetition`, async () => {
        const bo = browserOf(ana)
        const before = await countEvents('session.refused')
        const { ceremonyId, publicKey } = await beginSignIn(bo)
        const response = bo.authenticator.get(publicKey, postern.origin, tampering)
        await refused(finishSignIn(bo, ceremonyId, response), 400, `tap-refused:${code}`)
        const honest = bo.authenticator.get(publicKey, postern.origin)
        await refused(finishSignIn(bo, ceremonyId, honest), 409, 'ceremony-over')
        await refused(bo.call('GET', '/me'), 401, 'sign-in-required')
        // What never reached a known credential is nobody's event.
        assert.equal((await countEvents('session.refused')) - before, code === 'challenge-mismatch' ? 0 : 1)
      })

    test('a signature by another key is refused, however often, and the account is not locked by it', async () => {
      const bo = await postern.join(ana, 'bo')
      const [credentialId = ''] = bo.authenticator.credentialIds
      const thief = postern.stranger()
      const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('thief'), role: 'member' })
      await registerWith(thief, link, 'thief')
      const handle = (
        await postern.postern.ceremonies.database.read
          .selectFrom('user')
          .select('webauthnHandle')
          .where('username', '=', 'bo')
          .executeTakeFirstOrThrow()
      ).webauthnHandle
      for (let round = 0; round < 5; round += 1)
        await refused(
          signInWith(browserOf(thief), { credentialId, userHandle: Buffer.from(handle, 'base64url') }),
          400,
          'tap-refused:signature-invalid',
        )
      await signInWith(browserOf(bo))
    })

    test('a response serves once: its replay is refused in the same browser', async () => {
      const bo = browserOf(ana)
      const { ceremonyId, publicKey } = await beginSignIn(bo)
      const response = bo.authenticator.get(publicKey, postern.origin)
      await finishSignIn(bo, ceremonyId, response)
      await refused(finishSignIn(bo, ceremonyId, response), 409, 'ceremony-over')
      const next = await beginSignIn(bo)
      await refused(finishSignIn(bo, next.ceremonyId, response), 400, 'tap-refused:challenge-mismatch')
    })

    test('of one response sent twice at once, one signs in', async () => {
      const bo = browserOf(ana)
      const { ceremonyId, publicKey } = await beginSignIn(bo)
      const response = bo.authenticator.get(publicKey, postern.origin)
      const both = await Promise.allSettled([
        finishSignIn(bo, ceremonyId, response),
        finishSignIn(bo, ceremonyId, response),
      ])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
    })

    test('a ceremony belongs to the browser that began it', async () => {
      const { ceremonyId, publicKey } = await beginSignIn(browserOf(ana))
      const thief = browserOf(ana)
      await refused(
        finishSignIn(thief, ceremonyId, ana.authenticator.get(publicKey, postern.origin)),
        409,
        'ceremony-over',
      )
    })

    test('two tabs of one browser finish what each began', async () => {
      const bo = browserOf(ana)
      const [one, other] = [await beginSignIn(bo), await beginSignIn(bo)]
      await finishSignIn(bo, one.ceremonyId, bo.authenticator.get(one.publicKey, postern.origin))
      await finishSignIn(bo, other.ceremonyId, bo.authenticator.get(other.publicKey, postern.origin))
    })

    test('a challenge lives five minutes and no longer', async () => {
      const bo = browserOf(ana)
      const { ceremonyId, publicKey, expiresAt } = await beginSignIn(bo)
      assert.ok(expiresAt - (Date.now() + ahead) <= 5 * minuteMs)
      ahead += 5 * minuteMs + 1000
      await refused(finishSignIn(bo, ceremonyId, bo.authenticator.get(publicKey, postern.origin)), 409, 'ceremony-over')
      await signInWith(bo)
    })

    test('a challenge is 32 fresh bytes, and never looks like a seal', async () => {
      const { publicKey } = await beginSignIn(browserOf(ana))
      const challenge = Buffer.from(publicKey.challenge, 'base64url')
      assert.equal(challenge.length, 32)
      assert.notEqual(challenge.subarray(0, 6).toString('latin1'), 'SSHSIG')
    })

    test('everybody is offered the same sign-in, known or not', async () => {
      const [known, unknown] = [await beginSignIn(browserOf(ana)), await beginSignIn(postern.stranger())]
      const shape = ({ publicKey }: typeof known): object => ({ ...publicKey, challenge: '' })
      assert.deepEqual(shape(known), shape(unknown))
      assert.deepEqual(known.publicKey.allowCredentials, [])
      assert.equal(known.publicKey.rpId, 'localhost')
      assert.equal(known.publicKey.userVerification, 'required')
    })

    test('an unknown passkey, a removed one and one of an ended person get the same answer', async () => {
      const [cy, di] = [await postern.join(ana, 'cy'), await postern.join(ana, 'di')]
      const former = browserOf(cy)
      const second = new SoftwareAuthenticator()
      await cy.addPasskey(second, 'second')
      const { items } = await cy.call<{ items: { id: string; name: string }[] }>('GET', '/me/credentials')
      const first = `/me/credentials/${items.find(({ name }) => name !== 'second')?.id}`
      const { title } = await refused(cy.call('DELETE', first, { compromise: true }), 422, 'invalid-input')
      assert.match(title, /compromise: is not known here/)
      await cy.act('DELETE', first)
      await endPerson(postern, 'di')

      const stranger = postern.stranger()
      stranger.authenticator.create(
        {
          rp: { id: 'localhost', name: '' },
          user: { id: 'AAAA', name: '', displayName: '' },
          challenge: 'AAAA',
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        },
        postern.origin,
      )
      const answers = [
        await refused(signInWith(stranger), 401, 'passkey-unknown'),
        await refused(signInWith(former), 401, 'passkey-unknown'),
        await refused(signInWith(browserOf(di)), 401, 'passkey-unknown'),
      ]
      assert.equal(new Set(answers.map((problem) => JSON.stringify(problem))).size, 1)
    })

    test('a challenge of one kind never stands in for another', async () => {
      const bo = browserOf(ana)
      await signInWith(bo)
      const signIn = await beginSignIn(bo)
      const adding = await bo.call<Awaited<ReturnType<typeof beginRegistration>>>('POST', '/me/credentials/begin', {})
      const { sealRequestId = '' } = await refused(bo.call('POST', '/me/tokens', newToken), 401, 'seal-required')
      const attempt = await bo.call<{ id: string; publicKey: typeof signIn.publicKey }>(
        'POST',
        `/seal-requests/${sealRequestId}/attempts`,
        {},
      )
      const answer = (begun: { publicKey: typeof signIn.publicKey }): unknown =>
        bo.authenticator.get(begun.publicKey, postern.origin)

      await refused(finishSignIn(bo, attempt.id, answer(attempt)), 409, 'ceremony-over')
      await refused(finishSignIn(bo, adding.ceremonyId, answer(signIn)), 409, 'ceremony-over')
      await refused(
        bo.call('POST', `/seal-requests/${sealRequestId}/attempts/${signIn.ceremonyId}`, { response: answer(signIn) }),
        409,
        'ceremony-over',
      )
      // Only the honest pairs remain, and both still work: a mistaken kind uses nothing up.
      await bo.call('POST', `/seal-requests/${sealRequestId}/attempts/${attempt.id}`, { response: answer(attempt) })
      await finishSignIn(bo, signIn.ceremonyId, answer(signIn))
    })

    test('a seal’s response signs nobody in, and a sign-in’s seals nothing', async () => {
      const bo = browserOf(ana)
      await signInWith(bo)
      const { sealRequestId = '' } = await refused(bo.call('POST', '/me/tokens', newToken), 401, 'seal-required')
      const attempt = await bo.call<{ id: string; publicKey: Parameters<SoftwareAuthenticator['get']>[0] }>(
        'POST',
        `/seal-requests/${sealRequestId}/attempts`,
        {},
      )
      assert.equal(Buffer.from(attempt.publicKey.challenge, 'base64url').subarray(0, 6).toString('latin1'), 'SSHSIG')
      const tap = bo.authenticator.get(attempt.publicKey, postern.origin)
      const signIn = await beginSignIn(bo)
      await refused(finishSignIn(bo, signIn.ceremonyId, tap), 400, 'tap-refused:challenge-mismatch')
      const other = await beginSignIn(bo)
      const login = bo.authenticator.get(other.publicKey, postern.origin)
      await refused(
        bo.call('POST', `/seal-requests/${sealRequestId}/attempts/${attempt.id}`, { response: login }),
        400,
        'tap-refused:challenge-mismatch',
      )
    })

    test('a counter that goes backwards is told, not hidden, and not fatal', async () => {
      const keeper = new Person(postern.origin, new SoftwareAuthenticator({ counter: 'increasing' }))
      const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('counted'), role: 'member' })
      await registerWith(keeper, link, 'counted')
      await signInWith(keeper, { counter: 9 })
      const before = await countEvents('credential.counter-regressed')
      await signInWith(keeper, { counter: 10 })
      assert.equal(await countEvents('credential.counter-regressed'), before)
      await signInWith(keeper, { counter: 4 })
      assert.equal(await countEvents('credential.counter-regressed'), before + 1)
    })

    test('where an owner wants that, it is refused too, at sign-in and at a tap; the key that counts on goes on', async () => {
      const keeper = new Person(postern.origin, new SoftwareAuthenticator({ counter: 'increasing' }))
      const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('copied'), role: 'member' })
      await registerWith(keeper, link, 'copied')
      const copy = new Person(postern.origin, keeper.authenticator)
      await signInWith(keeper, { counter: 9 })
      await ana.act('PUT', '/settings/refuseCopiedPasskeys', { value: true })
      const before = await countEvents('credential.counter-regressed')
      await refused(signInWith(copy, { counter: 4 }), 403, 'counter-regressed')
      await refused(signInWith(copy, { counter: 5 }), 403, 'counter-regressed')
      await refused(copy.call('GET', '/me'), 401, 'sign-in-required')
      const { sealRequestId = '' } = await refused(keeper.call('POST', '/me/tokens', newToken), 401, 'seal-required')
      const tapWith = async (counter: number): Promise<unknown> => {
        type Attempt = { id: string; publicKey: Parameters<SoftwareAuthenticator['get']>[0] }
        const path = `/seal-requests/${sealRequestId}/attempts`
        const { id, publicKey } = await keeper.call<Attempt>('POST', path, {})
        const response = keeper.authenticator.get(publicKey, postern.origin, { counter })
        return keeper.call('POST', `${path}/${id}`, { response })
      }
      await refused(tapWith(6), 403, 'counter-regressed')
      assert.equal(await countEvents('credential.counter-regressed'), before + 3, 'never silent')
      await tapWith(10)
      await signInWith(keeper, { counter: 11 })
      // Nor does the copy undo that somebody gets back in because of it.
      await letBackIn(ana, 'copied')
      await refused(cancelWith(copy, { counter: 7 }), 403, 'counter-regressed')
      assert.equal(await countEvents('credential.counter-regressed'), before + 4)
      await ana.act('PUT', '/settings/refuseCopiedPasskeys', { value: false })
      await cancelWith(copy, { counter: 8 })
      assert.equal(await countEvents('credential.counter-regressed'), before + 5, 'never silent')
    })

    for (const [what, [tampering, code]] of Object.entries(bentRegistrations))
      test(`a registration ${what} is refused, and so is its repetition; the link is not burnt by it`, async () => {
        const username = `r-${code}-${Object.keys(bentRegistrations).indexOf(what)}`
        const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant(username), role: 'member' })
        const person = postern.stranger()
        const { ceremonyId, publicKey } = await beginRegistration(person, link, username)
        const finish = (bent?: Tampering) =>
          finishRegistration(person, link, ceremonyId, person.authenticator.create(publicKey, postern.origin, bent))
        await refused(finish(tampering), 400, `tap-refused:${code}`)
        await refused(finish(), 409, 'ceremony-over')
        await refused(person.call('GET', '/me'), 401, 'sign-in-required')
        await registerWith(person, link, username)
      })

    test('a passkey of somebody else cannot be registered again, not even by two at once', async () => {
      const [eve, fay] = [await postern.join(ana, 'eve'), await postern.join(ana, 'fay')]
      const stolen = new SoftwareAuthenticator()
      const claim = async (person: Person, name: string): Promise<unknown> => {
        const begun = await person.call<Awaited<ReturnType<typeof beginRegistration>>>(
          'POST',
          '/me/credentials/begin',
          {},
        )
        const mine = new SoftwareAuthenticator().create(begun.publicKey, postern.origin)
        shared ??= stolen.create(begun.publicKey, postern.origin)
        // Attestation “none” does not bind the key to the challenge: the id alone must be unique.
        const response = { ...shared, response: { ...shared.response, clientDataJSON: mine.response.clientDataJSON } }
        return person.act('POST', '/me/credentials', { ceremonyId: begun.ceremonyId, response, name })
      }
      let shared: ReturnType<SoftwareAuthenticator['create']> | undefined
      const both = await Promise.allSettled([claim(eve, 'eve’s'), claim(fay, 'fay’s')])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      const late = both.find((one) => one.status === 'rejected')
      await refused(Promise.reject(late?.reason), 409, 'credential-known')
      await refused(claim(eve, 'again'), 409, 'credential-known')
      await refused(claim(fay, 'again'), 409, 'credential-known')
      // Nor does the key become another one by another id, under which it would have another end.
      assert.ok(shared)
      const id = Buffer.from(shared.rawId, 'base64url')
      const other = Buffer.from(id.map((byte) => byte ^ 1))
      const another = other.toString('base64url')
      const object = Buffer.from(shared.response.attestationObject, 'base64url')
      const made = object.toString('latin1').replace(id.toString('latin1'), () => other.toString('latin1'))
      const attestationObject = Buffer.from(made, 'latin1').toString('base64url')
      shared = { ...shared, id: another, rawId: another, response: { ...shared.response, attestationObject } }
      await refused(claim(fay, 'under another id'), 409, 'credential-known')
    })

    test('everything a registration said is kept, the raw response too', async () => {
      const key = new SoftwareAuthenticator({
        attestation: 'packed-self',
        backupEligible: true,
        backupState: true,
        aaguid: 'd548826e-79b4-db40-a3d8-11116f7e8349',
      })
      const gil = new Person(postern.origin, key)
      const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant('gil'), role: 'member' })
      const { ceremonyId, publicKey } = await beginRegistration(gil, link, 'gil')
      assert.equal(publicKey.attestation, 'direct')
      assert.deepEqual(publicKey.excludeCredentials, [])
      const response = key.create(publicKey, postern.origin)
      await finishRegistration(gil, link, ceremonyId, response)
      const row = await postern.postern.ceremonies.database.read
        .selectFrom('credentialRecord')
        .selectAll()
        .where('credentialId', '=', response.id)
        .executeTakeFirstOrThrow()
      const {
        attestationObject,
        registrationClientDataJson,
        aaguid,
        attestationFormat,
        attestationOutcome,
        uvInitialized,
        rpId,
        origin,
        transports,
      } = row
      assert.deepEqual(
        {
          attestationObject,
          registrationClientDataJson,
          aaguid,
          attestationFormat,
          attestationOutcome,
          uvInitialized,
          rpId,
          origin,
          transports,
        },
        {
          attestationObject: response.response.attestationObject,
          registrationClientDataJson: response.response.clientDataJSON,
          aaguid: 'd548826e-79b4-db40-a3d8-11116f7e8349',
          attestationFormat: 'packed',
          attestationOutcome: 'self',
          uvInitialized: 1,
          rpId: 'localhost',
          origin: postern.origin,
          transports: '["hybrid","internal"]',
        },
      )
      assert.deepEqual([row.backupEligible, row.backupState, row.algorithm], [1, 1, -7])
      assert.match(row.userId, /^usr_/)
      const { webauthnHandle } = await postern.postern.ceremonies.database.read
        .selectFrom('user')
        .select('webauthnHandle')
        .where('username', '=', 'gil')
        .executeTakeFirstOrThrow()
      assert.equal(Buffer.from(webauthnHandle, 'base64url').length, 32)
      assert.equal(publicKey.user.id, webauthnHandle)

      // What of it the person is shown: the model by its AAGUID, which nobody vouches for.
      const shown = async () => (await gil.call<{ items: CredentialView[] }>('GET', '/me/credentials')).items
      const [made] = await shown()
      assert.deepEqual(
        [made?.model, made?.isModelVerified, made?.kind, made?.category, made?.createdAt, made?.lastUsedAt],
        ['Bitwarden', false, 'synced', 'synced', row.createdAt, null],
      )
      await signInWith(gil)
      assert.ok(((await shown())[0]?.lastUsedAt ?? 0) >= row.createdAt)
    })

    test('whoever is signed in is kept from registering a key twice; a link tells nobody which keys are here', async () => {
      const hal = await postern.join(ana, 'hal')
      await hal.addPasskey(new SoftwareAuthenticator(), 'second')
      const begun = await hal.call<Awaited<ReturnType<typeof beginRegistration>>>('POST', '/me/credentials/begin', {})
      const own = await postern.postern.ceremonies.database.read
        .selectFrom('credentialRecord')
        .select('credentialId')
        .where('userId', '=', (await hal.call<{ id: Id<'usr'> }>('GET', '/me')).id)
        .execute()
      assert.deepEqual(
        begun.publicKey.excludeCredentials?.map(({ id }) => id).sort(),
        own.map(({ credentialId }) => credentialId).sort(),
      )
      assert.equal(own.length, 2)
      // An owner has keys here, of which whoever holds a link for them learns nothing.
      const { database, now } = postern.postern.ceremonies
      const { url } = await makeOwnerLink(database, postern.origin, 'ana', now())
      const byLink = await beginRegistration(postern.stranger(), url, 'ana')
      assert.deepEqual(byLink.publicKey.excludeCredentials, [])
      // Which passkeys a browser may forget is told to whoever is signed in, and of an ended person to nobody.
      const signals = () => hal.call<{ allAcceptedCredentialIds: string[] } | null>('GET', '/me/passkey-signals')
      assert.equal((await signals())?.allAcceptedCredentialIds.length, 2)
      await refused(postern.stranger().call('GET', '/me/passkey-signals'), 401, 'sign-in-required')
      await endPerson(postern, 'hal')
      await refused(signals(), 401, 'sign-in-required')
    })

    for (const algorithm of [-8, -257] as const)
      test(`a key of the algorithm ${algorithm} registers, signs in and seals by its raw response`, async () => {
        const key = new SoftwareAuthenticator({ algorithms: [algorithm] })
        const ivy = new Person(postern.origin, key)
        const username = `ivy${algorithm}`
        const { link } = await ana.act<{ link: string }>('POST', '/people', { ...applicant(username), role: 'member' })
        await registerWith(ivy, link, username)
        await ivy.signOut()
        await signInWith(ivy)
        await ivy.makeToken('by another algorithm')
        const { database } = postern.postern.ceremonies
        const sealed = await database.read
          .selectFrom('seal')
          .innerJoin('credentialRecord', 'credentialRecord.id', 'seal.credentialRecordId')
          .selectAll('seal')
          .where('credentialId', '=', key.credentialIds[0] ?? '')
          .executeTakeFirstOrThrow()
        assert.deepEqual([sealed.action, sealed.armored], ['token.create', null])
        const record = await database.read
          .selectFrom('credentialRecord')
          .selectAll()
          .where('id', '=', sealed.credentialRecordId)
          .executeTakeFirstOrThrow()
        assert.equal(record.algorithm, algorithm)
        const user = { id: record.userId, username, displayName: username }
        const entry = signerEntryOf({ record, user, endorsement: null, endingSeal: null, sealedAt: [] })
        const signers = new Map([[record.credentialId, entry]])
        const { statement } = verifySeal({ record: sealRecordOf(sealed, record.credentialId), signers })
        assert.equal(statement.predicate.signer.username, username)
      })

    test('a response that is no response is refused in plain words', async () => {
      const bo = browserOf(ana)
      for (const response of [
        null,
        7,
        {},
        { id: 'x' },
        {
          id: 'x',
          rawId: 'x',
          type: 'public-key',
          response: { clientDataJSON: 'e30', authenticatorData: '', signature: '' },
          clientExtensionResults: {},
        },
      ]) {
        const { ceremonyId } = await beginSignIn(bo)
        await refused(finishSignIn(bo, ceremonyId, response), 400, 'tap-refused:malformed')
      }
    })
  })

const newToken = { name: 'ci', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 30 }

/** As the end of access will do it: one row, at once. */
async function endPerson(postern: StartedPostern, username: string): Promise<void> {
  await postern.postern.ceremonies.database.write((tx) =>
    tx.updateTable('user').set({ state: 'ended' }).where('username', '=', username).execute(),
  )
}
