import assert from 'node:assert/strict'
import { test } from 'node:test'
import { indexOwners } from './index-owners.ts'
import { parseCodeOwners } from './parse.ts'
import { matchesPattern } from './pattern.ts'

const ownerOf = (text: string, path: string): string | undefined =>
  indexOwners(parseCodeOwners(text).lines)(path)?.owners.join(' ')

test('the last line that means a path counts', () => {
  const text = `
# Everything
*               @everybody
*.js            @js  # and a comment
/docs/          @writers docs@example.com
/docs/private/
apps/           @apps
`
  assert.equal(ownerOf(text, 'README.md'), '@everybody')
  assert.equal(ownerOf(text, 'src/a.js'), '@js')
  assert.equal(ownerOf(text, 'docs/a.js'), '@writers docs@example.com')
  assert.equal(ownerOf(text, 'docs/private/a.js'), '', 'a line without owners gives them away')
  assert.equal(ownerOf(text, 'docs/apps/a'), '@apps')
})

test('the index says what a plain look at every line from the last would say', () => {
  const words = ['a', 'b', 'c.js', 'd.ts', '*', '*.js', '**', 'a*', '?', 'x.y.js']
  let seed = 7
  const pick = (count: number): number => (seed = (seed * 48_271) % 2_147_483_647) % count
  const random = (): string => {
    const parts = Array.from({ length: 1 + pick(3) }, () => words[pick(words.length)])
    return `${pick(2) === 0 ? '/' : ''}${parts.join('/')}${pick(3) === 0 ? '/' : ''}`
  }
  for (let round = 0; round < 50; round++) {
    const text = Array.from({ length: 30 }, (_, line) => `${random()} @owner${line}`).join('\n')
    const { lines } = parseCodeOwners(text)
    const find = indexOwners(lines)
    for (let path = 0; path < 30; path++) {
      const name = Array.from({ length: 1 + pick(4) }, () => ['a', 'b', 'c.js', 'd.ts', 'ab', 'x.y.js'][pick(6)]).join(
        '/',
      )
      const plain = lines.findLast(
        ({ pattern }) => pattern !== null && matchesPattern(pattern, name.split('/'), { left: 10_000 }),
      )
      assert.equal(find(name)?.line, plain?.line, `${name} in\n${text}`)
    }
  }
})

test('3,000 files against 5,000 lines are within what one question may cost', () => {
  const text = Array.from({ length: 5000 }, (_, at) =>
    at % 3 === 0 ? `/src/part${at}/ @a` : at % 3 === 1 ? `*.x${at} @b` : `/src/part${at}/*.ts @c`,
  ).join('\n')
  const find = indexOwners(parseCodeOwners(text).lines)
  for (let at = 0; at < 3000; at++) find(`src/part${at}/deep/file${at}.ts`)
  assert.equal(find('src/part3/deep/a.ts')?.owners[0], '@a')
})
