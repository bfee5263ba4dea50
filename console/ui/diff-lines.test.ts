import assert from 'node:assert/strict'
import { test } from 'node:test'
import { patchLines, rangeText, rangeWords } from './diff-lines.ts'

const PATCH = `diff --git a/a b/a
--- a/a
+++ b/a
@@ -1,3 +1,4 @@
 one
-two
+two!
+and a half
 three
@@ -10 +11 @@ somewhere
--- not a header
+ten
\\ No newline at end of file
`

test('lines of both sides, by their numbers', () => {
  const lines = patchLines(PATCH)
  assert.deepEqual(
    [...lines.base],
    [
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
      [10, '-- not a header'],
    ],
  )
  assert.deepEqual([...lines.head.keys()], [1, 2, 3, 4, 11])
  assert.equal(lines.head.get(11), 'ten')
  assert.equal(patchLines(null).head.size, 0)
})

test('the text of a range, where all of it is shown', () => {
  const lines = patchLines(PATCH)
  assert.deepEqual(rangeText(lines, { side: 'head', startLine: 2, line: 3 }), ['two!', 'and a half'])
  assert.equal(rangeText(lines, { side: 'head', startLine: 4, line: 5 }), null)
})

test('a range in words', () => {
  assert.equal(rangeWords({ side: 'head', startLine: 4, line: 4 }), 'Line 4')
  assert.equal(rangeWords({ side: 'base', startLine: 4, line: 9 }), 'Lines 4–9 as before')
})
