import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBreaks } from './breaks.ts'

test('others get their turn in a break, and there is none before it is due', async () => {
  let turns = 0
  setImmediate(() => (turns += 1))
  const breathe = createBreaks(0)
  await breathe()
  assert.equal(turns, 1)
  assert.equal(createBreaks(Infinity)(), undefined)
})
