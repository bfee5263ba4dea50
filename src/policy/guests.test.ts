import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decide } from './decide.ts'
import { compiled, facts, rule } from './policy-testing.ts'
import { explainDecision } from './words.ts'

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

test('an API token of a guest lives 30 days at most, less where a rule says so, and never more', () => {
  const rules = [
    rule({ id: 'all', who: ['everyone'], does: ['token.create'], requires: { tokenLifetimeDays: 90 } }),
    rule({ id: 'crew', who: ['role:guest'], does: ['token.create'], requires: { tokenLifetimeDays: 60 } }),
    rule({ id: 'week', who: ['user:person-guest'], does: ['token.create'], requires: { tokenLifetimeDays: 7 } }),
  ]
  const days = (policy: ReturnType<typeof compiled>, who: string) => {
    const actor = actors.find(({ username }) => username === who) ?? assert.fail()
    const asked = facts({ act: 'token.create', actor, token: { lifetimeDays: 31, ageDays: 0 } })
    const { outcome, requirement } = decide(policy, asked)
    return [outcome, requirement.tokenLifetimeDays, requirement.from.tokenLifetimeDays?.id]
  }
  assert.deepEqual(days(compiled(), 'person-guest'), ['deny', 30, undefined])
  assert.deepEqual(days(compiled(...rules.slice(0, 2)), 'person-guest'), ['deny', 30, undefined])
  assert.deepEqual(days(compiled(...rules), 'person-guest'), ['deny', 7, 'week'])
  assert.equal(days(compiled(), 'person-member')[1], null)
  assert.equal(days(compiled(), 'agent-guest')[1], null)
  const stale = facts({
    act: 'token.use',
    actor: actors[1] ?? assert.fail(),
    token: { lifetimeDays: 365, ageDays: 31 },
  })
  const decision = decide(compiled(), stale)
  assert.equal(decision.outcome, 'deny', 'one from when they were more than a guest')
  assert.equal(explainDecision(decision, stale), 'An API token of a guest may live 30 days at most.')
})
