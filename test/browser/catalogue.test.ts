import assert from 'node:assert/strict'
import { test } from 'node:test'
import { catalogue } from '../../src/policy/catalogue.ts'
import { shipped } from '../support/guardrails.ts'
import { keyScenes, limitScenes } from './catalogue-scenes.ts'

test('every guardrail that ships is shown in a browser', () => {
  const ids = catalogue.map(({ rule }) => rule.id)
  assert.deepEqual(Object.keys({ ...keyScenes, ...limitScenes }).sort(), ids.sort())
})

for (const [id, play] of Object.entries(keyScenes)) test(shipped(id).title, { timeout: 120_000 }, play)
