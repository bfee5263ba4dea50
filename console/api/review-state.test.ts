import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withThread, withoutComment } from './review-state.ts'
import type { CommentView, ReviewState, ThreadView } from './shapes.ts'

const comment = (id: string, isDraft = false): CommentView => ({
  id,
  author: { id: 'usr_bo', username: 'bo', displayName: 'Bo Example' },
  isAgent: false,
  body: 'Why?',
  createdAt: 1,
  editedAt: null,
  isDraft,
  isDeleted: false,
  suggestion: null,
  can: { edit: true, delete: true },
})

const thread = (id: string, ...comments: CommentView[]): ThreadView => ({
  id,
  path: null,
  side: null,
  line: null,
  startLine: null,
  isOutdated: false,
  original: { oid: '1'.repeat(40), line: null, startLine: null, snippet: '' },
  createdAt: 1,
  resolvedBy: null,
  resolvedAt: null,
  comments,
  can: { reply: true, resolve: true },
})

const state = (...threads: ThreadView[]): ReviewState => ({
  threads,
  reviews: [],
  reviewers: [],
  draftCount: 0,
  openThreadCount: 0,
  can: { comment: true, requestReviewers: true, requestChanges: true, approveRefusal: null },
})

test('a new thread comes last, a known one stays in its place', () => {
  const two = withThread(state(thread('a', comment('1'))), thread('b', comment('2', true)))
  assert.deepEqual(
    two.threads.map(({ id }) => id),
    ['a', 'b'],
  )
  assert.deepEqual([two.draftCount, two.openThreadCount], [1, 1], 'a draft is open for nobody yet')
  const resolved = withThread(two, { ...thread('a', comment('1')), resolvedAt: 5 })
  assert.deepEqual([resolved.threads[0]?.resolvedAt, resolved.openThreadCount], [5, 0])
})

test('a thread goes with its last comment', () => {
  const before = state(thread('a', comment('1'), comment('2')), thread('b', comment('3', true)))
  assert.deepEqual(
    withoutComment(before, '1').threads.map(({ comments }) => comments.length),
    [1, 1],
  )
  assert.deepEqual(
    withoutComment(before, '3').threads.map(({ id }) => id),
    ['a'],
  )
})
