import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCodeOwners } from './parse.ts'

const read = (text: string) => {
  const { isBroken, lines, problems } = parseCodeOwners(text)
  return {
    isBroken,
    lines: lines.map(({ line, text: pattern, owners }) => [line, pattern, owners.join(' ')]),
    problems: problems.map(({ line, sentence }) => `${line}: ${sentence}`),
  }
}

test('comments, blanks, line ends and a byte order mark', () => {
  const text = '\uFEFF# top\r\n\r\n*.md\t@a   @b\r\n  docs/with\\ blank.md @c # why\n#x @y\n*.cs#not-a-comment @d'
  assert.deepEqual(read(text), {
    isBroken: false,
    lines: [
      [3, '*.md', '@a @b'],
      [4, 'docs/with\\ blank.md', '@c'],
      [6, '*.cs#not-a-comment', '@d'],
    ],
    problems: [],
  })
})

test('a line that cannot be read is said by its number, and stays a line that owns', () => {
  const { lines, problems } = parseCodeOwners('* @a\n!secret @b\n[x]* @c\n')
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 3],
  )
  assert.deepEqual(
    lines.map(({ pattern, owners }) => [pattern === null, owners.join(' ')]),
    [
      [false, '@a'],
      [true, '@b'],
      [true, '@c'],
    ],
  )
})

test('too many lines, or owners, and nobody can own', () => {
  const many = read(Array.from({ length: 5001 }, (_, at) => `/a${at} @a`).join('\n'))
  assert.deepEqual([many.isBroken, many.lines.length], [true, 0])
  assert.match(many.problems[0] ?? '', /more than 5000 rules/)
  const owners = Array.from({ length: 30 }, (_, line) =>
    ['*', ...Array.from({ length: 90 }, (_, at) => `@o${line}-${at}`)].join(' '),
  )
  assert.equal(read(owners.join('\n')).isBroken, true)
})

test('hidden characters of a file do not reach whoever reads the problem', () => {
  const { problems } = parseCodeOwners('!a\u202Eb\u0007 @a')
  assert.doesNotMatch(problems[0]?.sentence ?? '', /[\p{Cc}\p{Cf}]/u)
})
