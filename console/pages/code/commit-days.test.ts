import assert from 'node:assert/strict'
import { test } from 'node:test'
import { groupByDay } from './commit-days.ts'

const at = (day: number, hour: number) => ({ committedAt: new Date(2026, 10, day, hour).getTime() })

test('commits stand under their day in the zone of the reader, in the order of the list', () => {
  const list = [at(21, 23), at(21, 0), at(20, 23), at(21, 1), at(2, 12)]
  assert.deepEqual(
    groupByDay(list).map(({ day, commits }) => [day, commits.length]),
    [
      ['21 November 2026', 2],
      ['20 November 2026', 1],
      ['21 November 2026', 1],
      ['2 November 2026', 1],
    ],
  )
  assert.deepEqual(
    groupByDay(list).flatMap(({ commits }) => commits),
    list,
  )
  assert.deepEqual(groupByDay([]), [])
})

test('a page that ends within a day goes on under the same heading', () => {
  const [first, second] = [
    [at(21, 9), at(20, 20)],
    [at(20, 8), at(19, 8)],
  ]
  assert.deepEqual(
    groupByDay([...first, ...second]).map(({ day, commits }) => [day, commits.length]),
    [
      ['21 November 2026', 1],
      ['20 November 2026', 2],
      ['19 November 2026', 1],
    ],
  )
})
