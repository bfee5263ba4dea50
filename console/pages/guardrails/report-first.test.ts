import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy, Rule } from '../../api/shapes.ts'
import { reportFirst } from './report-first.ts'

const rule = (id: string, more: Partial<Rule> = {}): Rule => ({
  id,
  title: id,
  mode: 'enforce',
  who: ['everyone'],
  does: ['merge'],
  requires: { strength: 'device-bound' },
  ...more,
})
const policy = (...rules: Rule[]): Policy => ({ version: 1, rules, refusedModelStatuses: [] })

test('what begins to be enforced reports first, what is enforced today stays', () => {
  const kept = rule('kept')
  const stricter = rule('stricter', { requires: { strength: 'attested' } })
  const draft = {
    basedOn: 3,
    base: policy(kept, rule('stricter'), rule('woken', { mode: 'off' })),
    policy: policy(kept, stricter, rule('woken'), rule('new', { enforceFrom: 5 })),
  }
  assert.deepEqual(
    reportFirst(draft)?.policy,
    policy(kept, stricter, rule('woken', { mode: 'report' }), rule('new', { mode: 'report' })),
  )
})

test('nothing to soften', () => {
  const base = policy(rule('a'), rule('b'))
  assert.equal(reportFirst({ basedOn: 0, base, policy: policy(rule('a', { mode: 'off' })) }), null)
})
