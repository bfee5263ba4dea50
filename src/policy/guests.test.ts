import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from './decide.ts'
import { compiled, facts, rule } from './policy-testing.ts'

const actors = (['person', 'agent', 'system'] as const).flatMap((kind) =>
  (['member', 'guest'] as const).map((role) => ({ kind, role, username: `${kind}-${role}`, groups: [] })),
)

const named = (who: string): string[] =>
  actors
    .filter((actor) => {
      const policy = compiled(rule({ id: 'one', who: [who], does: ['token.use'], requires: { strength: 'attested' } }))
      return decide(policy, facts({ act: 'token.use', actor })).requirement.strength === 'attested'
    })
    .map(({ username }) => username)

test('a rule can be about people alone, and about guests who are people; the role is everybody’s who has it', () => {
  assert.deepEqual(named('people'), ['person-member', 'person-guest'])
  assert.deepEqual(named('guests'), ['person-guest'])
  assert.deepEqual(named('agents'), ['agent-member', 'agent-guest'])
  assert.deepEqual(named('role:guest'), ['person-guest', 'agent-guest', 'system-guest'])
  assert.equal(named('everyone').length, actors.length)
})
