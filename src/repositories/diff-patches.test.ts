import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitPatches } from './diff-patches.ts'

const list = ':100644 100644 a b M\0one\0:100644 100644 c d M\0two\x001\t1\tone\x001\t1\ttwo\0'
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
  const { list: bytes, hunks } = split(2)
  assert.equal(bytes.toString(), list)
  assert.deepEqual(hunks, ['@@ -1 +1 @@\n-diff --git a/x b/x\n+diff --git a/y b/y\n', ''])
})

test('where they cannot be told apart there are none', () => {
  assert.equal(split(3).hunks, undefined)
  const alone = splitPatches(Buffer.from(list), () => 2)
  assert.deepEqual([alone.list.toString(), alone.hunks], [list, undefined])
})
