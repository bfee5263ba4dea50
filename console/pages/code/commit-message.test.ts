import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitTrailers } from './commit-message.ts'

test('parts the words of a commit from its trailers', () => {
  const trailers = 'Postern-Ref: refs/heads/main\nCo-authored-by: Bo <bo@example.com>'
  assert.deepEqual(splitTrailers(`Why.\n\nMore.\n\n${trailers}\n`), { words: 'Why.\n\nMore.', trailers })
  assert.deepEqual(splitTrailers(trailers), { words: '', trailers })
  assert.deepEqual(splitTrailers(''), { words: '', trailers: '' })
  for (const words of ['Note: one thing\nand what it means', 'See\n\nhttp://example.com', 'Fixes it.'])
    assert.deepEqual(splitTrailers(words), { words, trailers: '' })
})
