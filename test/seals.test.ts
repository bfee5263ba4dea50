import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { mostOpenRequests } from '../src/seals/requests.ts'
import { Person } from '../src/walk/person.ts'
import { signInWith, type Begun, type Tampering } from './support/ceremony.ts'
import { refused } from './support/refusal.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const minuteMs = 60_000
const newToken = { name: 'ci', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 30 }

interface Attempt {
  id: string
  publicKey: Parameters<SoftwareAuthenticator['get']>[0]
  statement: string
}

for (const store of stores)
  describe(`seals on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let bo: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
      bo = await postern.join(ana, 'bo')
    })
    after(() => postern[Symbol.asyncDispose]())

    const ask = async (person: Person, body: object = newToken): Promise<string> =>
      (await refused(person.call('POST', '/me/tokens', body), 401, 'seal-required')).sealRequestId ?? ''
    const open = (person: Person, request: string): Promise<Attempt> =>
      person.call('POST', `/seal-requests/${request}/attempts`, {})
    const answer = (
      person: Person,
      request: string,
      attempt: Attempt,
      tampering?: Tampering,
    ): Promise<{ sealId: string }> =>
      person.call('POST', `/seal-requests/${request}/attempts/${attempt.id}`, {
        response: person.authenticator.get(attempt.publicKey, postern.origin, tampering),
      })
    const makeToken = (person: Person, seal: string, body: object = newToken): Promise<unknown> =>
      person.call('POST', '/me/tokens', body, { 'postern-seal': seal })
    const credentialsOf = async (person: Person): Promise<{ id: string; name: string }[]> =>
      (await person.call<{ items: { id: string; name: string }[] }>('GET', '/me/credentials')).items

    test('one tap allows one act, once', async () => {
      const seal = await ana.tap(await ask(ana))
      await makeToken(ana, seal)
      await refused(makeToken(ana, seal), 409, 'seal-spent')
    })

    test('a tap by a passkey that is removed before its act allows nothing', async () => {
      const cy = await postern.join(ana, `cy-${store.name.toLowerCase()}`)
      const spare = new SoftwareAuthenticator()
      const { id } = await cy.addPasskey(spare, 'spare')
      const request = await ask(cy)
      const attempt = await cy.call<Attempt>('POST', `/seal-requests/${request}/attempts`, { credentialId: id })
      const { sealId } = await cy.call<{ sealId: string }>('POST', `/seal-requests/${request}/attempts/${attempt.id}`, {
        response: spare.get(attempt.publicKey, postern.origin),
      })
      await cy.act('DELETE', `/me/credentials/${id}`)
      await refused(makeToken(cy, sealId), 409, 'credential-ended')
    })

    test('of one seal used twice at once, one act is carried out', async () => {
      const seal = await bo.tap(await ask(bo))
      const before = (await bo.call<{ items: unknown[] }>('GET', '/me/tokens')).items.length
      const both = await Promise.allSettled([makeToken(bo, seal), makeToken(bo, seal), makeToken(bo, seal)])
      assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal((await bo.call<{ items: unknown[] }>('GET', '/me/tokens')).items.length, before + 1)
    })

    test('a tap for one request is worth nothing for another body, act or target, and is not burnt by trying', async () => {
      await ana.addPasskey(new SoftwareAuthenticator(), 'spare one')
      await ana.addPasskey(new SoftwareAuthenticator(), 'spare two')
      const [, one, two] = await credentialsOf(ana)
      const seal = await ana.tap(await ask(ana))
      await refused(makeToken(ana, seal, { ...newToken, scopes: ['repository:write'] }), 409, 'seal-mismatch')
      await refused(makeToken(ana, seal, { ...newToken, expiresInDays: 365 }), 409, 'seal-mismatch')
      await refused(
        ana.call('DELETE', `/me/credentials/${one?.id}`, undefined, { 'postern-seal': seal }),
        409,
        'seal-mismatch',
      )
      await makeToken(ana, seal)

      const { sealRequestId = '' } = await refused(
        ana.call('DELETE', `/me/credentials/${one?.id}`),
        401,
        'seal-required',
      )
      const removal = await ana.tap(sealRequestId)
      await refused(
        ana.call('DELETE', `/me/credentials/${two?.id}`, undefined, { 'postern-seal': removal }),
        409,
        'seal-mismatch',
      )
      await ana.call('DELETE', `/me/credentials/${one?.id}`, undefined, { 'postern-seal': removal })
    })

    test('a seal is its person’s: another’s looks spent, another’s request looks like none', async () => {
      const request = await ask(ana)
      await refused(bo.call('GET', `/seal-requests/${request}`), 404, 'not-found')
      await refused(bo.call('POST', `/seal-requests/${request}/attempts`, {}), 404, 'not-found')
      await refused(bo.call('POST', `/seal-requests/${request}/refuse`, {}), 404, 'not-found')
      await refused(bo.call('GET', '/seal-requests/srq_unknown'), 404, 'not-found')
      const seal = await ana.tap(request)
      await refused(makeToken(bo, seal), 409, 'seal-spent')
      await refused(makeToken(bo, 'sea_unknown'), 409, 'seal-spent')
      await makeToken(ana, seal)
    })

    test('a tap with somebody else’s key seals nothing', async () => {
      const request = await ask(ana)
      const attempt = await open(ana, request)
      const foreign = bo.authenticator.get({ ...attempt.publicKey, allowCredentials: [] }, postern.origin)
      await refused(
        ana.call('POST', `/seal-requests/${request}/attempts/${attempt.id}`, { response: foreign }),
        400,
        'tap-refused:credential-mismatch',
      )
      const [theirs] = await credentialsOf(bo)
      await refused(
        ana.call('POST', `/seal-requests/${request}/attempts`, { credentialId: theirs?.id }).then((made) => {
          const { publicKey } = made as Attempt
          assert.notEqual(publicKey.allowCredentials?.[0]?.id, bo.authenticator.credentialIds[0])
          return answer(ana, request, made as Attempt, { credentialId: bo.authenticator.credentialIds[0] ?? '' })
        }),
        400,
        'tap-refused:credential-mismatch',
      )
    })

    const bent: Record<string, [Tampering, string]> = {
      'without user verification': [{ flags: 0x01 }, 'user-not-verified'],
      'without a touch': [{ flags: 0x04 }, 'user-not-present'],
      'on a foreign origin': [{ origin: 'https://evil.example' }, 'origin-mismatch'],
      'in a frame': [{ crossOrigin: true }, 'cross-origin'],
      'for another RP ID': [{ rpId: 'evil.example' }, 'rp-id-mismatch'],
      'naming another user': [{ userHandle: Buffer.alloc(32) }, 'user-handle-mismatch'],
    }
    for (const [what, [tampering, code]] of Object.entries(bent))
      test(`a tap ${what} uses its attempt up, not the request`, async () => {
        const request = await ask(bo)
        const attempt = await open(bo, request)
        await refused(answer(bo, request, attempt, tampering), 400, `tap-refused:${code}`)
        await refused(answer(bo, request, attempt), 409, 'ceremony-over')
        await makeToken(bo, await bo.tap(request))
      })

    test('a tap written in another way than browsers do, which signs in, is refused in words and uses up no request', async () => {
      const request = await ask(bo)
      const attempt = await open(bo, request)
      const { challenge } = attempt.publicKey
      const data = { challenge, type: 'webauthn.get', origin: postern.origin }
      const clientDataJSON = Buffer.from(JSON.stringify(data))
      await refused(answer(bo, request, attempt, { clientDataJSON }), 400, 'tap-refused:client-data-mismatch')
      await makeToken(bo, await bo.tap(request))
    })

    test('an act upon somebody whose name no statement could hold, as a directory may give one, takes its tap', async () => {
      const carl = await postern.join(ana, 'carl')
      const displayName = `Carl\n\u2028\u0007${'x'.repeat(600)}`
      await postern.postern.ceremonies.database.write((tx) =>
        tx.updateTable('user').set({ displayName }).where('username', '=', 'carl').execute(),
      )
      await ana.act('POST', '/people/carl/end', { reason: '' })
      await refused(carl.call('GET', '/me'), 401, 'sign-in-required')
    })

    test('a request is sealed once: two attempts answered at once make one seal', async () => {
      const request = await ask(bo)
      const [one, other] = [await open(bo, request), await open(bo, request)]
      const both = await Promise.allSettled([answer(bo, request, one), answer(bo, request, other)])
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      await refused(open(bo, request), 409, 'already-sealed')
    })

    test('an attempt belongs to its browser session, its request and its person', async () => {
      const [request, another] = [await ask(bo), await ask(bo)]
      const attempt = await open(bo, request)
      const elsewhere = new Person(postern.origin, bo.authenticator)
      await signInWith(elsewhere)
      await refused(answer(elsewhere, request, attempt), 409, 'ceremony-over')
      await refused(answer(bo, another, attempt), 409, 'ceremony-over')
      // Another device of the same person opens an attempt of its own.
      await makeToken(bo, await elsewhere.tap(request))
    })

    test('a refused request can never be sealed', async () => {
      const request = await ask(bo)
      const attempt = await open(bo, request)
      await bo.call('POST', `/seal-requests/${request}/refuse`, {})
      await refused(answer(bo, request, attempt), 409, 'refused')
      const { title, help } = await refused(open(bo, request), 409, 'refused')
      assert.deepEqual([title, help], ['This was refused.', 'Start again: a fresh statement is made.'])
      await refused(bo.call('POST', `/seal-requests/${request}/refuse`, {}), 409, 'not-open')
    })

    test('a request waits five minutes, an attempt never longer, and a seal is spent by then', async () => {
      const [late, sealed] = [await ask(bo), await ask(bo)]
      const attempt = await open(bo, late)
      const seal = await bo.tap(sealed)
      ahead += 5 * minuteMs + 1000
      await refused(answer(bo, late, attempt), 409, 'ceremony-over')
      await refused(open(bo, late), 409, 'seal-expired')
      assert.equal((await bo.call<{ state: string }>('GET', `/seal-requests/${late}`)).state, 'expired')
      await refused(makeToken(bo, seal), 409, 'seal-expired')
    })

    test('the statement is exactly what the tap signs, and names signer, act, body and a nonce of its own', async () => {
      const request = await ask(bo)
      const [one, other] = [await open(bo, request), await open(bo, request)]
      const { predicate, subject } = JSON.parse(one.statement) as {
        predicate: Record<string, unknown>
        subject: { digest: { sha256: string } }[]
      }
      const { username, id } = await bo.call<{ username: string; id: string }>('GET', '/me')
      assert.deepEqual(predicate['signer'], { userId: id, username, credentialId: bo.authenticator.credentialIds[0] })
      assert.equal(predicate['action'], 'token.create')
      const { method, route, bodyDigest } = predicate['act'] as Record<string, string>
      assert.deepEqual(
        [method, route, bodyDigest],
        ['POST', '/api/v1/me/tokens', `sha256:${subject[0]?.digest.sha256}`],
      )
      assert.equal(one.statement, other.statement, 'the same request, opened twice, says the same')
      const again = await open(bo, await ask(bo))
      assert.notEqual(
        (JSON.parse(again.statement) as { predicate: { nonce: string } }).predicate.nonce,
        predicate['nonce'],
      )
    })

    test('nobody can be buried in requests', async () => {
      const cy = await postern.join(ana, 'cy')
      for (let count = 0; count < mostOpenRequests; count += 1) await ask(cy)
      await refused(cy.call('POST', '/me/tokens', newToken), 429, 'too-many-requests')
      ahead += 5 * minuteMs + 1000
      await cy.makeToken('after a while')
    })

    test('the last passkey stays, also when two are removed at once', async () => {
      const di = await postern.join(ana, 'di')
      const [only] = await credentialsOf(di)
      await refused(di.act('DELETE', `/me/credentials/${only?.id}`), 409, 'last-credential')
      const second = new Person(postern.origin, new SoftwareAuthenticator())
      await di.addPasskey(second.authenticator, 'second')
      await signInWith(second)
      const [one, other] = await credentialsOf(di)
      const sealFor = async (person: Person, id: string | undefined): Promise<string> =>
        person.tap(
          (await refused(person.call('DELETE', `/me/credentials/${id}`), 401, 'seal-required')).sealRequestId ?? '',
        )
      // Each removes the other’s, so that neither loses its own session by its own act.
      const [mine, theirs] = [await sealFor(di, other?.id), await sealFor(second, one?.id)]
      const both = await Promise.allSettled([
        di.call('DELETE', `/me/credentials/${other?.id}`, undefined, { 'postern-seal': mine }),
        second.call('DELETE', `/me/credentials/${one?.id}`, undefined, { 'postern-seal': theirs }),
      ])
      assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
      const survivor = both[0]?.status === 'fulfilled' ? di : second
      assert.equal((await credentialsOf(survivor)).length, 1)
      await refused(
        survivor.act('DELETE', `/me/credentials/${(await credentialsOf(survivor))[0]?.id}`),
        409,
        'last-credential',
      )
    })

    test('adding, renaming and removing a passkey and making a token each take a tap; looking does not', async () => {
      const eve = await postern.join(ana, 'eve')
      const [own] = await credentialsOf(eve)
      const begun = await eve.call<Begun<Parameters<SoftwareAuthenticator['create']>[0]>>(
        'POST',
        '/me/credentials/begin',
        {},
      )
      const response = new SoftwareAuthenticator().create(begun.publicKey, postern.origin)
      const adding = { ceremonyId: begun.ceremonyId, response, name: 'second' }
      await refused(eve.call('POST', '/me/credentials', adding), 401, 'seal-required')
      await refused(eve.call('PATCH', `/me/credentials/${own?.id}`, { name: 'mine' }), 401, 'seal-required')
      await refused(eve.call('POST', '/me/tokens', newToken), 401, 'seal-required')
      await eve.act('POST', '/me/credentials', adding)
      await refused(eve.call('DELETE', `/me/credentials/${own?.id}`), 401, 'seal-required')
      assert.deepEqual(
        (await eve.act<{ name: string }>('PATCH', `/me/credentials/${own?.id}`, { name: 'mine' })).name,
        'mine',
      )
      assert.equal((await credentialsOf(eve)).length, 2)
    })

    test('names that could hide or break what is signed are refused before any tap', async () => {
      for (const name of ['two\nlines', 'nul\0', 'bidi \u202e', 'zero\u200bwidth', '', 'x'.repeat(101)]) {
        await refused(ana.call('POST', '/me/tokens', { ...newToken, name }), 422, 'invalid-input')
        await refused(
          ana.call('PATCH', `/me/credentials/${(await credentialsOf(ana))[0]?.id}`, { name }),
          422,
          'invalid-input',
        )
      }
      await ana.makeToken('”‘ <b>ünïcödé</b> & 東京 “')
    })
  })
