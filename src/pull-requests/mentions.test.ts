import assert from 'node:assert/strict'
import { it } from 'node:test'
import { findMentions } from './mentions.ts'

it('finds whom a text speaks to, once each', () => {
  assert.deepEqual(findMentions('@ana and @Bob-2: look, (@ana) — “@cid”.'), ['ana', 'bob-2', 'cid'])
})

it('passes over code, addresses and what only looks like a name', () => {
  const text =
    'mail ana@example.com, x/@scope, `@code`, ``a ` @b``, @@twice, @ alone, @-dash\n```\n@block\n```\n~~~\n@open'
  assert.deepEqual(findMentions(text), [])
})

it('takes no more than a few, however long the text', () => {
  const text = Array.from({ length: 100 }, (_, index) => `@person${index}`).join(' ')
  assert.equal(findMentions(text).length, 20)
})
