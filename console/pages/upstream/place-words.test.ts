import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mapToText, textToDomains, textToMap } from './place-words.ts'

test('groups are typed one a line, and what is none is named', () => {
  const map = { 'All = staff': 'staff', devs: 'acme-devs' }
  assert.deepEqual(textToMap(mapToText(map)), map)
  assert.deepEqual(textToMap('\n  \n'), {})
  for (const wrong of ['devs', 'devs =', '= devs', 'devs = a b', 'devs = x'])
    assert.equal(typeof textToMap(wrong), 'string')
})

test('a group there that has the name of something every object has is a group like others', () => {
  assert.deepEqual(Object.entries(textToMap('__proto__ = devs') as object), [['__proto__', 'devs']])
})

test('domains are taken as people type them', () => {
  assert.deepEqual(textToDomains(' @Acme.example, b.example;acme.example\n'), ['acme.example', 'b.example'])
})
