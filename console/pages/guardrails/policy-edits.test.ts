import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Rule } from '../../api/shapes.ts'
import { isSame, listClashes, listEdits, rebasePolicy, withRule } from './policy-edits.ts'

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  title: `Rule ${id}`,
  mode: 'enforce',
  who: ['everyone'],
  does: ['merge'],
  requires: { strength: 'attested' },
  ...more,
})
const policy = (...rules: Rule[]): Policy => ({ version: 1, rules, refusedModelStatuses: ['REVOKED'] })

test('edits name what was added, changed and removed', () => {
  const edits = listEdits(
    policy(rule('a'), rule('b'), rule('c')),
    policy(rule('c'), rule('b', { mode: 'off' }), rule('d')),
  )
  assert.deepEqual(
    edits.map(({ id, kind }) => [id, kind]),
    [
      ['b', 'changed'],
      ['d', 'added'],
      ['a', 'removed'],
    ],
  )
})

test('the order of keys is no change, that of a list is', () => {
  assert.ok(isSame({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1, d: undefined }))
  assert.ok(!isSame({ a: [1, 2] }, { a: [2, 1] }))
})

test('a change is made again on top of somebody else’s', () => {
  const base = policy(rule('a'), rule('b'))
  const mine = withRule(withRule(base, 'a', undefined), 'c', rule('c'))
  const theirs = policy(rule('a'), rule('b', { mode: 'report' }), rule('d'))
  assert.deepEqual(rebasePolicy(base, mine, theirs), policy(rule('b', { mode: 'report' }), rule('d'), rule('c')))
  assert.deepEqual(listClashes(base, mine, theirs), [])
})

test('where both changed a rule, mine stands and is named', () => {
  const base = policy(rule('a'))
  const mine = policy(rule('a', { mode: 'off' }))
  assert.deepEqual(rebasePolicy(base, mine, policy()), mine)
  assert.deepEqual(listClashes(base, mine, policy()), ['a'])
  assert.deepEqual(listClashes(base, mine, mine), [], 'the same change by both is none')
})

test('the reports that count against a model are carried along', () => {
  const base = policy()
  const mine = { ...base, refusedModelStatuses: [] }
  assert.deepEqual(rebasePolicy(base, mine, policy(rule('a'))), { ...policy(rule('a')), refusedModelStatuses: [] })
  assert.deepEqual(rebasePolicy(base, base, mine), mine)
})
