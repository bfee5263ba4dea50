import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { compiled, rule } from '../policy/policy-testing.ts'
import type { Rule } from '../policy/rule.ts'
import { listAffected } from './affected.ts'
import { addPerson, addRepository, at, grant, openStores } from './guardrails-testing.ts'
import { ownRequirements } from './own-requirements.ts'

const ask = (database: Database, id: Id<'usr'>, ...rules: Rule[]) =>
  ownRequirements(database.read, {
    policy: compiled(...rules),
    caller: { id, shortfall: null },
    at,
    address: '192.0.2.7',
  })

for (const [store, open] of Object.entries(openStores)) {
  test(`${store}: every act a person can come to, with their keys that would do`, async () => {
    const database = await open()
    const ana = await addPerson(database, 'ana', { keys: ['synced', 'attested'] })
    const owen = await addPerson(database, 'owen', { role: 'owner' })
    const own = await ask(database, ana, rule({ does: ['token.create'] }))
    assert.equal(own.strength, 'attested')
    assert.deepEqual(
      own.acts.filter(({ act }) => act === 'token.create' || act === 'sign-in'),
      [
        {
          act: 'sign-in',
          words: 'sign in',
          isAllowed: true,
          sentence: '',
          rule: null,
          passkeys: ['attested 2', 'synced 1'],
        },
        {
          act: 'token.create',
          words: 'make an API token',
          isAllowed: true,
          sentence: '',
          rule: null,
          passkeys: ['attested 2'],
        },
      ],
    )
    const known = own.acts.map(({ act }) => act)
    for (const act of ['guardrail.change', 'merge', 'registration', 'token.use']) assert.ok(!known.includes(act), act)
    const all = (await ask(database, owen)).acts.map(({ act }) => act)
    for (const act of ['guardrail.change', 'demo.remove']) assert.ok(all.includes(act), act)
    assert.deepEqual(
      own.acts.filter(({ isAllowed }) => !isAllowed),
      [],
    )
    await database.close()
  })

  test(`${store}: what is missing is said in a sentence that names the rule`, async () => {
    const database = await open()
    const ana = await addPerson(database, 'ana')
    const { acts } = await ask(database, ana, rule({ title: 'Hardware for tokens', does: ['token.create'] }))
    const row = acts.find(({ act }) => act === 'token.create')
    assert.deepEqual(row, {
      act: 'token.create',
      words: 'make an API token',
      isAllowed: false,
      sentence:
        'To make an API token you need a hardware key of a verified model. Yours is a synced passkey. The rule “Hardware for tokens” asks for it.',
      rule: { id: 'a-rule', title: 'Hardware for tokens' },
      passkeys: [],
    })
    await database.close()
  })

  test(`${store}: where rules tell places apart, the rows do too`, async () => {
    const database = await open()
    const ana = await addPerson(database, 'ana')
    const rocket = await addRepository(database, 'crew/rocket')
    const user = { kind: 'user' as const, id: ana }
    await grant(database, user, { kind: 'project', id: rocket.projectId }, 'write')
    const merges = rule({ where: { repositories: [rocket.id] } })
    const told = async () =>
      (await ask(database, ana, merges)).acts
        .filter(({ act }) => act === 'merge')
        .map(({ words, isAllowed }) => [words, isAllowed])
    assert.deepEqual(await told(), [['merge a pull request', false]])
    await addRepository(database, 'crew/engine')
    assert.deepEqual(await told(), [
      ['merge a pull request in other places', true],
      ['merge a pull request in crew/rocket', false],
    ])
    await database.close()
  })

  test(`${store}: a date to come is shown only to those who have not got what it asks for`, async () => {
    const database = await open()
    const ana = await addPerson(database, 'ana')
    const ben = await addPerson(database, 'ben', { keys: ['synced', 'attested'] })
    const later = rule({ does: ['*'], enforceFrom: at + 1000 })
    const { upcoming } = await ask(database, ana, later)
    assert.deepEqual(upcoming, [
      {
        act: 'sign-in',
        rule: { id: 'a-rule', title: 'A rule' },
        enforceFrom: at + 1000,
        sentence:
          'To sign in you need a hardware key of a verified model. Yours is a synced passkey. The rule “A rule” asks for it.',
      },
    ])
    assert.deepEqual((await ask(database, ben, later)).upcoming, [])
    await database.close()
  })
}

test('what a session lacks is told as it was judged at the door', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  const database = await open()
  const id = await addPerson(database, 'ana')
  const shortfall = {
    kind: 'stronger-key' as const,
    rule: { id: 'a-rule', title: 'A rule' },
    sentence: 'Not enough.',
    requires: { strength: 'attested' as const, freshnessSeconds: null },
  }
  const own = await ownRequirements(database.read, {
    policy: compiled(),
    caller: { id, shortfall },
    at,
    address: '192.0.2.7',
  })
  assert.deepEqual(own.shortfall, { rule: shortfall.rule, sentence: 'Not enough.', unvouched: [] })
  await database.close()
})

test('a key that only waits to be vouched for is named as such, to its person and in the explanation', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  const database = await open()
  const id = await addPerson(database, 'ana', { keys: ['synced', 'attested'] })
  await database.write((tx) => tx.updateTable('credentialRecord').set({ strengthCap: 'passkey' }).execute())
  const [named] = await database.read
    .selectFrom('credentialRecord')
    .select('name')
    .where('attestationOutcome', '=', 'verified')
    .execute()
  assert.ok(named)
  const policy = compiled(rule({ does: ['sign-in'] }))
  const shortfall = {
    kind: 'stronger-key' as const,
    rule: null,
    sentence: 'Not enough.',
    requires: { strength: 'attested' as const, freshnessSeconds: null },
  }
  const asked = { policy, at, address: '192.0.2.7' }
  const own = await ownRequirements(database.read, { ...asked, caller: { id, shortfall } })
  assert.deepEqual(own.shortfall?.unvouched, [named.name])
  const { items } = await listAffected(database.read, { before: compiled(), after: policy, at })
  assert.match(items[0]?.sentence ?? '', /nobody has vouched yet for the key that would do/)
  await database.close()
})
