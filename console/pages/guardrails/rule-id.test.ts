import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ruleIdOf } from './rule-id.ts'

test('an id is made of the title', () => {
  assert.equal(ruleIdOf('Hardware keys for Zoë’s crew!', new Set()), 'hardware-keys-for-zoe-s-crew')
  assert.equal(ruleIdOf('規則', new Set()), 'rule')
  assert.match(ruleIdOf('x'.repeat(120), new Set()), /^[a-z0-9][a-z0-9-]{0,62}$/)
})

test('an id that is taken gets a number', () => {
  assert.equal(ruleIdOf('Tokens', new Set(['tokens', 'tokens-2'])), 'tokens-3')
})
