import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compiled, policyOf, rule } from '../policy/policy-testing.ts'
import { explain } from './explain.ts'
import { addPerson, at, openStores } from './guardrails-testing.ts'

const address = '192.0.2.7'

for (const [store, open] of Object.entries(openStores)) {
  test(`${store}: a draft is told whole: problems, differences, people, the last 30 days`, async () => {
    const database = await open()
    const owen = await addPerson(database, 'owen', { role: 'owner', address })
    await addPerson(database, 'ana')
    const explained = await explain(
      { database },
      {
        draft: policyOf(
          rule({ id: 'hardware', title: 'Hardware keys', does: ['sign-in'] }),
          rule({ id: 'nobody', who: ['group:gone'], does: ['merge'] }),
          rule({ id: 'nowhere', does: ['merge'], requires: { networks: ['10.0.0.0/99'] } }),
        ),
        current: compiled(rule({ id: 'old', title: 'Old' })),
        caller: { id: owen },
        at,
        address,
      },
    )
    assert.deepEqual(
      explained.problems.map(({ rule }) => rule),
      ['nobody', 'nowhere', 'hardware', 'hardware'],
    )
    assert.match(explained.problems[2]?.message ?? '', /^No administrator would be left/)
    assert.match(explained.problems[3]?.message ?? '', /^This would lock you out: it takes a hardware key/)
    assert.deepEqual(
      explained.differences.map(({ kind, rule }) => `${kind} ${rule.id}`),
      ['added hardware', 'added nobody', 'added nowhere', 'removed old'],
    )
    assert.deepEqual(
      explained.people.items.map(({ person, outcome }) => [person.username, outcome]),
      [
        ['ana', 'locked-out'],
        ['owen', 'locked-out'],
      ],
    )
    assert.deepEqual(explained.replay, { from: at - 30 * 86_400_000, to: at, events: 0, rows: [] })
    await database.close()
  })
}

test('the policy in force explains itself as nothing', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  const database = await open()
  const owen = await addPerson(database, 'owen', { role: 'owner' })
  const draft = policyOf(rule({ does: ['merge'] }))
  const asked = { draft, current: compiled(...draft.rules), caller: { id: owen }, at, address }
  const { problems, differences, people } = await explain({ database }, asked)
  assert.deepEqual([problems, differences, people.items], [[], [], []])
  await database.close()
})

test('many people, each told apart by rules of their own, are each judged', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  const database = await open()
  const owen = await addPerson(database, 'owen', { role: 'owner', keys: ['attested'] })
  for (let index = 0; index < 60; index++) await addPerson(database, `person-${index}`, { groups: [`group-${index}`] })
  const rules = Array.from({ length: 300 }, (_, index) =>
    rule({ id: `rule-${index}`, does: ['*'], who: [`group:group-${index % 60}`, `user:person-${index % 60}`] }),
  )
  const asked = { draft: policyOf(...rules), current: compiled(), caller: { id: owen }, at, address }
  const { people } = await explain({ database }, asked)
  assert.equal(people.lockedOut, 60)
  await database.close()
})
