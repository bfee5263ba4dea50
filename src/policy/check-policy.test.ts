import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Value } from 'typebox/value'
import { catalogue, catalogueAt } from './catalogue.ts'
import { checkPolicy, type KnownNames } from './check-policy.ts'
import { policyOf, rule } from './policy-testing.ts'
import { Policy, type Rule } from './rule.ts'

const at = 1_800_000_000_000
const known: KnownNames = {
  usernames: new Set(['ana']),
  groups: new Set(['ops']),
  places: new Set(['rep_1']),
  applications: new Set(['wiki', 'grafana']),
  askingOnly: new Set(['grafana']),
}
const messages = (...rules: Rule[]): string[] =>
  checkPolicy(policyOf(...rules), known, at).map(({ message }) => message)

test('the catalogue is valid, and each of its rules has an effect', () => {
  const policy = policyOf(...catalogue.map((entry) => entry.rule))
  assert.ok(Value.Check(Policy, policy))
  assert.deepEqual(checkPolicy(policy, known, at), [])
})

test('names that nobody has are refused', () => {
  assert.deepEqual(messages(rule({ who: ['user:nobody', 'group:none', 'user:ana', 'group:ops'] })), [
    'There is nobody named nobody.',
    'There is no group none.',
  ])
  assert.deepEqual(messages(rule({ where: { repositories: ['rep_1', 'rep_2'] } })), [
    'There is no project or repository rep_2.',
  ])
  assert.deepEqual(messages(rule({ does: ['merge', 'fly', 'moon.*'] })), [
    'There is no act fly.',
    'There is no act moon.*.',
  ])
  assert.equal(messages(rule(), rule()).length, 1)
})

test('a part without effect is refused: no switch that does nothing', () => {
  assert.match(messages(rule({ requires: { tokenLifetimeDays: 9 } }))[0] ?? '', /token’s lifetime has an effect only/)
  assert.match(messages(rule({ requires: { people: 2 } }))[0] ?? '', /several people has an effect only/)
  assert.match(messages(rule({ does: ['sign-in'], where: { branches: ['main'] } }))[0] ?? '', /never apply/)
  assert.match(messages(rule({ does: ['sign-in'], who: ['repository-role:admin'] }))[0] ?? '', /never apply/)
  assert.match(messages(rule({ does: ['project.delete'], where: { branches: ['main'] } }))[0] ?? '', /a branch/)
  assert.deepEqual(messages(rule({ does: ['bypass', 'confirm'], where: { branches: ['main'] } })), [])
  assert.deepEqual(messages(rule({ does: ['deploy-key.*'], where: { repositories: ['rep_1'] } })), [])
})

test('what nobody could ever meet is refused', () => {
  assert.match(messages(rule({ requires: { models: { allow: ['synced'], deny: ['synced'] } } }))[0] ?? '', /No kind/)
  assert.match(
    messages(rule({ requires: { strength: 'attested', models: { allow: ['synced'] } } }))[0] ?? '',
    /allows only synced/,
  )
  const session = { sessionIdleSeconds: 7200, sessionAbsoluteSeconds: 3600 }
  assert.match(messages(rule({ does: ['session'], requires: session }))[0] ?? '', /idle longer/)
  for (const range of ['10.0.0.0/33', '300.1.1.1', '::/129', '1.2.3.4/8/9'])
    assert.match(messages(rule({ requires: { networks: [range] } }))[0] ?? '', /is not an address/, range)
})

test('the form refuses expressions, thousands of rules and long lists', () => {
  const bad: unknown[] = [
    policyOf(rule({ who: ['everyone', 'user:a,b'] })),
    policyOf(rule({ does: ['(a+)+$'] })),
    policyOf(rule({ id: '../x' })),
    policyOf(...Array.from({ length: 10_000 }, (_, index) => rule({ id: `r${index}` }))),
    { ...policyOf(), version: 2 },
    policyOf({ ...rule(), surprise: true } as Rule),
  ]
  for (const policy of bad) assert.ok(!Value.Check(Policy, policy))
})

test('a tap for each single act is asked only of what can wait for one', () => {
  const tap = { freshnessSeconds: 0 }
  assert.deepEqual(messages(rule({ does: ['push'], requires: tap })), [])
  for (const does of [['session'], ['push', 'session'], ['*'], ['merge']])
    assert.match(messages(rule({ does, requires: tap }))[0] ?? '', /only of those who push to a branch/)
  assert.match(
    messages(rule({ does: ['session'], requires: { freshnessSeconds: 30 } }))[0] ?? '',
    /60 seconds at least/,
  )
})

test('a permission is narrow: for named people, to sign in, alone in its rule, until a near day', () => {
  const [card] = catalogueAt(at).slice(catalogue.length)
  const permission: Rule = { ...rule(), ...card?.rule, who: ['group:ops'] }
  const day = 86_400_000
  assert.deepEqual(messages(permission), [])
  assert.deepEqual(messages({ ...permission, permits: { signIn: 'password', until: at + 180 * day } }), [])
  const wrong: [Partial<Rule>, RegExp][] = [
    [{ who: ['everyone'] }, /never everybody/],
    [{ who: ['role:admin'] }, /never a role/],
    [{ who: ['group:ops', 'agents'] }, /never a role/],
    [{ does: ['*'] }, /Only signing in/],
    [{ does: ['sign-in', 'merge'] }, /Only signing in/],
    [{ requires: { strength: 'passkey' } }, /make two/],
    [{ mode: 'report' }, /cannot only report/],
    [{ enforceFrom: at }, /holds at once/],
    [{ permits: { signIn: 'mfa', until: at + 181 * day } }, /180 days at most/],
  ]
  for (const [change, problem] of wrong) assert.match(messages({ ...permission, ...change })[0] ?? '', problem)
  assert.match(messages(rule({ requires: {} }))[0] ?? '', /asks for nothing/)
  const { permits: _, ...asking } = { ...permission, id: 'asks', requires: { strength: 'attested' } as const }
  assert.match(messages(permission, asking)[0] ?? '', /asks the same people for a key/)
})

test('a rule about tools names those there are, by paths that can match, and asks only what can be asked there', () => {
  assert.deepEqual(messages(rule({ does: ['application.use'], where: { applications: ['wiki'] } })), [])
  assert.deepEqual(
    messages(rule({ does: ['application.*'], where: { applications: ['wiki'], paths: ['/admin*'] } })),
    [],
  )
  for (const where of [{ paths: ['/admin*'] }, { methods: ['POST'] }]) {
    const asked = (applications: string[]) =>
      messages(rule({ does: ['application.use'], where: { applications, ...where } }))
    assert.match(asked(['grafana'])[0] ?? '', /behind the proxy, so the rule would never apply to grafana/)
    assert.deepEqual(asked(['grafana', 'wiki']), [])
  }
  assert.deepEqual(messages(rule({ does: ['application.use'], where: { applications: ['grafana'] } })), [])
  assert.deepEqual(messages(rule({ does: ['application.use'], where: { applications: ['board'] } })), [
    'There is no application with the short name board.',
  ])
  assert.deepEqual(messages(rule({ does: ['application.use'], requires: { freshnessSeconds: 900 } })), [])
  assert.match(messages(rule({ does: ['application.use'], requires: { freshnessSeconds: 0 } }))[0] ?? '', /single act/)
  assert.match(
    messages(rule({ does: ['application.call'], requires: { freshnessSeconds: 900 } }))[0] ?? '',
    /age of a tap/,
  )
  for (const where of [{ applications: ['wiki'] }, { paths: ['/x'] }, { methods: ['POST'] }])
    assert.match(messages(rule({ does: ['merge'], where }))[0] ?? '', /happens at an application/)
  for (const path of ['/a//b', '/%61', '/a/../b', '/a;b'])
    assert.match(messages(rule({ does: ['application.use'], where: { paths: [path] } }))[0] ?? '', /can never match/)
  assert.match(
    messages(rule({ does: ['*'], where: { applications: ['wiki'], repositories: ['rep_1'] } }))[0] ?? '',
    /at once/,
  )
})
