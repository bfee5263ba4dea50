import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeActs } from './write-acts.ts'

const labels = (draftCount: number, isAlone: boolean, isOnlyDraft: boolean) =>
  writeActs({ draftCount, isAlone, isOnlyDraft, run: async () => undefined }).map(({ label }) => label)

test('a comment goes out at once or with the review; the first is what Ctrl and Enter do', () => {
  assert.deepEqual(labels(0, false, false), ['Comment now', 'Start a review'])
  assert.deepEqual(labels(2, false, false), ['Add to review', 'Comment now'])
})

test('what is about the whole is no part of a review; an answer to a draft is a draft', () => {
  assert.deepEqual(labels(2, true, false), ['Comment'])
  assert.deepEqual(labels(2, false, true), ['Add to review'])
})
