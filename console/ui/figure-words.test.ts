import assert from 'node:assert/strict'
import { test } from 'node:test'
import { percentWords, secondsWords } from './figure-words.ts'

test('a share is rounded, but never to all or nothing', () => {
  const said = [
    [0, 0],
    [0, 5],
    [5, 5],
    [1, 3],
    [2, 3],
    [1, 1000],
    [999, 1000],
    [1, 200],
  ] as const
  assert.deepEqual(
    said.map(([part, whole]) => percentWords(part, whole)),
    ['0%', '0%', '100%', '33%', '67%', '<1%', '>99%', '1%'],
  )
})

test('a time is said as exactly as it matters', () => {
  const said = [0, 840, 2449, 9949, 9950, 59_400, 59_500, 120_000, 3_600_000]
  assert.deepEqual(
    said.map(secondsWords).map((words) => words.replaceAll('\u00a0', ' ')),
    ['0.0 s', '0.8 s', '2.4 s', '9.9 s', '10 s', '59 s', '1 min', '2 min', '60 min'],
  )
})
