import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstPolicy } from '../../../src/policy/rule.ts'
import { parsePolicy, placeOfProblem } from './parse-policy.ts'

test('an exported policy is read, without the address of its schema', () => {
  assert.deepEqual(parsePolicy(JSON.stringify({ $schema: 'https://x.example/schema.json', ...firstPolicy })), {
    policy: firstPolicy,
  })
})

for (const [text, problem] of [
  ['{"version": 1,', /^This is not JSON: /],
  ['[]', /JSON object/],
  ['null', /JSON object/],
  ['{"version": 2}', /"version": 1/],
  ['{"version": 1}', /"rules"/],
  ['{"version": 1, "rules": []}', /"refusedModelStatuses"/],
] as const)
  test(`refused: ${text}`, () => {
    const parsed = parsePolicy(text)
    assert.ok('problem' in parsed)
    assert.match(parsed.problem, problem)
  })

test('a refused field is found in its rule', () => {
  const policy = { ...firstPolicy, rules: [{ title: 'First' }] } as typeof firstPolicy
  assert.deepEqual(placeOfProblem('policy.rules.0.requires', policy), { rule: 'First', rest: 'requires' })
  assert.deepEqual(placeOfProblem('policy.rules.0', policy), { rule: 'First', rest: '' })
  assert.deepEqual(placeOfProblem('policy.rules.7.who', policy), { rule: null, rest: 'policy.rules.7.who' })
})
