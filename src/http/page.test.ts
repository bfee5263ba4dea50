import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cutPage, parseCursor, renderCursor } from './page.ts'
import { ProblemError } from './problem.ts'

const cut = (count: number) =>
  cutPage(
    Array.from({ length: count }, (_, at) => at),
    (row) => [row],
    (row) => `#${row}`,
    3,
  )

test('a page has a cursor only where more follows', () => {
  assert.deepEqual(cut(0), { items: [], nextCursor: null })
  assert.deepEqual(cut(3), { items: ['#0', '#1', '#2'], nextCursor: null })
  assert.deepEqual(cut(4), { items: ['#0', '#1', '#2'], nextCursor: renderCursor([2]) })
})

test('a cursor comes back as it went', () => {
  assert.deepEqual(parseCursor(renderCursor(['ana', 7]), 'string', 'number'), ['ana', 7])
})

test('a cursor of another list, or of nobody’s making, is refused', () => {
  for (const bad of [
    '',
    'x',
    renderCursor([7]),
    renderCursor(['a', 'b']),
    renderCursor(['a', 7, 8]),
    renderCursor(['a', 7.5]),
    renderCursor(['a\0', 7]),
    Buffer.from('["a",1e400]').toString('base64url'),
    Buffer.from('{"0":"a"}').toString('base64url'),
    Buffer.from('null').toString('base64url'),
  ])
    assert.throws(
      () => parseCursor(bad, 'string', 'number'),
      (error) => error instanceof ProblemError && error.status === 422,
    )
})
