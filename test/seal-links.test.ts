import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { SessionCaller } from '../src/identity/caller.ts'
import { finishAttempt } from '../src/seals/attempts.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import type { InboxItem, SealOutcome, SealRequest } from '../src/seals/shapes.ts'
import { mostWaits } from '../src/seals/waits.ts'
import { Person } from '../src/walk/person.ts'
import { refused } from './support/refusal.ts'
import { askedByToken, askForTap } from './support/seal-request.ts'
import { type StartedPostern, startPostern } from './support/start-postern.ts'
import { eitherStore } from './support/stores.ts'

const minuteMs = 60_000
const newToken = { name: 'ci', scopes: ['repository:read'], repositoryIds: null, expiresInDays: 30 }

for (const store of eitherStore)
  describe(`seal requests answered elsewhere, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    let phone: Person
    let bo: Person
    let ahead = 0
    before(async () => {
      postern = await startPostern({ flags: await store.flags(), now: () => Date.now() + ahead })
      ana = await postern.owner()
      phone = new Person(postern.origin, ana.authenticator)
      await phone.signIn()
      bo = await postern.join(ana, 'bo')
    })
    after(() => postern[Symbol.asyncDispose]())

    const ask = async (person: Person): Promise<string> =>
      (await refused(person.call('POST', '/me/tokens', newToken), 401, 'seal-required')).sealRequestId ?? ''
    const link = async (person: Person, id: string): Promise<string> =>
      (await person.call<{ code: string }>('POST', `/seal-requests/${id}/link`)).code
    const open = (person: Person, code: string): Promise<SealRequest> => person.call('GET', `/seal-links/${code}`)
    const wait = (person: Person, id: string, query = ''): Promise<SealOutcome> =>
      person.call('GET', `/seal-requests/${id}/wait${query}`)
    const inbox = async (person: Person): Promise<string[]> =>
      (await person.call<{ items: InboxItem[] }>('GET', '/inbox')).items.map(({ id }) => id)
    /** As a program that holds the token, and no cookie. */
    const withToken = (secret: string) => {
      const program = new Person(postern.origin)
      return <Answer>(method: 'GET' | 'POST', path: string): Promise<Answer> =>
        program.call(method, path, undefined, { authorization: `Bearer ${secret}` })
    }

    test('a page waits, the person taps on another device, and the page goes on with that seal', async () => {
      const id = await ask(ana)
      assert.equal((await ana.call<SealRequest>('GET', `/seal-requests/${id}`)).code, null)
      assert.ok(!(await inbox(phone)).includes(id), 'what only the page in front of me asks is not in the inbox')
      const code = await link(ana, id)
      assert.match(code, /^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/)
      assert.equal(await link(ana, id), code, 'shown again, it is the same')
      assert.ok((await inbox(phone)).includes(id))
      const waiting = wait(ana, id)
      const there = await open(phone, code.toLowerCase().replaceAll('-', ''))
      assert.equal(there.facts.title, 'Make the API token “ci”')
      assert.deepEqual(there.askedFrom, {
        address: '127.0.0.1',
        // As `fetch` calls itself: the browser of whoever asks, not of whoever looks.
        device: 'node',
        isUnusual: false,
        tokenName: null,
        program: null,
        canEndToken: false,
      })
      const sealId = await phone.tap(there.id)
      const { state, made } = await waiting
      assert.deepEqual([state, made?.sealId], ['sealed', sealId])
      await ana.call('POST', '/me/tokens', newToken, { 'postern-seal': sealId })
      assert.ok(!(await inbox(phone)).includes(id))
      assert.equal((await wait(ana, id)).state, 'sealed', 'at once')
      assert.equal((await open(phone, code)).state, 'sealed')
    })

    test('unknown, malformed, expired and other people’s codes have one answer; nobody sees facts before sign-in', async () => {
      const { code } = await askForTap(postern, { of: 'bo', by: 'ana' })
      const old = await askForTap(postern, { of: 'ana', by: 'bo', lifetimeMs: minuteMs })
      assert.equal((await open(bo, code)).facts.title, 'Let the robots in')
      ahead += 2 * minuteMs
      const answers = await Promise.all(
        [code, old.code, '0000-0000-0000-0000', 'x', '%00', '../me'].map((one) =>
          ana.fetch('GET', `/seal-links/${encodeURIComponent(one)}`),
        ),
      )
      const bodies = await Promise.all(answers.map((answer) => answer.text()))
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [404])
      assert.equal(new Set(bodies).size, 1, bodies.join('\n'))
      for (const one of [code, '0000-0000-0000-0000'])
        await refused(open(postern.stranger(), one), 401, 'sign-in-required')
    })

    test('another person is asked: it stands in their inbox, and whoever asked learns the state and no more', async () => {
      const asked = { address: '203.0.113.9', via: 'session', tokenId: null, device: 'Firefox of Ana' } as const
      const { id, code } = await askForTap(postern, { of: 'bo', by: 'ana', asked })
      const item = (await bo.call<{ items: InboxItem[]; count: number }>('GET', '/inbox')).items.find(
        (one) => one.id === id,
      )
      assert.deepEqual([item?.requestedBy.username, item?.isMine, item?.code], ['ana', false, code])
      assert.ok(!(await inbox(ana)).includes(id))
      const seen = await open(bo, code)
      assert.deepEqual(seen.askedFrom, {
        address: '203.0.113.9',
        device: 'Firefox of Ana',
        isUnusual: true,
        tokenName: null,
        program: null,
        canEndToken: false,
      })
      await refused(ana.call('GET', `/seal-requests/${id}`), 404, 'not-found')
      await refused(ana.call('POST', `/seal-requests/${id}/attempts`, {}), 404, 'not-found')
      await refused(ana.call('POST', `/seal-requests/${id}/link`), 404, 'not-found')
      await refused(ana.call('POST', `/seal-requests/${id}/refuse`), 404, 'not-found')
      const waiting = wait(ana, id)
      await bo.tap(id)
      assert.deepEqual((({ state, made }) => ({ state, made }))(await waiting), { state: 'sealed', made: null })
      const third = await postern.join(ana, 'cy')
      await refused(wait(third, id), 404, 'not-found')
      await refused(third.call('POST', `/seal-requests/${id}/withdraw`), 404, 'not-found')
    })

    test('an address that whoever asked is signed in from is no surprise', async () => {
      const asked = { address: '127.0.0.1', via: 'session', tokenId: null } as const
      const { code } = await askForTap(postern, { of: 'bo', by: 'ana', asked })
      assert.equal((await open(bo, code)).askedFrom.isUnusual, false)
      const { code: unknown } = await askForTap(postern, { of: 'bo', by: 'ana' })
      assert.deepEqual((({ address, isUnusual }) => ({ address, isUnusual }))((await open(bo, unknown)).askedFrom), {
        address: null,
        isUnusual: false,
      })
    })

    test('a merge leads to what it changes; nothing else leads anywhere', async () => {
      const merge = await askForTap(postern, { of: 'bo', by: 'ana', merge: { path: 'demo/shop', number: 7 } })
      assert.equal((await open(bo, merge.code)).change, '/demo/shop/pull-requests/7?tab=files')
      const act = await askForTap(postern, { of: 'bo', by: 'ana' })
      assert.equal((await open(bo, act.code)).change, null)
    })

    test('refused: who waits is told at once, and it can never be sealed', async () => {
      const { id } = await askForTap(postern, { of: 'bo', by: 'ana' })
      const waiting = wait(ana, id)
      await bo.call('POST', `/seal-requests/${id}/refuse`)
      assert.equal((await waiting).state, 'refused')
      await refused(bo.tap(id), 409, 'refused')
    })

    test('taken back by whoever asked, not by who is asked', async () => {
      const { id } = await askForTap(postern, { of: 'bo', by: 'ana' })
      await refused(bo.call('POST', `/seal-requests/${id}/withdraw`), 403, 'not-allowed')
      const waiting = wait(bo, id)
      await ana.call('POST', `/seal-requests/${id}/withdraw`)
      assert.equal((await waiting).state, 'withdrawn')
      await refused(bo.tap(id), 409, 'withdrawn')
      await refused(ana.call('POST', `/seal-requests/${id}/withdraw`), 409, 'not-open')
      assert.ok(!(await inbox(bo)).includes(id))
    })

    test('expired: who waits is told, and the inbox forgets it', async () => {
      const { id } = await askForTap(postern, { of: 'bo', by: 'ana', lifetimeMs: minuteMs })
      const waiting = wait(ana, id)
      ahead += minuteMs
      assert.equal((await waiting).state, 'expired')
      assert.ok(!(await inbox(bo)).includes(id))
      await refused(bo.tap(id), 409, 'seal-expired')
    })

    test('a token asks, its person refuses and ends it, and everything it asked for falls', async () => {
      const secret = await ana.makeToken('robot')
      const other = await ana.makeToken('other robot')
      const asked = await askedByToken(postern, 'robot', '198.51.100.7')
      const first = await askForTap(postern, { of: 'ana', asked })
      const second = await askForTap(postern, { of: 'ana', asked, lifetimeMs: 24 * 60 * minuteMs })
      const robot = withToken(secret)
      assert.equal((await robot<SealOutcome>('GET', `/seal-requests/${first.id}/wait?seconds=0`)).state, 'open')
      await refused(withToken(other)('GET', `/seal-requests/${first.id}/wait?seconds=0`), 404, 'not-found')
      await refused(robot('GET', `/seal-requests/${await ask(ana)}/wait?seconds=0`), 404, 'not-found')
      const { askedFrom } = await open(phone, first.code)
      assert.deepEqual(askedFrom, {
        address: '198.51.100.7',
        device: null,
        isUnusual: true,
        tokenName: 'robot',
        program: null,
        canEndToken: true,
      })
      const waiting = wait(ana, second.id)
      await phone.call('POST', `/seal-requests/${first.id}/refuse-and-end-token`)
      assert.equal((await waiting).state, 'withdrawn')
      await refused(robot('GET', `/seal-requests/${first.id}/wait?seconds=0`), 401, 'token-refused')
      assert.equal((await wait(ana, first.id)).state, 'refused')
      await withToken(other)('GET', '/instance')
    })

    test('a token of somebody else can be refused, not ended', async () => {
      await bo.makeToken('of-bo')
      const { id, code } = await askForTap(postern, {
        of: 'ana',
        by: 'bo',
        asked: await askedByToken(postern, 'of-bo', '127.0.0.1'),
      })
      assert.equal((await open(phone, code)).askedFrom.canEndToken, false)
      await refused(ana.call('POST', `/seal-requests/${id}/refuse-and-end-token`), 409, 'no-token')
      assert.equal((await wait(ana, id, '?seconds=0')).state, 'open', 'nothing was done by half')
      await ana.call('POST', `/seal-requests/${id}/refuse`)
    })

    test('a token’s program gets the seal that its person made elsewhere', async () => {
      const program = withToken(await ana.makeToken('deployer'))
      const asked = await askedByToken(postern, 'deployer', '127.0.0.1')
      const { id } = await askForTap(postern, { of: 'ana', asked })
      const waiting = program<SealOutcome>('GET', `/seal-requests/${id}/wait`)
      const sealId = await phone.tap(id)
      assert.equal((await waiting).made?.sealId, sealId)
    })

    test('a wait ends with the session that waits', async () => {
      const tablet = new Person(postern.origin, ana.authenticator)
      await tablet.signIn()
      const { id } = await askForTap(postern, { of: 'bo', by: 'ana' })
      const waiting = wait(tablet, id)
      await ana.call('GET', '/inbox')
      await tablet.signOut()
      await refused(waiting, 401, 'sign-in-required')
    })

    test('one person does not hold more connections than they may', async () => {
      const { id } = await askForTap(postern, { of: 'bo', by: 'ana' })
      const held = Array.from({ length: mostWaits + 1 }, () => wait(bo, id))
      const first = await Promise.race(
        held.map((one) =>
          one.then(
            () => 'answered',
            (error: Error) => error.message,
          ),
        ),
      )
      assert.match(first, /429 too-many-requests/)
      await ana.call('POST', `/seal-requests/${id}/withdraw`)
      const states = await Promise.all(
        held.map((one) =>
          one.then(
            ({ state }) => state,
            () => 'refused',
          ),
        ),
      )
      assert.equal(states.filter((state) => state === 'withdrawn').length, mostWaits)
    })

    test('the inbox has the oldest deadline first, page by page, each once', async () => {
      const dot = await postern.join(ana, 'dot')
      const made: { id: string; expiresAt: number }[] = []
      for (let count = 0; count < 53; count += 1)
        made.push(await askForTap(postern, { of: 'dot', by: 'ana', lifetimeMs: (10 + ((count * 7) % 5)) * minuteMs }))
      type Inbox = { items: InboxItem[]; nextCursor: string | null; count: number }
      const first = await dot.call<Inbox>('GET', '/inbox')
      const second = await dot.call<Inbox>('GET', `/inbox?cursor=${first.nextCursor}`)
      const items = [...first.items, ...second.items]
      assert.deepEqual([first.items.length, second.nextCursor, first.count], [50, null, 53])
      assert.deepEqual(items.map(({ id }) => id).sort(), made.map(({ id }) => id).sort())
      assert.deepEqual(
        items.map(({ expiresAt }) => expiresAt),
        items.map(({ expiresAt }) => expiresAt).sort((one, other) => one - other),
      )
      assert.equal((await dot.call<{ requests: InboxItem[] }>('GET', '/home')).requests.length, 5)
      await refused(dot.call('GET', '/inbox?cursor=nonsense'), 422, 'invalid-input')
    })

    test('which keys may tap is judged at each attempt, not when it was asked', async () => {
      const eve = await postern.join(ana, 'eve')
      const { id } = await askForTap(postern, { of: 'eve', by: 'ana' })
      const spare = new SoftwareAuthenticator()
      const added = await eve.addPasskey(spare, 'spare')
      const offered = async (): Promise<string[]> =>
        (await eve.call<SealRequest>('GET', `/seal-requests/${id}`)).credentials.map((one) => one.name)
      assert.ok((await offered()).includes('spare'))
      const begun = await eve.call<{ id: string; publicKey: Parameters<SoftwareAuthenticator['get']>[0] }>(
        'POST',
        `/seal-requests/${id}/attempts`,
        { credentialId: added.id },
      )
      await eve.act('DELETE', `/me/credentials/${added.id}`)
      const response = spare.get(begun.publicKey, postern.origin)
      await refused(
        eve.call('POST', `/seal-requests/${id}/attempts/${begun.id}`, { response }),
        409,
        'credential-ended',
      )
      assert.ok(!(await offered()).includes('spare'))
      await eve.tap(id)
    })

    test('what takes effect at the tap does so in its transaction: it fails, and there is no seal', async () => {
      const { id } = await askForTap(postern, { of: 'bo', by: 'ana' })
      const caller = await sessionOf('bo')
      const attempt = () =>
        bo.call<{ id: string; publicKey: Parameters<SoftwareAuthenticator['get']>[0] }>(
          'POST',
          `/seal-requests/${id}/attempts`,
          {},
        )
      const finish = async (onSealed: Parameters<typeof finishAttempt>[3]) => {
        const { id: attemptId, publicKey } = await attempt()
        const response = bo.authenticator.get(publicKey, postern.origin)
        return finishAttempt(postern.postern.ceremonies, caller, { requestId: id, attemptId, response }, onSealed)
      }
      await assert.rejects(finish({ 'robots.admit': () => Promise.reject(new Error('no room')) }), /no room/)
      assert.equal((await wait(ana, id, '?seconds=0')).state, 'open')
      const seen: string[] = []
      const made = await finish({
        'robots.admit': async (_tx, { seal, statement, request }) => {
          seen.push(seal.id, statement.predicate.action, request.id, request.state)
        },
        'robots.dismiss': () => Promise.reject(new Error('not asked for')),
      })
      assert.deepEqual(seen, [made.sealId, 'robots.admit', id, 'sealed'])
    })

    async function sessionOf(username: string): Promise<SessionCaller> {
      const row = await postern.postern.ceremonies.database.read
        .selectFrom('session')
        .innerJoin('user', 'user.id', 'session.userId')
        .selectAll('user')
        .select(['session.id as sessionId', 'secretHash', 'credentialRecordId', 'strength', 'authenticatedAt'])
        .where('username', '=', username)
        .orderBy('session.createdAt', 'desc')
        .executeTakeFirstOrThrow()
      const { sessionId, secretHash: sessionHash, credentialRecordId } = row
      const by = {
        kind: 'session' as const,
        sessionId,
        sessionHash,
        credentialRecordId,
        method: 'passkey' as const,
        key: null,
      }
      return { ...row, isDemo: false, address: '127.0.0.1', shortfall: null, by }
    }
  })
