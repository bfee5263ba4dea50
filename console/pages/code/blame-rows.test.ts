import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blameRows } from './blame-rows.ts'

test('every line has a row, and what is not known stays open', () => {
  const commit = { oid: 'a', subject: 'Start', authorName: 'Ana', committedAt: 0, changeOid: 'm' }
  const change = { oid: 'm', pullRequest: 1, proof: null }
  const ranges = [
    { from: 2, lines: 2, oid: 'a' },
    { from: 5, lines: 1, oid: 'b' },
  ]
  const blame = { ref: 'main', oid: 'c', path: 'x', ranges, commits: [commit], changes: [change], isComplete: false }
  const unknown = { commit: null, change: null }
  assert.deepEqual(blameRows(blame, 7), [
    { from: 1, lines: 1, ...unknown },
    { from: 2, lines: 2, commit, change },
    { from: 4, lines: 1, ...unknown },
    { from: 5, lines: 1, ...unknown },
    { from: 6, lines: 2, ...unknown },
  ])
  assert.deepEqual(blameRows({ ...blame, ranges: [] }, 0), [])
})
