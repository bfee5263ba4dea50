import assert from 'node:assert/strict'
import { test } from 'node:test'
import { textPatch } from './text-patch.ts'

/** What a patch makes of a text, read as git reads it: every line that stays or goes must be there. */
function applied(before: string, patch: string): string {
  const old = before.split('\n')
  const out: string[] = []
  let at = 0
  for (const line of patch.split('\n')) {
    const hunk = /^@@ -(\d+),(\d+) \+\d+,\d+ @@$/.exec(line)
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1)
      while (at < start) out.push(old[at++] ?? '')
    } else if (line.startsWith('+')) out.push(line.slice(1))
    else if (!line.startsWith('\\')) {
      assert.equal(line.slice(1), old[at])
      if (line.startsWith(' ')) out.push(old[at] ?? '')
      at++
    }
  }
  return [...out, ...old.slice(at)].join('\n')
}

test('a change is told as the lines that went and came, with some around them', () => {
  assert.equal(textPatch('a\n', 'a\n'), null)
  assert.equal(textPatch('', 'a\n'), '@@ -0,0 +1,1 @@\n+a')
  assert.equal(textPatch('a\n', 'a'), '@@ -1,1 +1,1 @@\n-a\n+a\n\\ No newline at end of file')
  const lines = Array.from({ length: 20 }, (_, index) => String(index))
  const text = `${lines.join('\n')}\n`
  assert.equal(
    textPatch(text, text.replace('\n4\n', '\nfour\n').replace('\n15\n', '\n')),
    ['@@ -2,7 +2,7 @@\n 1\n 2\n 3\n-4\n+four\n 5\n 6\n 7', '@@ -13,7 +13,6 @@\n 12\n 13\n 14\n-15\n 16\n 17\n 18'].join(
      '\n',
    ),
  )
})

test('whatever was changed, the patch of it makes the one from the other', () => {
  let seed = 7
  const random = (below: number): number => (seed = (seed * 16_807) % 2_147_483_647) % below
  const some = (): string => Array.from({ length: random(30) }, () => `${'abc'[random(3)]}\n`).join('')
  for (let round = 0; round < 500; round++) {
    const [before, after] = [some(), some()]
    const patch = textPatch(before, after)
    if (patch === null) assert.equal(before, after)
    else assert.equal(applied(before, patch), after, JSON.stringify([before, after, patch]))
  }
  const long = (word: string): string => `${word}\n`.repeat(1000)
  assert.equal(applied(long('a'), textPatch(long('a'), long('b')) ?? ''), long('b'))
})
