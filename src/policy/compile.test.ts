import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decide } from './decide.ts'
import { compiled, facts, proof, rule } from './policy-testing.ts'
import type { Rule } from './rule.ts'

const requires = fc.constantFrom<Rule['requires'][]>(
  { strength: 'device-bound' },
  { strength: 'attested' },
  { models: { deny: ['synced'] } },
  { networks: ['192.0.2.0/24'] },
  { networks: ['198.51.100.0/24'] },
  { sessionIdleSeconds: 600 },
)
const judged = fc.record({
  act: fc.constantFrom('merge' as const, 'session' as const, 'sign-in' as const),
  address: fc.constantFrom('192.0.2.7', '203.0.113.1', null),
  strength: fc.constantFrom('passkey' as const, 'attested' as const),
})

test('a rule that always holds, joined ahead, decides as one that is asked each time', () => {
  fc.assert(
    fc.property(fc.array(requires, { maxLength: 6 }), judged, (all, { act, address, strength }) => {
      const rules = all.map((requires, index) => rule({ id: `rule-${index}`, does: ['*'], requires }))
      // The same rules, about everybody by every role, are not known to hold always.
      const asked = rules.map((one) => ({
        ...one,
        who: ['role:owner', 'role:admin', 'role:member', 'role:guest'],
      }))
      const given = facts({ act, address, proof: proof({ strength }) })
      assert.deepEqual(
        { ...decide(compiled(...rules), given), requirement: null },
        { ...decide(compiled(...asked), given), requirement: null },
      )
    }),
  )
})

test('one decision does not change what the next one is asked', () => {
  const policy = compiled(rule({ requires: { networks: ['192.0.2.0/24'] } }), rule({ id: 'ana', who: ['user:ana'] }))
  const first = decide(policy, facts())
  assert.deepEqual(decide(policy, facts()), first)
  const other = decide(policy, facts({ actor: { ...facts().actor, username: 'ben' } }))
  assert.equal(other.requirement.strength, 'passkey')
  assert.equal(other.requirement.networks.length, 1)
})
