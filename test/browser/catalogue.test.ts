import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from '../../src/policy/catalogue.ts'
import { shipped } from '../support/guardrails.ts'
import { keyScenes, limitScenes } from './catalogue-scenes.ts'

test('every guardrail that ships is shown in a browser', () => {
  const ids = catalogue.map(({ rule }) => rule.id)
  assert.deepEqual(Object.keys({ ...keyScenes, ...limitScenes }).sort(), ids.sort())
})

for (const [play, shown] of Map.groupBy(Object.entries(keyScenes), ([, play]) => play))
  test(shown.map(([id]) => shipped(id).title).join('; '), { timeout: shown.length * 280_000 }, play)
