import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server'
import { loadConfig } from '../src/config.ts'
import type { Tx } from '../src/database/handles.ts'
import type { TableName } from '../src/database/schema.ts'
import { checkStillHere } from '../src/identity/ending/check-still-here.ts'
import type { AccessEnd } from '../src/identity/ending/shapes.ts'
import { endGuests } from '../src/identity/guests/guest-ends.ts'
import { findUserByUsername } from '../src/identity/users.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { folderPath } from '../src/repositories/storage.ts'
import { createPostern } from '../src/server.ts'
import { git, withToken } from '../src/walk/git.ts'
import { ApiError, Person } from '../src/walk/person.ts'
import { applicant, type Begun, beginRegistration, finishRegistration } from './support/ceremony.ts'
import { until } from './support/git-remote.ts'
import { makeHeld } from './support/held-repository.ts'
import { startHold } from './support/hold.ts'
import { inFront } from './support/in-front.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { refused } from './support/refusal.ts'
import { freePort, type StartedPostern, startPostern } from './support/start-postern.ts'
import { stores } from './support/stores.ts'

const rounds = 4
const token = { name: 'late', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 3 }

for (const store of stores)
  describe(`what comes in the same instant as the end, on ${store.name}`, () => {
    let postern: StartedPostern
    let ana: Person
    before(async () => {
      postern = await startPostern({ flags: await store.flags() })
      ana = await postern.owner()
    })
    after(() => postern[Symbol.asyncDispose]())

    /** Asks for the tap first, so that the act and the end are one request each. */
    const sealed = async (person: Person, method: 'POST', path: string, body: object) => {
      const problem = await person.call(method, path, body).then(
        () => assert.fail('it takes a tap'),
        (error: unknown) => (error instanceof ApiError ? error.problem : assert.fail(String(error))),
      )
      const seal = await person.tap(problem.sealRequestId ?? assert.fail(problem.code))
      return () => person.call(method, path, body, { 'postern-seal': seal })
    }
    const endOf = (username: string) => sealed(ana, 'POST', `/people/${username}/end`, { reason: '' })

    /** Nothing that somebody could come in with is left, and nothing comes back with the account. */
    async function nothingLives(username: string): Promise<void> {
      const { database, now } = postern.postern.ceremonies
      const user = (await findUserByUsername(database.read, username)) ?? assert.fail()
      assert.equal(user.state, 'ended')
      await ana.act('POST', `/people/${username}/restore`, {})
      const kinds = await postern.postern.endAccess.preview(database.read, user.id, now())
      assert.deepEqual(
        kinds.filter(({ count, kind }) => count > 0 && kind !== 'registration links'),
        [],
      )
    }

    for (let round = 0; round < rounds; round += 1) {
      test(`a token that is made, ${round}`, async () => {
        const person = await postern.join(ana, `token${round}`)
        const [make, end] = [await sealed(person, 'POST', '/me/tokens', token), await endOf(`token${round}`)]
        const [made] = await Promise.allSettled([make(), end()])
        if (made.status === 'fulfilled') {
          const { secret } = made.value as { secret: string }
          const headers = { authorization: `Bearer ${secret}` }
          assert.equal((await fetch(`${postern.origin}/api/v1/projects`, { headers })).status, 401)
        }
        await nothingLives(`token${round}`)
      })

      test(`a passkey that is added, ${round}`, async () => {
        const person = await postern.join(ana, `key${round}`)
        const other = new SoftwareAuthenticator()
        const begun = await person.call<Begun<PublicKeyCredentialCreationOptionsJSON>>(
          'POST',
          '/me/credentials/begin',
          {},
        )
        const response = other.create(begun.publicKey, postern.origin)
        const add = await sealed(person, 'POST', '/me/credentials', {
          ceremonyId: begun.ceremonyId,
          response,
          name: 'late',
        })
        const end = await endOf(`key${round}`)
        await Promise.allSettled([add(), end()])
        await assert.rejects(new Person(postern.origin, other).signIn())
        await nothingLives(`key${round}`)
      })

      test(`a sign-in, ${round}`, async () => {
        const person = await postern.join(ana, `sign${round}`)
        const again = new Person(postern.origin, person.authenticator)
        const end = await endOf(`sign${round}`)
        await Promise.allSettled([again.signIn(), end()])
        await refused(again.call('GET', '/me'), 401, 'sign-in-required')
        await nothingLives(`sign${round}`)
      })

      test(`a registration by a link, and the session it begins, ${round}`, async () => {
        const { link } = await ana.act<{ link: string }>('POST', '/people', {
          ...applicant(`link${round}`),
          role: 'member',
        })
        const person = postern.stranger()
        const { ceremonyId, publicKey } = await beginRegistration(person, link, `link${round}`)
        const response = person.authenticator.create(publicKey, postern.origin)
        const end = await endOf(`link${round}`)
        await Promise.allSettled([finishRegistration(person, link, ceremonyId, response), end()])
        await refused(person.call('GET', '/me'), 401, 'sign-in-required')
        await nothingLives(`link${round}`)
      })

      test(`an agent that is made, ${round}`, async () => {
        const person = await postern.join(ana, `boss${round}`, 'admin')
        const agent = { username: `robot${round}`, displayName: 'Robot' }
        const [make, end] = [await sealed(person, 'POST', '/agents', agent), await endOf(`boss${round}`)]
        await Promise.allSettled([make(), end()])
        const made = await findUserByUsername(postern.postern.ceremonies.database.read, `robot${round}`)
        assert.ok(made === undefined || made.state === 'ended', 'an agent outlives who answers for it')
      })

      test(`a tap, ${round}`, async () => {
        const person = await postern.join(ana, `tap${round}`)
        const problem = await person.call('POST', '/me/tokens', token).then(
          () => assert.fail(),
          (error: unknown) => (error instanceof ApiError ? error.problem : assert.fail(String(error))),
        )
        const end = await endOf(`tap${round}`)
        await Promise.allSettled([person.tap(problem.sealRequestId ?? ''), end()])
        const rows = await postern.postern.ceremonies.database.read
          .selectFrom('sealRequest')
          .select('state')
          .where('id', '=', (problem.sealRequestId ?? '') as 'srq_')
          .execute()
        assert.notEqual(rows[0]?.state, 'open')
        await nothingLives(`tap${round}`)
      })
    }

    test('a push that was let in before the end, and has not heard of it, does not land', async () => {
      const held = await makeHeld(postern, ana, 'race/push')
      await writeFile(join(held.work, 'big.bin'), randomBytes(4 * 1024 ** 2))
      const oid = await held.commit('second.txt')
      const person = await postern.join(ana, 'pusher')
      await ana.act('PUT', `${held.path}/members/user/pusher`, { role: 'write' })
      const secret = await person.makeToken('laptop')
      await using hold = await startHold({
        origin: postern.origin,
        matches: ({ url = '' }) => url.endsWith('/git-receive-pack'),
        from: 'client',
        bytes: 1024 ** 2,
      })
      const push = git(held.work, [
        ...withToken(secret),
        'push',
        `${hold.address}/race/push.git`,
        `${oid}:refs/heads/late`,
      ])
      await hold.held
      const { database } = postern.postern.ceremonies
      // It was let in: git unpacks what has come.
      const { folder } = await database.read
        .selectFrom('repository')
        .select('folder')
        .where('id', '=', held.id)
        .executeTakeFirstOrThrow()
      const objects = join(folderPath(join(postern.folder, 'data', 'repositories'), folder), 'objects')
      await until(
        () => readdir(objects),
        (names) => names.some((name) => name.startsWith('tmp_objdir-incoming')),
      )
      // As another node would have it that has not looked yet: nothing cuts the connection.
      await database.write((tx) =>
        tx.updateTable('user').set({ state: 'ended' }).where('username', '=', 'pusher').execute(),
      )
      hold.letGo()
      assert.notEqual((await push).code, 0)
      assert.equal(await held.tip('late'), '')
      assert.deepEqual(
        (await held.refusals()).map((refusal) => refusal.code),
        ['access-ended'],
      )
    })

    test('a request whose body comes only after the end is not carried out', async () => {
      const person = await postern.join(ana, 'slow')
      await using hold = await startHold({
        origin: postern.origin,
        matches: () => true,
        from: 'client',
        bytes: 1,
      })
      const sent = person.fetch('POST', `${hold.address}/api/v1/projects`, { name: 'afterwards', description: '' })
      const answer = sent.then(
        ({ status }) => status,
        () => 'cut',
      )
      await hold.held
      let end = await ana.act<AccessEnd>('POST', '/people/slow/end', { reason: '' })
      while (end.state === 'cutting') end = await ana.call<AccessEnd>('GET', `/access-ends/${end.id}`)
      hold.letGo()
      assert.ok(['cut', 401].includes(await answer))
      await assert.rejects(ana.call('GET', '/projects/afterwards'), { status: 404 })
    })

    test('an act whose body comes only when its person is less by then is not carried out', async () => {
      const person = await postern.join(ana, 'lesser', 'admin')
      const group = { name: 'afterwards', description: '' }
      const problem = await refused(person.call('POST', '/groups', group), 401, 'seal-required')
      const seal = await person.tap(problem.sealRequestId ?? '')
      await using hold = await startHold({ origin: postern.origin, matches: () => true, from: 'client', bytes: 1 })
      const sent = person.fetch('POST', `${hold.address}/api/v1/groups`, group, { 'postern-seal': seal })
      await hold.held
      await ana.act('PATCH', '/people/lesser', { role: 'member' })
      hold.letGo()
      const answer = await sent
      assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [403, 'not-allowed'])
      await assert.rejects(ana.call('GET', '/groups/afterwards/members'), { status: 404 })
      // Also where it came whole before, and is only carried out now.
      await ana.act('PATCH', '/people/lesser', { role: 'admin' })
      const lessened = (tx: Tx<'user'>) =>
        tx.updateTable('user').set({ role: 'member' }).where('username', '=', 'lesser').execute()
      const { database } = postern.postern.ceremonies
      const late = await inFront({ database, write: lessened }, () =>
        person.call('POST', '/groups', group, { 'postern-seal': seal }),
      )
      const why = late.status === 'rejected' && late.reason instanceof ApiError ? late.reason.problem.code : ''
      // On SQLite nothing shows that it waits, so it may come to its guard only then.
      assert.match(why, database.dialect === 'postgres' ? /^role-changed$/ : /^(role-changed|not-allowed)$/)
      // The tap is not used up: it is good again for whoever may do it.
      await ana.act('PATCH', '/people/lesser', { role: 'owner' })
      await person.call('POST', '/groups', group, { 'postern-seal': seal })
    })

    test('what takes no tap, and comes when its person may only read by then, is not carried out', async () => {
      const held = await makeHeld(postern, ana, 'race/roles')
      await held.commit('second.txt')
      await held.git('push', 'origin', 'HEAD:refs/heads/work')
      const person = await postern.join(ana, 'reader')
      const role = (named: string) => ana.act('PUT', `${held.path}/members/user/reader`, { role: named })
      await role('write')
      const wanted = { title: 'Late', description: '', sourceBranch: 'work', targetBranch: 'main' }
      await using hold = await startHold({ origin: postern.origin, matches: () => true, from: 'client', bytes: 1 })
      const sent = person.fetch('POST', `${hold.address}/api/v1${held.path}/pull-requests`, wanted)
      await hold.held
      await role('read')
      hold.letGo()
      const answer = await sent
      assert.deepEqual([answer.status, ((await answer.json()) as { code: string }).code], [403, 'not-allowed'])
      await role('write')
      await person.call('POST', `${held.path}/pull-requests`, wanted)
    })

    test('a guest who is prolonged in the instant in which their day comes is here', async () => {
      await postern.join(ana, 'gus', 'guest')
      const { database } = postern.postern.ceremonies
      const { endAccess } = postern.postern
      const hourMs = 3_600_000
      const gus = async () => (await findUserByUsername(database.read, 'gus')) ?? assert.fail()
      const { id } = await gus()
      const set = (endsAt: number) => (tx: Tx<'user'>) =>
        tx.updateTable('user').set({ endsAt }).where('id', '=', id).execute()
      await database.write(set(Date.now() + hourMs))
      const job = { database, endAccess, origin: postern.origin, now: () => Date.now() + 2 * hourMs }
      const prolonging = set(Date.now() + 30 * 24 * hourMs)
      const ending = await inFront({ database, write: prolonging }, () => endGuests({ ...job, queue: async () => {} }))
      assert.deepEqual([ending.status, (await gus()).state], ['fulfilled', 'active'])

      const over = (tx: Tx<TableName>) =>
        endAccess.end(tx, { userId: id, cause: 'guest-end', actor: null, at: Date.now() })
      const late = await inFront({ database, write: over }, () => ana.act('POST', '/people/gus/extend', {}))
      assert.deepEqual([late.status, (await gus()).state], ['fulfilled', 'active'])
    })

    test('what lasts and the end wait for each other', async () => {
      await postern.join(ana, 'both')
      const { database, now } = postern.postern.ceremonies
      const user = (await findUserByUsername(database.read, 'both')) ?? assert.fail()
      const order: string[] = []
      const checked = Promise.withResolvers<void>()
      const first = database.write(async (tx) => {
        await checkStillHere(tx, user.id)
        order.push('checked')
        checked.resolve()
        await new Promise((resolve) => setImmediate(resolve))
        order.push('kept')
      })
      await checked.promise
      const end = database
        .write((tx) => postern.postern.endAccess.end(tx, { userId: user.id, cause: 'shell', actor: null, at: now() }))
        .then(() => order.push('ended'))
      await Promise.all([first, end])
      assert.ok(order.indexOf('kept') - order.indexOf('checked') === 1, order.join())
      await assert.rejects(
        database.write((tx) => checkStillHere(tx, user.id)),
        { code: 'access-ended' },
      )
    })
  })

test('an end is cut on every node, and complete when the last has confirmed', async () => {
  const database = await postgresDatabase()
  await using postern = await startPostern({ flags: postgresFlags(database) })
  const port = await freePort()
  const other = await createPostern(
    loadConfig(
      ['--url', postern.origin, '--port', String(port), '--data', join(postern.folder, 'other')].concat(
        postgresFlags(database),
        ['--ssh-port', 'off', '--log-level', 'error'],
      ),
      {},
    ),
  )
  await other.listen()
  try {
    const ana = await postern.owner()
    const ben = await postern.join(ana, 'ben')
    const secret = await ben.makeToken('laptop', ['account:read'])
    const stream = request(`http://127.0.0.1:${port}/api/v1/live?about=inbox`, {
      headers: { host: new URL(postern.origin).host, authorization: `Bearer ${secret}` },
      agent: false,
    })
    stream.on('error', () => {})
    stream.end()
    const [response] = (await once(stream, 'response')) as [import('node:http').IncomingMessage]
    assert.equal(response.statusCode, 200)
    const cut = new Promise<void>((resolve) => response.on('close', resolve).on('error', () => {}))
    response.resume()
    const first = await ana.act<AccessEnd>('POST', '/people/ben/end', { reason: '' })
    assert.equal(first.nodes.length, 2)
    await cut
    let last = first
    while (last.state === 'cutting') last = await ana.call<AccessEnd>('GET', `/access-ends/${first.id}`)
    assert.deepEqual(
      last.nodes.map((node) => node.cut).sort((one, other) => one - other),
      [0, 1],
    )
    assert.ok(last.nodes.every(({ confirmedAt, isSilent }) => confirmedAt !== null && !isSilent))
    assert.ok(last.receipt)
    // Whichever node is asked, it is the same receipt.
    const again = await ana.call<AccessEnd>('GET', `/access-ends/${first.id}`)
    assert.deepEqual(again.receipt, last.receipt)
  } finally {
    await other.close()
  }
})
