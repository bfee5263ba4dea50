import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Hunk, mapLines, parseHunks } from './map-line.ts'

const hunk = (oldStart: number, oldCount: number, newStart: number, newCount: number): Hunk => ({
  oldStart,
  oldCount,
  newStart,
  newCount,
})

test('lines move with what is put in or taken out before them', () => {
  const hunks = [hunk(2, 0, 3, 3), hunk(10, 2, 13, 0)]
  assert.deepEqual(mapLines(hunks, { start: 1, end: 2 }), { start: 1, end: 2 })
  assert.deepEqual(mapLines(hunks, { start: 3, end: 3 }), { start: 6, end: 6 })
  assert.deepEqual(mapLines(hunks, { start: 9, end: 9 }), { start: 12, end: 12 })
  assert.deepEqual(mapLines(hunks, { start: 12, end: 14 }), { start: 13, end: 15 })
})

test('a line that was changed or taken away is gone', () => {
  assert.equal(mapLines([hunk(5, 1, 5, 1)], { start: 5, end: 5 }), undefined)
  assert.equal(mapLines([hunk(5, 3, 4, 0)], { start: 6, end: 6 }), undefined)
  assert.equal(mapLines([hunk(5, 1, 5, 1)], { start: 3, end: 5 }), undefined)
})

test('lines with something put between them are no longer the range that was read', () => {
  assert.equal(mapLines([hunk(4, 0, 5, 1)], { start: 4, end: 5 }), undefined)
  assert.deepEqual(mapLines([hunk(3, 0, 4, 1)], { start: 4, end: 5 }), { start: 5, end: 6 })
  assert.deepEqual(mapLines([hunk(5, 0, 6, 1)], { start: 4, end: 5 }), { start: 4, end: 5 })
})

test('hunks are read by their blobs, and no line of a file passes for one', () => {
  const [one, other, third] = ['1'.repeat(40), '2'.repeat(40), '3'.repeat(40)]
  const patch = [
    'diff --git a/x b/x',
    `index ${one}..${other} 100644`,
    '--- a/x',
    '+++ b/x',
    '@@ -1 +1,2 @@ function',
    '-@@ -9,9 +9,9 @@',
    `+index ${one}..${third}`,
    '+@@ -7 +7 @@',
    '@@ -10,0 +12 @@',
    '+new',
    '\\ No newline at end of file',
    'diff --git a/y b/y',
    `index ${other}..${third} 100644`,
    'Binary files a/y and b/y differ',
    '',
  ].join('\n')
  assert.deepEqual(
    [...parseHunks(patch)],
    [
      [`${one} ${other}`, [hunk(1, 1, 1, 2), hunk(10, 0, 12, 1)]],
      [`${other} ${third}`, null],
    ],
  )
})
