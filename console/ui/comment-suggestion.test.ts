import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitSuggestion, withSuggestion } from './comment-suggestion.ts'

test('a suggestion begins as the lines are, below what was typed', () => {
  assert.equal(withSuggestion('', ['a', '  b']), '```suggestion\na\n  b\n```\n')
  assert.equal(withSuggestion('Shorter:\n', ['a']), 'Shorter:\n\n```suggestion\na\n```\n')
})

test('lines that hold a fence themselves get a longer one', () => {
  const made = withSuggestion('', ['```sh', 'ls', '```'])
  assert.ok(made.startsWith('````suggestion\n'))
  assert.deepEqual(splitSuggestion(made)?.lines, ['```sh', 'ls', '```'])
})

test('a comment is taken apart at its suggestion', () => {
  assert.deepEqual(splitSuggestion('So:\r\n```suggestion\r\na\r\n\r\nb\r\n```\r\nor not'), {
    before: 'So:',
    lines: ['a', '', 'b'],
    after: 'or not',
  })
  assert.deepEqual(splitSuggestion('```suggestion\n```')?.lines, [], 'take the lines away')
  assert.equal(splitSuggestion('```ts\nx\n```'), null)
})
