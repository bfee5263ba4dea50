import assert from 'node:assert/strict'
import { test } from 'node:test'
import { acts } from '../../../src/policy/acts.ts'
import { byTopic } from './act-topics.ts'

test('every act stands once, below what it is about; the rest is the organisation’s', () => {
  const all = Object.keys(acts)
  const topics = byTopic(all.map((act) => ({ act })))
  assert.deepEqual(topics.flatMap((topic) => topic.acts.map(({ act }) => act)).toSorted(), all.toSorted())
  const rest = topics.at(-1)?.acts.map(({ act }) => act.split('.')[0])
  assert.deepEqual(
    new Set(rest),
    new Set(['break-glass', 'demo', 'directory', 'domain', 'guardrail', 'ledger', 'metadata', 'provider', 'setting']),
  )
})

test('a topic without acts is left out', () => {
  assert.deepEqual(byTopic([{ act: 'merge' }]), [{ title: 'Git and merging', acts: [{ act: 'merge' }] }])
})
