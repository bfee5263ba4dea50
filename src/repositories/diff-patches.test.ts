import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDiffList } from './diff-list.ts'
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

test('a list of very many is counted to its end, and named as far as it is asked for', () => {
  const raw = (letter: string, ...paths: string[]): string =>
    `:100644 100644 ${'a'.repeat(40)} ${'b'.repeat(40)} ${letter}\0${paths.map((path) => `${path}\0`).join('')}`
  const files = raw('M', ':one') + raw('R090', 'two', '3\t3\tmoved') + raw('A', 'four') + raw('C75', 'four', 'five')
  const counts = ['10\t2\t:one', '1\t0\t', 'two', '3\t3\tmoved', '-\t-\tfour', '0\t7\t', 'four', 'five']
    .map((field) => `${field}\0`)
    .join('')
  const whole = parseDiffList(Buffer.from(files + counts))
  const { files: named, ...totals } = whole
  assert.deepEqual(totals, { fileCount: 4, additions: 11, deletions: 9, uncounted: 1 })
  assert.deepEqual(
    named.map(({ oldPath, newPath, status, additions, deletions, isBinary }) =>
      [oldPath, newPath, status, additions, deletions, isBinary].join(' '),
    ),
    [
      ':one :one modified 10 2 false',
      'two 3\t3\tmoved renamed 1 0 false',
      ' four added 0 0 true',
      'four five copied 0 7 false',
    ],
  )
  for (const most of [0, 1, 2, 3, 4])
    assert.deepEqual(parseDiffList(Buffer.from(files + counts), most), { ...whole, files: named.slice(0, most) })
  assert.deepEqual([parseDiffList(Buffer.from(files)).fileCount, parseDiffList(Buffer.from(files)).additions], [4, 0])
  for (const broken of [files.slice(0, -1), files + counts.slice(0, -1), `${files}x`, `${files}1\t\tone\0`])
    for (const most of [0, 9]) assert.throws(() => parseDiffList(Buffer.from(broken), most), RangeError)
})
