import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ActName, acts } from './acts.ts'
import { decide } from './decide.ts'
import type { DecisionFacts } from './facts.ts'
import { compiled, facts, proof, rule } from './policy-testing.ts'
import { floorOf } from './requirement.ts'
import type { Rule } from './rule.ts'

const names = Object.keys(acts) as ActName[]
const bare = compiled()

test('without a rule the floor holds: nothing proven, or too little, is a step up', () => {
  for (const act of names) {
    const least = floorOf(act)
    for (const weak of [null, ...(floorOf(act).strength === 'password' ? [] : [proof({ strength: 'mfa' })])]) {
      const decision = decide(bare, facts({ act, proof: weak }))
      assert.equal(decision.outcome, 'step-up', act)
      assert.equal(decision.rule, `floor:${act}`)
      assert.equal(decision.requirement.strength, least.strength)
    }
  }
})

test('an act takes a tap bound to it, however fresh and strong the session', () => {
  const strong = proof({ strength: 'attested', boundToAct: false })
  for (const act of names.filter((name) => floorOf(name).freshnessSeconds === 0)) {
    assert.equal(decide(bare, facts({ act, proof: strong })).outcome, 'step-up', act)
    assert.equal(decide(bare, facts({ act, proof: proof() })).outcome, 'allow', act)
  }
})

test('an agent can do nothing that takes a tap, whatever it shows', () => {
  for (const kind of ['agent', 'system'] as const)
    for (const act of names.filter((name) => floorOf(name).freshnessSeconds === 0))
      assert.equal(decide(bare, facts({ act, actor: { ...facts().actor, kind } })).outcome, 'deny', act)
})

test('the strictest of each part wins, and the decision names the rule it follows from', () => {
  const policy = compiled(
    rule({ id: 'weak', requires: { strength: 'device-bound' } }),
    rule({ id: 'strong', title: 'Verified keys', requires: { strength: 'attested' } }),
  )
  const decision = decide(policy, facts({ proof: proof({ strength: 'device-bound' }) }))
  assert.equal(decision.outcome, 'step-up')
  assert.equal(decision.rule, 'strong')
  assert.deepEqual(decision.unmet, [{ part: 'strength', rule: { id: 'strong', title: 'Verified keys' } }])
  assert.equal(decide(policy, facts({ proof: proof({ strength: 'attested' }) })).outcome, 'allow')
})

test('who: role, group, guests, user, role in the repository', () => {
  const asks = (who: string, actor: Partial<DecisionFacts['actor']>, more: Partial<DecisionFacts> = {}): boolean =>
    decide(compiled(rule({ who: [who] })), facts({ actor: { ...facts().actor, ...actor }, ...more })).outcome ===
    'step-up'
  assert.ok(asks('role:admin', { role: 'admin' }))
  assert.ok(!asks('role:admin', { role: 'owner' }))
  assert.ok(asks('group:ops', { groups: ['dev', 'ops'] }))
  assert.ok(!asks('group:ops', { groups: ['dev'] }))
  assert.ok(asks('guests', { role: 'guest' }))
  assert.ok(!asks('guests', {}))
  assert.ok(asks('user:ana', {}))
  assert.ok(!asks('user:ben', {}))
  assert.ok(asks('repository-role:write', {}))
  assert.ok(!asks('repository-role:admin', {}))
  assert.ok(!asks('repository-role:read', {}, { place: null }))
})

test('where: project, repository, branch, network', () => {
  const asks = (where: Rule['where'], more: Partial<DecisionFacts> = {}): boolean =>
    decide(compiled(rule(where === undefined ? {} : { where })), facts(more)).outcome === 'step-up'
  assert.ok(asks({ repositories: ['prj_1'] }))
  assert.ok(asks({ repositories: ['rep_1'] }))
  assert.ok(!asks({ repositories: ['rep_2'] }))
  assert.ok(asks({ branches: ['release/*', 'ma*'] }))
  assert.ok(!asks({ branches: ['release/*'] }))
  assert.ok(!asks({ branches: ['*'] }, { place: null }))
  assert.ok(asks({ networks: ['192.0.2.0/24'] }))
  assert.ok(!asks({ networks: ['198.51.100.0/24'] }))
})

test('where: an application, and paths and methods behind the proxy', () => {
  const at = (path: string | null, method: string | null = 'GET') => ({
    act: 'application.use' as const,
    place: null,
    use: { application: 'wiki', name: 'Wiki', path, method },
  })
  const asks = (where: NonNullable<Rule['where']>, more: Partial<DecisionFacts>): boolean =>
    decide(compiled(rule({ does: ['application.use'], where })), facts(more)).outcome === 'step-up'
  assert.ok(asks({ applications: ['wiki'] }, at('/')))
  assert.ok(!asks({ applications: ['board'] }, at('/')))
  const administration = { applications: ['wiki'], paths: ['/admin*'] }
  assert.ok(asks(administration, at('/admin/users')))
  assert.ok(!asks(administration, at('/pages/admin')))
  assert.ok(asks({ ...administration, methods: ['DELETE'] }, at('/admin', 'DELETE')))
  assert.ok(!asks({ ...administration, methods: ['DELETE'] }, at('/admin', 'GET')))
})

test('a network is denied, not stepped up: no tap would help; and an unknown address is nowhere', () => {
  const policy = compiled(rule({ requires: { networks: ['10.0.0.0/8', '2001:db8::/32'] } }))
  for (const address of ['192.0.2.7', null, 'nonsense']) {
    const decision = decide(policy, facts({ address }))
    assert.deepEqual([decision.outcome, decision.rule], ['deny', 'a-rule'])
  }
  for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1'])
    assert.equal(decide(policy, facts({ address })).outcome, 'allow', address)
})

test('kinds of keys: category first, then the model; a key nobody knows passes no list of models', () => {
  const model = '00000000-0000-0000-0000-00000000000a'
  const only = compiled(rule({ requires: { models: { allow: ['hardware-key'], deny: [model] } } }))
  const outcome = (category: 'synced' | 'hardware-key', aaguid: string | null): string =>
    decide(only, facts({ proof: proof({ key: { category, aaguid } }) })).outcome
  assert.equal(outcome('synced', null), 'step-up')
  assert.equal(outcome('hardware-key', null), 'allow')
  assert.equal(outcome('hardware-key', model), 'step-up')
  const named = compiled(rule({ requires: { models: { allow: [model] } } }))
  const unknown = facts({ proof: proof({ key: { category: 'hardware-key', aaguid: null } }) })
  assert.equal(decide(named, unknown).outcome, 'step-up')
})

test('tokens: made for too long is denied; one from before the rule ends when it is too old', () => {
  const policy = compiled(rule({ does: ['token.*'], requires: { tokenLifetimeDays: 90 } }))
  const outcome = (act: ActName, lifetimeDays: number, ageDays: number): string =>
    decide(policy, facts({ act, token: { lifetimeDays, ageDays } })).outcome
  assert.equal(outcome('token.create', 91, 0), 'deny')
  assert.equal(outcome('token.create', 90, 0), 'allow')
  assert.equal(outcome('token.use', 365, 91), 'deny')
  assert.equal(outcome('token.use', 365, 89), 'allow')
})

test('sessions: idle and total age, and how old the last tap may be', () => {
  const limits = { sessionIdleSeconds: 3600, sessionAbsoluteSeconds: 7200, freshnessSeconds: 1800 }
  const policy = compiled(rule({ does: ['session'], requires: limits }))
  const outcome = (idleSeconds: number, totalSeconds: number, ageSeconds: number) =>
    decide(
      policy,
      facts({
        act: 'session',
        session: { idleSeconds, totalSeconds },
        proof: proof({ boundToAct: false, ageSeconds }),
      }),
    ).unmet.map(({ part }) => part)
  assert.deepEqual(outcome(0, 0, 0), [])
  assert.deepEqual(outcome(3600, 3600, 0), ['sessionIdleSeconds'])
  assert.deepEqual(outcome(0, 7200, 0), ['sessionAbsoluteSeconds'])
  assert.deepEqual(outcome(0, 3600, 1801), ['freshness'])
})

test('a rule that only reports changes nothing, and is named when it would have', () => {
  const decision = decide(compiled(rule({ mode: 'report' })), facts())
  assert.deepEqual([decision.outcome, decision.reported], ['allow', ['a-rule']])
  assert.deepEqual(decide(compiled(rule({ mode: 'off' })), facts()).reported, [])
})

test('until its date a rule reminds, from then on it holds; a clock that jumps back gives the time back', () => {
  const policy = compiled(rule({ enforceFrom: facts().at + 1 }))
  const before = decide(policy, facts())
  assert.equal(before.outcome, 'allow')
  assert.deepEqual(
    before.upcoming.map(({ rule: { id }, unmet }) => [id, unmet[0]?.part]),
    [['a-rule', 'strength']],
  )
  assert.equal(decide(policy, facts({ at: facts().at + 1 })).outcome, 'step-up')
})

test('whatever rules are added, nothing is loosened', () => {
  const someRule = fc.record({
    strength: fc.constantFrom('passkey' as const, 'device-bound' as const, 'attested' as const),
    who: fc.constantFrom('everyone', 'role:member', 'user:ben', 'group:ops'),
    mode: fc.constantFrom('enforce', 'report', 'off'),
    denied: fc.boolean(),
  })
  const rank = { allow: 0, 'step-up': 1, deny: 2 }
  fc.assert(
    fc.property(
      fc.array(someRule, { maxLength: 6 }),
      fc.constantFrom('passkey' as const, 'device-bound' as const, 'attested' as const),
      (some, strength) => {
        const rules = some.map(({ strength: least, who, mode, denied }, index) =>
          rule({
            id: `r${index}`,
            who: [who],
            mode,
            requires: {
              strength: least,
              ...(denied ? { models: { deny: ['synced'] } } : {}),
            },
          }),
        )
        const given = facts({ proof: proof({ strength }) })
        const fewer = decide(compiled(...rules.slice(1)), given)
        const all = decide(compiled(...rules), given)
        assert.ok(rank[all.outcome] >= rank[fewer.outcome])
      },
    ),
  )
})

test('the digest names the rules in force and moves only with them', () => {
  assert.match(bare.digest, /^sha256:[0-9a-f]{64}$/)
  assert.equal(bare.digest, compiled().digest)
  assert.notEqual(bare.digest, compiled(rule()).digest)
})
