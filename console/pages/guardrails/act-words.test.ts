import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acts } from '../../../src/policy/acts.ts'
import { catalogue } from '../../../src/policy/catalogue.ts'
import { checkPolicy } from '../../../src/policy/check-policy.ts'
import { firstPolicy, type Rule, type RuleRequirement } from '../../../src/policy/rule.ts'
import { partsOf } from './act-parts.ts'
import { actOptions, actWords, allActs } from './act-words.ts'

test('acts are said as the server says them', () => assert.deepEqual(actWords, { ...actWords, ...acts }))

test('every act is offered once', () => {
  const offered = actOptions([]).flatMap(({ items }) => items.map(({ value }) => value))
  assert.deepEqual(offered.filter((name) => !name.includes('*')).sort(), [...allActs].sort())
})

test('what an imported rule names beside them is offered too', () => {
  assert.deepEqual(actOptions(['tunnel.open', 'merge']).at(-1), {
    group: 'Others',
    items: [{ value: 'tunnel.open', label: 'Tunnel.open' }],
  })
})

test('a part is shown exactly where the server sees an effect of it', () => {
  const known = {
    usernames: new Set<string>(),
    groups: new Set<string>(),
    places: new Set(['prj_1']),
    applications: new Set<string>(),
    askingOnly: new Set<string>(),
  }
  const asked: [keyof RuleRequirement, RuleRequirement][] = [
    ['freshnessSeconds', { freshnessSeconds: 600 }],
    ['people', { people: 2 }],
    ['sessionIdleSeconds', { sessionIdleSeconds: 600 }],
    ['sessionAbsoluteSeconds', { sessionAbsoluteSeconds: 900 }],
    ['tokenLifetimeDays', { tokenLifetimeDays: 9 }],
    ['networks', { networks: ['::1'] }],
  ]
  for (const act of [...allActs, '*', 'token.*', 'repository.*', 'credential.*']) {
    const parts = partsOf([act])
    const isFine = (more: Partial<Rule>): boolean => {
      const rule: Rule = { id: 'x', title: 'X', mode: 'enforce', who: ['everyone'], does: [act], requires: {}, ...more }
      return checkPolicy({ ...firstPolicy, rules: [rule] }, known, 0).length === 0
    }
    for (const [part, requires] of asked) assert.equal(parts.has(part), isFine({ requires }), `${part} of ${act}`)
    assert.equal(parts.has('eachTap'), isFine({ requires: { freshnessSeconds: 0 } }), `a tap each time of ${act}`)
    const requires = { strength: 'passkey' as const }
    assert.equal(
      parts.has('repositories'),
      isFine({ requires, where: { repositories: ['prj_1'] } }),
      `places of ${act}`,
    )
    assert.equal(parts.has('branches'), isFine({ requires, where: { branches: ['main'] } }), `branches of ${act}`)
  }
})

test('the form can show every part of every rule of the catalogue', () => {
  for (const { rule } of catalogue)
    for (const [part, value] of Object.entries(rule.requires))
      assert.ok(
        partsOf(rule.does).has(
          part === 'freshnessSeconds' && value === 0 ? 'eachTap' : (part as keyof RuleRequirement),
        ),
        `${part} of ${rule.id}`,
      )
})
