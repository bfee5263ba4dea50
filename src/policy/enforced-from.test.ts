import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compilePolicy } from './compile.ts'
import { decide } from './decide.ts'
import { enforcedFrom } from './enforced-from.ts'
import type { DecisionFacts, PolicyActor } from './facts.ts'
import { firstPolicy, type Rule } from './rule.ts'

const day = 86_400_000
const actor = (joinedAt?: Record<string, number>): PolicyActor => ({
  kind: 'person',
  username: 'ana',
  role: 'member',
  groups: ['finance'],
  ...(joinedAt === undefined ? {} : { joinedAt }),
})
const rule: Rule = {
  id: 'finance-keys',
  title: 'Finance has hardware keys',
  mode: 'enforce',
  who: ['group:finance', 'group:audit'],
  does: ['session'],
  requires: { strength: 'attested' },
  graceDays: 14,
}

test('a rule holds for each person so many days after they joined, and not before its own date', () => {
  assert.equal(enforcedFrom(rule, { actor: actor({ finance: 100 }) }), 100 + 14 * day)
  // In two of its groups: the days are not given twice.
  assert.equal(enforcedFrom(rule, { actor: actor({ finance: 50 * day, audit: 10 * day }) }), 24 * day)
  // One that they are not in, whatever it is called.
  const constructors = { ...rule, who: ['group:constructor', 'group:finance'] }
  assert.equal(enforcedFrom(constructors, { actor: actor({ finance: 100 }) }), 100 + 14 * day)
  assert.equal(enforcedFrom({ ...rule, enforceFrom: 99 * day }, { actor: actor({ finance: 0 }) }), 99 * day)
  assert.equal(enforcedFrom(rule, { actor: actor() }), undefined, 'unknown since when: long enough')
  assert.equal(
    enforcedFrom({ ...rule, who: ['everyone'], graceDays: undefined as never }, { actor: actor() }),
    undefined,
  )
})

test('until then it is announced, afterwards it decides', () => {
  const policy = compilePolicy({ ...firstPolicy, rules: [rule] })
  const facts = (at: number): DecisionFacts => ({
    act: 'session',
    at,
    actor: actor({ finance: 0 }),
    place: null,
    address: null,
    proof: { strength: 'passkey', ageSeconds: 0, boundToAct: false, key: null },
  })
  const before = decide(policy, facts(13 * day))
  assert.deepEqual([before.outcome, before.upcoming.map((one) => one.enforceFrom)], ['allow', [14 * day]])
  const after = decide(policy, facts(14 * day))
  assert.deepEqual([after.outcome, after.rule], ['step-up', 'finance-keys'])
})
