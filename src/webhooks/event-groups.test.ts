import assert from 'node:assert/strict'
import { test } from 'node:test'
import { actions } from '../audit/actions.ts'
import { checkEvents, elsewhere, eventGroups, isWanted } from './event-groups.ts'

test('every action can be told, or never concerns one repository alone', () => {
  const told = new Set(eventGroups.flatMap(({ events }) => events))
  for (const action of Object.keys(actions))
    if (!told.has(action) && !/^(repository|webhook)\.created$/.test(action))
      assert.ok(elsewhere.includes(action.split('.')[0] ?? ''), `${action} is in no group of event-groups.ts`)
  for (const { title, words } of eventGroups) assert.notEqual(words, '', title)
})

test('a list is checked, put in order, and holds each once', () => {
  assert.deepEqual(checkEvents(['pull-request.merged', 'ref.updated', 'pull-request.merged']), [
    'ref.updated',
    'pull-request.merged',
  ])
  assert.deepEqual(checkEvents(['ref.updated', '*']), ['*'])
  for (const given of [[], ['ping'], ['session.started'], ['__proto__'], ['ref.*']])
    assert.throws(() => checkEvents(given), /event/)
  assert.ok(isWanted(['*'], 'anything'))
  assert.ok(!isWanted(['ref.updated'], 'ref.created'))
})
