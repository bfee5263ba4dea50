import { floorOnly } from '../src/policy/policy-testing.ts'
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import pg from 'pg'
import { loadConfig } from '../src/config.ts'
import type { Tx } from '../src/database/handles.ts'
import type { Id } from '../src/database/id.ts'
import { openDatabase } from '../src/database/open.ts'
import type { TableName } from '../src/database/schema.ts'
import { SoftwareAuthenticator } from '../src/protocols/webauthn/software-authenticator.ts'
import { verifyRegistration } from '../src/protocols/webauthn/verify-registration.ts'
import { createCredentialRecord } from '../src/identity/credential-records.ts'
import { ensureInstance } from '../src/identity/instance.ts'
import { createUser } from '../src/identity/users.ts'
import { applyRoutesFile } from '../src/proxy/routes/apply-routes-file.ts'
import { parseRoutesFile } from '../src/proxy/routes/parse-routes-file.ts'
import { createRouteKind } from '../src/proxy/routes/route-kind.ts'
import { createPostern } from '../src/server.ts'
import { Person } from '../src/walk/person.ts'
import { applicant } from './support/ceremony.ts'
import { until } from './support/git-remote.ts'
import { requestOf } from './support/held-push.ts'
import { makeHeld } from './support/held-repository.ts'
import { inFront } from './support/in-front.ts'
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

test('one passkey registered over two connections at once is registered once, by another id too', async (context) => {
  const url = await postgresDatabase()
  const [one, other] = await Promise.all([openDatabase(url), openDatabase(url)])
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  context.after(() => Promise.all([client.end(), one.close(), other.close()]))
  const place = { rpId: 'localhost', origin: 'http://localhost:7400' }
  await ensureInstance(one, place, 1)
  const challenge = Buffer.alloc(32, 1)
  const verifyAnew = () =>
    verifyRegistration({
      response: new SoftwareAuthenticator().create(
        {
          rp: { id: place.rpId, name: '' },
          user: { id: 'AAAA', name: '', displayName: '' },
          challenge: challenge.toString('base64url'),
          pubKeyCredParams: [{ type: 'public-key', alg: -7 }],
        },
        place.origin,
      ),
      expected: {
        challenge,
        origins: [place.origin],
        rpId: place.rpId,
        algorithms: [-7],
        requireUserVerification: true,
      },
    })
  const claim = (
    database: typeof one,
    { username, registration }: { username: string; registration: Awaited<ReturnType<typeof verifyAnew>> },
    beforeCommit: () => Promise<void> = () => Promise.resolve(),
  ) =>
    database.write(async (tx) => {
      const user = await createUser(tx, { ...applicant(username), role: 'member', createdBy: null, at: 1 })
      await createCredentialRecord(tx, {
        userId: user.id,
        registration,
        judgement: { outcome: 'none', model: null, trustPath: null, statuses: [] },
        rpId: place.rpId,
        name: 'x',
        enrolledVia: 'invitation',
        endorsedBy: null,
        strengthCap: null,
        policy: floorOnly,
        address: '127.0.0.1',
        at: 1,
      })
      await beforeCommit()
    })
  const countWaiting = async (): Promise<number> => {
    const { rows } = await client.query(
      `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rows.length
  }
  const names = ['id', 'key']
  for (const name of names) {
    const registration = await verifyAnew()
    const again = name === 'id' ? registration : { ...registration, credentialId: 'another' }
    const inserted = Promise.withResolvers<void>()
    const commit = Promise.withResolvers<void>()
    const first = claim(one, { username: `first-${name}`, registration }, () => {
      inserted.resolve()
      return commit.promise
    })
    await inserted.promise
    let isOver = false
    const second = claim(other, { username: `second-${name}`, registration: again }).finally(() => (isOver = true))
    second.catch(() => {})
    // The second has come as far as it can: it waits for the first, or nothing keeps it.
    await until(async () => isOver || (await countWaiting()) > 0, Boolean)
    commit.resolve()
    await first
    await assert.rejects(second, { code: 'credential-known' }, name)
  }
  assert.equal((await one.read.selectFrom('credentialRecord').select('id').execute()).length, names.length)
  assert.deepEqual(
    await one.read.selectFrom('user').select('username').orderBy('username').execute(),
    names.map((name) => ({ username: `first-${name}` })),
    'nor is the loser half made',
  )
})

test('two nodes that follow one file of routes at once write down once what has changed, and neither complains', async () => {
  const url = await postgresDatabase()
  const [one, other] = await Promise.all([openDatabase(url), openDatabase(url)])
  const place = { rpId: 'localhost', origin: 'http://localhost:7400' }
  await ensureInstance(one, place, 1)
  const site = { ...place, port: 7400 }
  const kept = { source: 'file', hasFile: true, tell: async () => [], endUse: async () => {} } as const
  const kind = createRouteKind({ site, ...kept })
  const apply = (text: string) => (tx: Tx<TableName>) =>
    applyRoutesFile(tx, parseRoutesFile(text, { site, groups: null, connectors: null }).routes, {
      kind,
      file: 'routes.yaml',
      at: 1,
    })
  const wiki = 'routes:\n  wiki:\n    host: wiki.localhost\n    upstream: http://127.0.0.1:9\n    audience: everyone\n'
  for (const text of [wiki, wiki.replace('everyone', 'members'), 'routes: {}\n']) {
    const second = await inFront({ database: one, write: apply(text) }, () => other.write(apply(text)))
    assert.deepEqual(second, { status: 'fulfilled', value: 0 }, text)
  }
  const events = await one.read.selectFrom('auditEvent').select('action').orderBy('id').execute()
  assert.deepEqual(
    events.map(({ action }) => action),
    ['application.added', 'application.changed', 'application.ended'],
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
