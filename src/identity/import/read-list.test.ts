import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProblemError } from '../../http/problem.ts'
import { mostRows, readList } from './read-list.ts'

const csv = (text: string) => readList({ format: 'csv', text })
const json = (value: unknown) => readList({ format: 'json', text: JSON.stringify(value) })
const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'bad-list') return error.message
    throw error
  }
  return assert.fail('it was taken')
}

test('CSV as spreadsheets write it: commas, semicolons or tabs, a mark at the start, quotes, empty lines', () => {
  const expected = [
    { row: 1, cells: { username: 'ana', email: 'ana@example.com', displayName: 'Ana, the first' } },
    { row: 2, cells: { username: 'ben', email: 'ben@example.com', displayName: '' } },
  ]
  for (const separator of [',', ';', '\t']) {
    const lines = [
      ['User name', 'E_MAIL', 'display-name'],
      ['ana', ' ana@example.com ', '"Ana, the first"'],
      ['ben', 'ben@example.com', ''],
    ]
    const text = `\uFEFF${lines.map((line) => line.join(separator)).join('\r\n')}\r\n\r\n`
    assert.deepEqual(csv(text.replace('E_MAIL', 'email')), expected)
  }
})

test('JSON: a list of objects, groups as a list', () => {
  assert.deepEqual(json([{ username: 'ana', email: 'a@b', groups: ['one', 'two'], endsAt: null }]), [
    { row: 1, cells: { username: 'ana', email: 'a@b', groups: 'one;two', endsAt: '' } },
  ])
})

test('what is no list of people is refused in a sentence', () => {
  const titles = 'username,email'
  const bad: [() => unknown, RegExp][] = [
    [() => csv(titles), /Nobody is in/],
    [() => csv(`${titles}\nana`), /no CSV file/],
    [() => csv(`${titles}\n"ana,x`), /no CSV file/],
    [() => csv('username\nana'), /email is missing/],
    [() => csv('username,email,username\na,b,c'), /username is there twice/],
    [() => csv('username,email,password\na,b,hunter2'), /Nobody knows what the column “password” means/],
    [() => csv('username,email,__proto__\na,b,c'), /Nobody knows/],
    [() => json({ username: 'a' }), /begins with \[/],
    [() => json([null]), /Entry 1 is no object/],
    [() => json([[]]), /Entry 1 is no object/],
    [() => json([{ username: 'a', email: {} }]), /holds something/],
    [
      () => readList({ format: 'json', text: '[{"username":"a","email":"b","__proto__":{"role":"owner"}}]' }),
      /Nobody knows/,
    ],
    [() => readList({ format: 'json', text: '[' }), /no JSON/],
  ]
  for (const [work, sentence] of bad) assert.match(refusal(work), sentence)
})

test('what is made to be too much is refused before it is', () => {
  const row = '\na,b'
  assert.match(
    refusal(() => csv(`username,email${row.repeat(mostRows + 1)}`)),
    /more than 20000/,
  )
  assert.match(
    refusal(() => csv(`username,email${row.repeat(400_000)}`)),
    /more than 20000/,
  )
  assert.match(
    refusal(() => csv(`username,email\na,${'b'.repeat(3000)}`)),
    /too long|no CSV file/,
  )
  assert.match(
    refusal(() => csv(`username,email\na,"${'b\n'.repeat(1_000_000)}"`)),
    /no CSV file/,
  )
  assert.match(
    refusal(() => csv(`username,email\n${'x'.repeat(11_000_000)}`)),
    /larger than 10 MB/,
  )
  assert.match(
    refusal(() => csv('",'.repeat(1_000_000))),
    /no CSV file|Nobody/,
  )
  assert.match(
    refusal(() => readList({ format: 'json', text: '['.repeat(500_000) })),
    /no JSON/,
  )
})
