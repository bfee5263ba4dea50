import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { recordEvent } from '../audit/record.ts'
import type { Database } from '../database/handles.ts'
import type { Id } from '../database/id.ts'
import { type ActName, acts } from '../policy/acts.ts'
import type { CompiledPolicy } from '../policy/compile.ts'
import { decide } from '../policy/decide.ts'
import type { DecisionFacts } from '../policy/facts.ts'
import { compiled, facts, proof, rule } from '../policy/policy-testing.ts'
import { recordDecision } from '../policy/record-decision.ts'
import type { Rule } from '../policy/rule.ts'
import { ruleCounts } from './counts.ts'
import { addPerson, at, openStores } from './guardrails-testing.ts'
import { replay } from './replay.ts'

interface Happened {
  facts?: Partial<DecisionFacts>
  under?: CompiledPolicy
  actor?: Id<'usr'>
  at?: number
}

/** Writes acts into the ledger as they are when they happen: with the decision that was made then. */
const happen = (database: Database, all: Happened[]) =>
  database.write(async (tx) => {
    const ids: Id<'evt'>[] = []
    for (const one of all) {
      const judged = facts(one.facts)
      const under = one.under ?? compiled()
      ids.push(
        await recordEvent(tx, {
          action: 'pull-request.merged',
          actor: one.actor === undefined ? null : { id: one.actor, method: 'passkey', strength: 'passkey' },
          target: { kind: 'pull-request', id: 'prq_1' },
          facts: { repository: 'crew/rocket', number: 7, ref: 'refs/heads/main', credential: 'Desk key' },
          ...(judged.address === null ? {} : { personal: { address: judged.address } }),
          decision: recordDecision(under, judged, decide(under, judged)),
          at: one.at ?? at,
        }),
      )
    }
    return ids
  })

const period = { from: at - 1000, to: at + 1000, examplesPerRow: 3 }

for (const [store, open] of Object.entries(openStores)) {
  test(`${store}: tells what a draft would have decided, by which rule, with the latest as examples`, async () => {
    const database = await open()
    const ana = await addPerson(database, 'ana')
    const ids = await happen(
      database,
      [0, 1, 2, 3, 4].map((index) => ({
        actor: ana,
        at: at + index,
        ...(index === 4 ? { facts: { proof: proof({ strength: 'attested' }) } } : {}),
      })),
    )
    await database.write((tx) =>
      recordEvent(tx, { action: 'group.created', actor: null, target: { kind: 'group', id: 'grp_1' }, at }),
    )
    const { events, rows } = await replay(database.read, { policy: compiled(rule()), ...period })
    assert.equal(events, 5)
    assert.deepEqual(rows, [
      {
        act: 'merge',
        words: 'merge a pull request',
        outcome: 'step-up',
        rule: { id: 'a-rule', title: 'A rule' },
        count: 4,
        changed: 4,
        examples: [3, 2, 1].map((index) => ({
          eventId: ids[index],
          occurredAt: at + index,
          sentence: 'Ana merged crew/rocket#7 into main with “Desk key”',
        })),
      },
      {
        act: 'merge',
        words: 'merge a pull request',
        outcome: 'allow',
        rule: { id: 'a-rule', title: 'A rule' },
        count: 1,
        changed: 0,
        examples: [
          { eventId: ids[4], occurredAt: at + 4, sentence: 'Ana merged crew/rocket#7 into main with “Desk key”' },
        ],
      },
    ])
    await database.close()
  })

  test(`${store}: a key of a model that breaks by the draft is replayed as worth a passkey`, async () => {
    const database = await open()
    const [broken, sound] = ['0a1b2c3d-0000-4000-8000-00000000beef', '0a1b2c3d-0000-4000-8000-000000000001']
    const by = (aaguid: string) =>
      ({ proof: proof({ strength: 'attested', key: { category: 'hardware-key', aaguid } }) }) as const
    const under = compiled(rule())
    await happen(database, [
      { facts: by(broken), under },
      { facts: by(sound), under },
    ])
    const outcomes = async (models: string[]) =>
      (await replay(database.read, { policy: under, ...period, broken: new Set(models) })).rows.map(
        ({ outcome, count, changed }) => [outcome, count, changed],
      )
    assert.deepEqual(await outcomes([]), [['allow', 2, 0]])
    assert.deepEqual(await outcomes([broken]), [
      ['step-up', 1, 1],
      ['allow', 1, 0],
    ])
    await database.close()
  })

  test(`${store}: only the period counts, both ends included, over more pages than one`, async () => {
    const database = await open()
    await happen(
      database,
      Array.from({ length: 600 }, (_, index) => ({ at: at + index })),
    )
    const from = at + 10
    const { events, rows } = await replay(database.read, { policy: compiled(), from, to: at + 559, examplesPerRow: 1 })
    assert.equal(events, 550)
    assert.deepEqual(
      rows.map(({ count, rule, examples }) => [count, rule, examples[0]?.occurredAt]),
      [[550, null, at + 559]],
    )
    await database.close()
  })

  test(`${store}: networks are judged by the address beside the leaf; an erased one lies nowhere`, async () => {
    const database = await open()
    const [near, erased] = await happen(database, [{}, {}, { facts: { address: '198.51.100.1' } }])
    await database.write((tx) =>
      tx
        .deleteFrom('auditPersonal')
        .where('eventId', '=', erased ?? 'evt_')
        .execute(),
    )
    const known = compiled(rule({ requires: { networks: ['192.0.2.0/24'] } }))
    const { rows } = await replay(database.read, { policy: known, ...period })
    assert.deepEqual(
      rows.map(({ outcome, count, changed }) => [outcome, count, changed]),
      [
        ['deny', 2, 2],
        ['allow', 1, 0],
      ],
    )
    assert.equal(rows[1]?.examples[0]?.eventId, near)
    await database.close()
  })

  test(`${store}: a rule that waits for its date is replayed as it will hold`, async () => {
    const database = await open()
    await happen(database, [{}])
    const later = compiled(rule({ enforceFrom: at + 1_000_000 }))
    const { rows } = await replay(database.read, { policy: later, ...period })
    assert.equal(rows[0]?.outcome, 'step-up')
    await database.close()
  })

  test(`${store}: counts what each rule reported and refused`, async () => {
    const database = await open()
    const reporting = compiled(rule({ id: 'reporting', mode: 'report' }))
    const refusing = compiled(rule({ id: 'refusing', requires: { networks: ['10.0.0.0/8'] } }))
    await happen(database, [
      { under: reporting },
      { under: reporting },
      { under: refusing },
      {},
      { facts: { proof: null } },
      { under: reporting, at: at - 10 },
    ])
    assert.deepEqual(await ruleCounts(database.read, { from: at }), {
      from: at,
      items: [
        { rule: 'refusing', reported: 0, refused: 1 },
        { rule: 'reporting', reported: 2, refused: 0 },
      ],
    })
    await database.close()
  })
}

const someRule = fc.record({
  mode: fc.constantFrom<Rule['mode'][]>('enforce', 'report', 'off'),
  who: fc.constantFrom<string[][]>(
    ['everyone'],
    ['role:admin'],
    ['group:crew'],
    ['user:ana'],
    ['repository-role:write'],
  ),
  does: fc.constantFrom<string[][]>(['*'], ['merge'], ['credential.*'], ['token.create', 'sign-in']),
  requires: fc.constantFrom<Rule['requires'][]>(
    { strength: 'attested' },
    { models: { deny: ['synced'] } },
    { networks: ['192.0.2.0/24'] },
    { tokenLifetimeDays: 90 },
  ),
})
const somePolicy = fc
  .array(someRule, { maxLength: 5 })
  .map((rules) => compiled(...rules.map((one, index) => rule({ id: `rule-${index}`, ...one }))))
// Sessions and tokens in use are judged at each request, and no ledger keeps that.
const someFacts = fc.record({
  act: fc.constantFrom(...(Object.keys(acts) as ActName[]).filter((act) => act !== 'session' && act !== 'token.use')),
  address: fc.constantFrom('192.0.2.7', '198.51.100.1', null),
  role: fc.constantFrom<DecisionFacts['actor']['role'][]>('owner', 'admin', 'member', 'guest'),
  inCrew: fc.boolean(),
  strength: fc.constantFrom<NonNullable<DecisionFacts['proof']>['strength'][]>('passkey', 'device-bound', 'attested'),
  isPlaced: fc.boolean(),
  lifetimeDays: fc.option(fc.integer({ min: 1, max: 365 })),
})

test('what was decided is decided again from what the ledger kept: the policy of the day changes nothing', async () => {
  const open = openStores['SQLite']
  assert.ok(open)
  await fc.assert(
    fc.asyncProperty(somePolicy, fc.array(someFacts, { minLength: 1, maxLength: 20 }), async (under, all) => {
      const database = await open()
      await happen(
        database,
        all.map(({ act, address, role, inCrew, strength, isPlaced, lifetimeDays }) => ({
          under,
          facts: {
            act,
            address,
            actor: { kind: 'person', username: 'ana', role, groups: inCrew ? ['crew'] : [] },
            proof: proof({
              strength,
              key: { category: strength === 'passkey' ? 'synced' : 'hardware-key', aaguid: null },
            }),
            ...(isPlaced ? {} : { place: null }),
            ...(lifetimeDays === null ? {} : { token: { lifetimeDays, ageDays: 0 } }),
          },
        })),
      )
      const { events, rows } = await replay(database.read, { policy: under, ...period })
      assert.equal(events, all.length)
      assert.equal(
        rows.reduce((sum, { count }) => sum + count, 0),
        all.length,
      )
      assert.ok(rows.every(({ changed }) => changed === 0))
      await database.close()
    }),
    { numRuns: 50 },
  )
})
