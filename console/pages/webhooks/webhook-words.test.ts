import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliveryState, eventWords, readable, shortAddress, toldOf, tookWords, webhookState } from './webhook-words.ts'

test('an event is named within its group', () => {
  assert.equal(eventWords('pull-request.source-deleted'), 'Source deleted')
  assert.equal(eventWords('merge.refused'), 'Merge refused')
  assert.equal(eventWords('merge.bypassed'), 'Merged past the rule')
  assert.equal(eventWords('ref.created'), 'Branch or tag created')
  assert.equal(eventWords('workload.switched-off'), 'Pipeline switched off')
  assert.equal(eventWords('deploy-key.passed-on'), 'Deploy key waits for somebody to keep it')
})

test('a webhook says how it is', () => {
  const at = { at: 1, status: 500, error: 'It answered 500.' }
  const word = (hook: Parameters<typeof webhookState>[0]): string => webhookState(hook).word
  assert.equal(word({ isActive: true, last: null, offReason: null }), 'Nothing sent yet')
  assert.equal(word({ isActive: true, last: at, offReason: null }), 'Fails')
  assert.equal(word({ isActive: true, last: { ...at, error: null }, offReason: null }), 'Arrives')
  assert.equal(word({ isActive: false, last: at, offReason: null }), 'Off')
  assert.equal(word({ isActive: false, last: at, offReason: 'x' }), 'Switched off by itself')
  assert.equal(deliveryState({ state: 'waiting', attempts: 2 }).word, 'Will be tried again')
})

test('addresses, times and bodies are shown for reading', () => {
  assert.deepEqual(shortAddress('https://example.com/'), { host: 'example.com', rest: '' })
  assert.deepEqual(shortAddress('https://example.com:8443/a?b'), { host: 'example.com:8443', rest: '/a?b' })
  assert.deepEqual([tookWords(90), tookWords(10_040)], ['90 ms', '10.0 s'])
  assert.equal(readable('{"a":1}'), '{\n  "a": 1\n}')
  assert.equal(readable('<p>'), '<p>')
  assert.equal(toldOf({ events: ['*'] }), 'Everything')
})
