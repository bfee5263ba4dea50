import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions } from '../../../src/audit/actions.ts'
import { actionGroups, emergencies } from './action-words.ts'

test('the filter offers exactly the kinds of events that there are', () => {
  const offered = actionGroups.flatMap(({ items }) => items.map(({ value }) => value))
  assert.deepEqual(offered.toSorted(), Object.keys(actions).toSorted())
  for (const action of emergencies) assert.ok(Object.hasOwn(actions, action), action)
})
