import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DiffFile } from '@git-diff-view/react'
import { loadHighlighter } from './code-highlight.ts'
import { highlighter } from './diff-highlighter.ts'
import { shownPatch } from './diff-patch.ts'

const PATCH =
  '@@ -1,2 +1,2 @@\n const a = 1\n-// "<img src=x onerror=alert(1)>\n+// <script>alert(1)</script>\n@@ -10 +10,2 @@\n+x\n y'

async function fileOf(patch: string) {
  await loadHighlighter('typescript')
  const file = new DiffFile('a', '', 'a', '', [shownPatch(patch) ?? ''], 'typescript', 'typescript')
  file.initRaw()
  file.initSyntax({ registerHighlighter: highlighter })
  file.buildUnifiedDiffLines()
  return file
}

test('the viewer reads our header and every hunk', async () => {
  const file = await fileOf(PATCH)
  assert.equal(file.additionLength, 2)
  assert.equal(file.deletionLength, 1)
})

test('each line is drawn with its own text, classes and nothing else', async () => {
  const file = await fileOf(PATCH)
  assert.equal(file.getNewSyntaxLine(1).nodeList[0]?.wrapper?.properties?.className?.[0], 'hljs-keyword')
  assert.equal(file.getNewSyntaxLine(2).value, '// <script>alert(1)</script>\n')
})

test('markup in a change is text in what the viewer draws', async () => {
  const file = await fileOf(PATCH)
  const templates = [
    file.getNewSyntaxLine(2),
    file.getOldSyntaxLine(2),
    file.getNewPlainLine(2),
    file.getOldPlainLine(2),
  ]
  for (const { template } of templates) {
    assert.match(template ?? '', /&lt;(script|img)/)
    assert.doesNotMatch(template ?? '', /<(script|img)/)
  }
})
