import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LINE_LIMIT, shownPatch } from './diff-patch.ts'

const HEADER = 'diff --git "a/--- x" "b/--- x"\nindex 1..2 100644\n--- "a/--- x"\n+++ "b/--- x"\n'

test('the header of the viewer does not depend on the file name', () => {
  assert.equal(shownPatch(`${HEADER}@@ -1 +1 @@\n-a\n+b\n`), '--- a\n+++ b\n@@ -1 +1 @@\n-a\n+b\n')
})

test('hidden characters in a change are written out', () => {
  assert.equal(shownPatch('@@ -1 +1 @@\n-a\n+a\u202eb'), '--- a\n+++ b\n@@ -1 +1 @@\n-a\n+a⟦U+202E⟧b')
})

test('a very long line is cut and says so', () => {
  const shown = shownPatch(`@@ -0,0 +1 @@\n+${'x'.repeat(LINE_LIMIT + 9)}`)
  assert.match(shown ?? '', /x … \(10 more characters\)$/)
})

test('a rename without changes has nothing to show', () => {
  assert.equal(shownPatch('diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y\n'), null)
  assert.equal(shownPatch(''), null)
})
