import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../database/handles.ts'
import { newId } from '../database/id.ts'
import { compilePolicy } from '../policy/compile.ts'
import { compiled, rule } from '../policy/policy-testing.ts'
import type { Rule } from '../policy/rule.ts'
import { listAffected } from './affected.ts'
import { addPerson, addRepository, addToken, at, grant, openStores, reportModel } from './guardrails-testing.ts'
import { readStandings } from './standings.ts'

const dayMs = 86_400_000
const nothing = compiled()
const leaky = '0a1b2c3d-0000-4000-8000-00000000beef'

const meant = async (database: Database, rules: Rule[], before: Rule[] = []) => {
  const people = await listAffected(database.read, { before: compiled(...before), after: compiled(...rules), at })
  return Object.fromEntries(
    people.items.map(({ person, outcome, sentence }) => [person.username, { outcome, sentence }]),
  )
}

for (const [store, open] of Object.entries(openStores)) {
  test(`${store}: of many people everybody is judged, once`, async () => {
    const database = await open()
    await addPerson(database, 'ana', { role: 'owner', keys: ['attested'] })
    await addPerson(database, 'n0000')
    const first = await database.read
      .selectFrom('user')
      .selectAll()
      .where('username', '=', 'n0000')
      .executeTakeFirstOrThrow()
    const others = Array.from({ length: 504 }, (_, n) => ({
      ...first,
      id: newId('usr'),
      username: `n${String(n + 1).padStart(4, '0')}`,
      email: `n${n}@example.com`,
      webauthnHandle: newId('usr'),
    }))
    await database.write((tx) => tx.insertInto('user').values(others).execute())
    for (const last of ['n0498', 'n0504']) {
      const { id } = await database.read
        .selectFrom('user')
        .select('id')
        .where('username', '=', last)
        .executeTakeFirstOrThrow()
      await addToken(database, id, 'ci')
      const standings = await readStandings(database.read, { policies: [nothing], at })
      const names = standings.map(({ person }) => person.username)
      assert.deepEqual([names.length, names.at(0), names.at(-1)], [506, 'ana', 'n0504'])
      assert.equal(new Set(names).size, 506)
      assert.equal(standings.find(({ person }) => person.username === last)?.tokens.length, 1)
    }
    await database.close()
  })

  test(`${store}: whoever has no key for it is locked out by name, with why; who has one is fine`, async () => {
    const database = await open()
    await addPerson(database, 'ana', { role: 'owner', keys: ['synced', 'attested'] })
    await addPerson(database, 'ben', { role: 'admin' })
    await addPerson(database, 'cleo')
    await addPerson(database, 'dan', { role: 'admin', keys: [] })
    const hardware = rule({ who: ['role:owner', 'role:admin'], does: ['sign-in', 'session'] })
    const people = await listAffected(database.read, { before: nothing, after: compiled(hardware), at })
    assert.deepEqual(
      people.items.map(({ person, outcome, strength, rule }) => [person.username, outcome, strength, rule?.id]),
      [
        ['ben', 'locked-out', 'passkey', 'a-rule'],
        ['ana', 'fine', 'attested', 'a-rule'],
        ['dan', 'fine', null, 'a-rule'],
      ],
    )
    assert.equal(
      people.items[0]?.sentence,
      'It takes a hardware key of a verified model to sign in, and the best passkey is a synced passkey.',
    )
    assert.deepEqual(
      [people.total, people.affected, people.lockedOut, people.limited, people.reminded],
      [4, 3, 1, 0, 0],
    )
    await database.close()
  })

  test(`${store}: one key must do for signing in and for the session`, async () => {
    const database = await open()
    await addPerson(database, 'ana', { keys: ['synced', 'attested'] })
    const torn = await meant(database, [
      rule({ id: 'in', does: ['sign-in'], requires: { models: { allow: ['synced'] } } }),
      rule({ id: 'use', does: ['session'], requires: { models: { allow: ['hardware-key'] } } }),
    ])
    assert.equal(torn['ana']?.outcome, 'locked-out')
    await database.close()
  })

  test(`${store}: an act nobody could do any more limits those who can do it today, and only them`, async () => {
    const database = await open()
    const rocket = await addRepository(database, 'crew/rocket')
    await addRepository(database, 'crew/engine')
    const writer = await addPerson(database, 'ana')
    const reader = await addPerson(database, 'ben')
    await addPerson(database, 'cleo')
    await addPerson(database, 'owen', { role: 'owner', keys: ['attested'] })
    await grant(database, { kind: 'user', id: writer }, { kind: 'project', id: rocket.projectId }, 'write')
    await grant(database, { kind: 'user', id: reader }, { kind: 'repository', id: rocket.id }, 'read')
    const merges = rule({ where: { repositories: [rocket.id], branches: ['release/*'] } })
    assert.deepEqual(await meant(database, [merges]), {
      ana: {
        outcome: 'limited',
        sentence:
          'It takes a hardware key of a verified model to merge a pull request, and the best passkey is a synced passkey.',
      },
      owen: { outcome: 'fine', sentence: '' },
    })
    const elsewhere = await addRepository(database, 'other/place')
    assert.deepEqual(Object.keys(await meant(database, [rule({ where: { repositories: [elsewhere.id] } })])), ['owen'])
    await database.close()
  })

  test(`${store}: a role in a repository concerns those who have it, through a group too`, async () => {
    const database = await open()
    const { id } = await addRepository(database, 'crew/rocket')
    await addPerson(database, 'ana', { groups: ['keepers'] })
    await addPerson(database, 'ben')
    const group = await database.read.selectFrom('userGroup').select('id').executeTakeFirstOrThrow()
    await grant(database, { kind: 'group', id: group.id }, { kind: 'repository', id }, 'admin')
    const keepers = rule({ who: ['repository-role:admin'], requires: { strength: 'device-bound' } })
    assert.deepEqual(Object.keys(await meant(database, [keepers])), ['ana'])
    await database.close()
  })

  test(`${store}: networks are judged from where each was last seen, and the sentence says so`, async () => {
    const database = await open()
    await addPerson(database, 'ana', { address: '10.1.2.3' })
    await addPerson(database, 'ben', { address: '192.0.2.7' })
    await addPerson(database, 'cleo')
    const people = await meant(database, [rule({ does: ['*'], requires: { networks: ['10.0.0.0/8'] } })])
    assert.deepEqual(people, {
      ben: {
        outcome: 'locked-out',
        sentence: 'It takes a known network to sign in, and they were last seen from 192.0.2.7.',
      },
      ana: { outcome: 'fine', sentence: '' },
      cleo: { outcome: 'fine', sentence: '' },
    })
    await database.close()
  })

  test(`${store}: a date gives time, a report gives notice, and neither locks anybody out`, async () => {
    const database = await open()
    await addPerson(database, 'ana')
    const later = rule({ does: ['sign-in'], enforceFrom: at + 30 * dayMs })
    const { ana } = await meant(database, [later])
    assert.equal(ana?.outcome, 'reminded')
    assert.match(
      ana?.sentence ?? '',
      /^From 14 February 2027 on it takes a hardware key of a verified model to sign in/,
    )
    const reported = await meant(database, [rule({ does: ['sign-in'], mode: 'report' })])
    assert.equal(reported['ana']?.outcome, 'reported')
    assert.match(reported['ana']?.sentence ?? '', /^It takes a hardware key/)
    await database.close()
  })

  test(`${store}: what was out of reach before is not this change's doing`, async () => {
    const database = await open()
    await addPerson(database, 'ana')
    const strict = rule({ id: 'strict', does: ['sign-in'] })
    const merges = rule({ id: 'merges', does: ['credential.add'] })
    assert.deepEqual(await meant(database, [strict, merges], [strict]), { ana: { outcome: 'fine', sentence: '' } })
    assert.deepEqual(await meant(database, [strict], [strict]), {})
    assert.deepEqual(await meant(database, [], [strict]), {})
    assert.deepEqual(await meant(database, [{ ...strict, mode: 'off' }], [strict]), {})
    await database.close()
  })

  test(`${store}: tokens older than a new limit are named`, async () => {
    const database = await open()
    const userId = await addPerson(database, 'ana')
    await addToken(database, userId, 'deploy')
    const short = rule({ does: ['token.create', 'token.use'], requires: { tokenLifetimeDays: 90 } })
    assert.deepEqual(await meant(database, [short]), {
      ana: { outcome: 'limited', sentence: 'The API token “deploy” is refused.' },
    })
    await database.close()
  })

  test(`${store}: an agent is concerned by what stops its tokens, and by a tap that it cannot give`, async () => {
    const database = await open()
    await addPerson(database, 'ana', { role: 'owner' })
    const rocket = await addRepository(database, 'crew/rocket')
    const robot = await addPerson(database, 'robot', { kind: 'agent', role: 'guest', keys: [] })
    await addPerson(database, 'idle', { kind: 'agent', role: 'guest', keys: [] })
    await addToken(database, robot, 'builds')
    await grant(database, { kind: 'user', id: robot }, { kind: 'repository', id: rocket.id }, 'write')
    const lifetime = { requires: { tokenLifetimeDays: 90 } }
    for (const who of ['everyone', 'agents']) {
      const rules = [rule({ who: [who], does: ['token.create', 'token.use'], ...lifetime })]
      const { robot: told, ...others } = await meant(database, rules)
      assert.deepEqual(told, { outcome: 'limited', sentence: 'The API token “builds” is refused.' }, who)
      assert.deepEqual(Object.keys(others), who === 'everyone' ? ['ana'] : [])
    }
    const tagged = await meant(database, [rule({ does: ['tag'], requires: { freshnessSeconds: 0 } })])
    assert.deepEqual([tagged['robot']?.outcome, tagged['ana']?.outcome], ['limited', 'fine'])
    const later = rule({ who: ['agents'], does: ['token.use'], ...lifetime, enforceFrom: at + 30 * dayMs })
    assert.equal((await meant(database, [later]))['robot']?.outcome, 'reminded')
    for (const does of ['sign-in', 'token.end', 'merge'])
      assert.deepEqual(await meant(database, [rule({ who: ['agents'], does: [does] })]), {}, does)
    const { total, agents } = await listAffected(database.read, { before: nothing, after: nothing, at })
    assert.deepEqual([total, agents], [2, 1])
    await database.close()
  })

  test(`${store}: a report that newly counts concerns whoever has a key of that model, by rules nobody touched`, async () => {
    const database = await open()
    await reportModel(database, leaky, 'UPDATE_AVAILABLE')
    await addPerson(database, 'ana', { role: 'owner', keys: ['attested'] })
    await addPerson(database, 'ben', { role: 'admin', keys: ['attested'], model: leaky })
    await addPerson(database, 'cleo', { keys: ['attested'], model: leaky })
    await addPerson(database, 'dan', { keys: ['synced'] })
    const judge = async (rules: Rule[], more: readonly string[] = ['UPDATE_AVAILABLE']) => {
      const { policy } = compiled(...rules)
      const refusedModelStatuses = [...policy.refusedModelStatuses, ...more]
      const after = compilePolicy({ ...policy, refusedModelStatuses })
      const { items } = await listAffected(database.read, { before: compiled(...rules), after, at })
      return Object.fromEntries(items.map(({ person, outcome, sentence }) => [person.username, [outcome, sentence]]))
    }
    const held = [
      'fine',
      'A key of theirs is of a model that is reported as broken: it counts for less then, and that is still enough.',
    ]
    assert.deepEqual(await judge([]), { ben: held, cleo: held })
    assert.deepEqual(await judge([], ['USER_KEY_REMOTE_COMPROMISE']), {}, 'nobody reported that of it')

    const hardware = { who: ['role:admin'], does: ['sign-in'] }
    const why =
      'It takes a hardware key of a verified model to sign in, and the best passkey is of a model that is reported as broken.'
    assert.deepEqual(await judge([rule(hardware)]), { ben: ['locked-out', why], cleo: held })
    assert.deepEqual(await judge([rule({ ...hardware, mode: 'report' })]), { ben: ['reported', why], cleo: held })
    const dated = await judge([rule({ ...hardware, enforceFrom: at + 30 * dayMs })])
    assert.equal(dated['ben']?.[0], 'reminded')
    assert.deepEqual(dated['cleo'], held)
    assert.deepEqual(await judge([rule({ ...hardware, mode: 'off' })]), { ben: held, cleo: held })

    // A second key that is sound does.
    await addPerson(database, 'eve', { role: 'admin', keys: ['attested', 'device-bound'], model: leaky })
    const softer = await judge([rule({ ...hardware, requires: { strength: 'device-bound' } })])
    assert.deepEqual(softer['eve'], held)
    assert.equal(softer['ben']?.[0], 'locked-out')
    await database.close()
  })
}
