import assert from 'node:assert/strict'
import { test } from 'node:test'
import { policyOf, rule } from '../policy/policy-testing.ts'
import { diffPolicies } from './differences.ts'

const one = rule({ id: 'one', title: 'One' })
const two = rule({ id: 'two', title: 'Two' })

test('rules are added, changed and removed by their ids, whatever their order', () => {
  assert.deepEqual(diffPolicies(policyOf(one, two), policyOf(two, one)), [])
  assert.deepEqual(diffPolicies(policyOf(one), policyOf(one, two)), [
    { kind: 'added', rule: { id: 'two', title: 'Two' } },
  ])
  assert.deepEqual(diffPolicies(policyOf(one, two), policyOf({ ...two, mode: 'report' })), [
    { kind: 'changed', rule: { id: 'two', title: 'Two' } },
    { kind: 'removed', rule: { id: 'one', title: 'One' } },
  ])
})

test('another list of refused reports shows, the same list in another order does not', () => {
  const policy = policyOf()
  const [first = '', ...rest] = policy.refusedModelStatuses
  assert.deepEqual(diffPolicies(policy, { ...policy, refusedModelStatuses: [...rest, first] }), [])
  const [difference] = diffPolicies(policy, { ...policy, refusedModelStatuses: rest })
  assert.equal(difference?.rule.id, 'refusedModelStatuses')
})
