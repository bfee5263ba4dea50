import { floorOnly } from '../src/policy/policy-testing.ts'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { loadConfig } from '../src/config.ts'
import type { Id } from '../src/database/id.ts'
import { openDatabase } from '../src/database/open.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { verifyRegistration } from '../src/protocols/webauthn/verify-registration.ts'
import { createCredentialRecord } from '../src/identity/credential-records.ts'
import { createUser } from '../src/identity/users.ts'
import { createPostern } from '../src/server.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { requestOf } from './support/held-push.ts'
import { makeHeld } from './support/held-repository.ts'
import { postgresDatabase, postgresFlags } from './support/postgres.ts'
import { refused } from './support/refusal.ts'
import { startRelay } from './support/relay.ts'
import { freePort, startPostern } from './support/start-postern.ts'

test('four nodes that start on an empty database at once bring the schema up together', async () => {
  const url = await postgresDatabase()
  const nodes = await Promise.all([1, 2, 3, 4].map(() => openDatabase(url)))
  const [one] = nodes
  assert.deepEqual(await one?.read.selectFrom('instance').selectAll().execute(), [])
  await Promise.all(nodes.map((node) => node.close()))
})

test('integers are 64-bit, text is compared byte by byte, and challenges cost no durable write', async () => {
  const url = await postgresDatabase()
  const database = await openDatabase(url)
  await database.close()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const ofUs = `table_schema = 'public' and table_name not like 'kysely%'`
  const { rows } = await client.query<{ data_type: string; collation_name: string | null; count: string }>(
    `select data_type, collation_name, count(*) from information_schema.columns where ${ofUs} group by 1, 2 order by 1`,
  )
  assert.deepEqual(
    rows.map(({ data_type, collation_name }) => [data_type, collation_name]),
    [
      ['bigint', null],
      ['text', 'C'],
    ],
  )
  const unlogged = await client.query<{ relname: string }>(
    `select relname from pg_class where relpersistence = 'u' and relkind = 'r'`,
  )
  assert.deepEqual(unlogged.rows, [{ relname: 'challenge' }])
  await client.end()
})

test('one credential id registered over two connections at once is registered once', async () => {
  const url = await postgresDatabase()
  const [one, other] = await Promise.all([openDatabase(url), openDatabase(url)])
  const challenge = Buffer.alloc(32, 1)
  const response = new SoftwareAuthenticator().create(
    {
      rp: { id: 'localhost', name: '' },
      user: { id: 'AAAA', name: '', displayName: '' },
      challenge: challenge.toString('base64url'),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
    },
    'http://localhost:7400',
  )
  const registration = await verifyRegistration({
    response,
    expected: {
      challenge,
      origins: ['http://localhost:7400'],
      rpId: 'localhost',
      algorithms: [-7],
      requireUserVerification: true,
    },
  })
  // Both have inserted before either commits: the second waits for the first and then loses.
  const inserted = Promise.withResolvers<void>()
  const claim = (database: typeof one, username: string, wait: Promise<void>) =>
    database.write(async (tx) => {
      const user = await createUser(tx, { ...applicant(username), role: 'member', createdBy: null, at: 1 })
      await createCredentialRecord(tx, {
        userId: user.id,
        registration,
        judgement: { outcome: 'none', model: null, trustPath: null, statuses: [] },
        rpId: 'localhost',
        name: 'x',
        enrolledVia: 'invitation',
        endorsedBy: null,
        strengthCap: null,
        policy: floorOnly,
        address: '127.0.0.1',
        at: 1,
      })
      inserted.resolve()
      await wait
    })
  const commit = Promise.withResolvers<void>()
  const first = claim(one, 'first', commit.promise)
  await inserted.promise
  const second = claim(other, 'second', Promise.resolve())
  commit.resolve()
  await first
  await assert.rejects(second, { code: 'credential-known' })
  assert.equal((await one.read.selectFrom('credentialRecord').select('id').execute()).length, 1)
  assert.deepEqual(
    await one.read.selectFrom('user').select('username').execute(),
    [{ username: 'first' }],
    'nor is the loser half made',
  )
  await Promise.all([one.close(), other.close()])
})

test('two nodes are one instance: a ceremony begun here ends there, and an end here is an end there', async () => {
  const database = await postgresDatabase()
  await using postern = await startPostern({ flags: postgresFlags(database) })
  const port = await freePort()
  const flags = [
    '--url',
    postern.origin,
    '--port',
    String(port),
    ...postgresFlags(database),
    '--data',
    join(postern.folder, 'other'),
    '--ssh-port',
    'off',
    '--log-level',
    'fatal',
  ]
  const ana = await postern.owner()
  const held = await makeHeld(postern, ana, 'payments/api')
  await held.setPush('main', 'tap')
  const tip = await held.commit('waiting.txt')
  const [push, forgotten] = [held.push('main'), held.push('main')]
  const [{ id }, { id: late }] = [await requestOf(push, ana), await requestOf(forgotten, ana)]
  // As a node that is gone would have left it.
  const { database: store } = postern.postern.ceremonies
  await store.write((tx) =>
    tx
      .updateTable('heldPush')
      .set({ nodeId: 'gone' })
      .where('requestId', '=', late as Id<'srq'>)
      .execute(),
  )
  const otherNode = await createPostern(loadConfig(flags, {}))
  await otherNode.listen()
  try {
    await refused(ana.tap(late), 409, 'push-over')
    await ana.tap(id)
    const landed = await push.ended
    assert.deepEqual([landed.code, await held.tip('main')], [0, tip], landed.screen)
    assert.notEqual((await forgotten.ended).code, 0)
    let turn = 0
    const ports = [Number(new URL(postern.origin).port), port]
    await using balancer = await startRelay({
      choosePort: () => ports[turn++ % 2] ?? port,
      headers: { host: new URL(postern.origin).host },
    })
    const roaming = new Person(postern.origin, ana.authenticator, balancer.address)
    await roaming.signIn()
    await roaming.call('GET', '/me')
    await roaming.call('GET', '/me')
    await roaming.makeToken('made on both', ['account:read'])
    await roaming.addPasskey(new SoftwareAuthenticator(), 'second')
    // An end is seen by the other node at once.
    await ana.call('DELETE', '/me/sessions')
    for (let request = 0; request < 2; request += 1) await refused(roaming.call('GET', '/me'), 401, 'sign-in-required')
  } finally {
    await otherNode.close()
  }
})
