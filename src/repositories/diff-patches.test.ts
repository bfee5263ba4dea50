import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitPatches } from './diff-patches.ts'

const list = ':100644 100644 a b M\0one\0:100644 100644 c d M\0two\0'
const patches = `diff --git a/one b/one
index a..b 100644
--- a/one
+++ b/one
@@ -1 +1 @@
-diff --git a/x b/x
+diff --git a/y b/y
diff --git a/two b/two
similarity index 100%
`
const split = (count: number) => splitPatches(Buffer.from(`${list}\0${patches}`), () => count)

test('hunks go to their files, and content that looks like a file does not make one', () => {
  const { list: bytes, hunks, counts } = split(2)
  assert.equal(bytes.toString(), list)
  assert.deepEqual(hunks, ['@@ -1 +1 @@\n-diff --git a/x b/x\n+diff --git a/y b/y\n', ''])
  assert.deepEqual(
    counts.map(({ additions, deletions }) => [additions, deletions]),
    [
      [1, 1],
      [0, 0],
    ],
  )
})

test('where they cannot be told apart there are none', () => {
  assert.equal(split(3).hunks, undefined)
  const alone = splitPatches(Buffer.from(list), () => 2)
  assert.deepEqual([alone.list.toString(), alone.hunks], [list, undefined])
  const binary = `diff --git a/one b/one\nindex a..b 100644\nBinary files a/one and b/one differ\n${patches.slice(patches.indexOf('diff --git a/two'))}`
  const { counts } = splitPatches(Buffer.from(`${list}\0${binary}`), () => 2)
  assert.deepEqual(
    counts.map(({ isBinary }) => isBinary),
    [true, false],
  )
})
