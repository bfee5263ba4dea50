import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createFairTurns } from './fair-turns.ts'

test('a thousand of one key hold up one of another by one turn', async () => {
  const turnOf = createFairTurns()
  const went: string[] = []
  const queue = (key: string): Promise<void> => turnOf(key).then(() => void went.push(key))
  const flood = Array.from({ length: 1000 }, () => queue('flood'))
  await Promise.all([queue('ana'), queue('bo'), queue('ana')])
  assert.deepEqual(went, ['flood', 'ana', 'bo', 'flood', 'ana'])
  await Promise.all(flood)
  assert.equal(went.length, 1003)
})

test('one goes on in each turn of the event loop, so that others are heard in between', async () => {
  const turnOf = createFairTurns()
  let went = 0
  for (let i = 0; i < 5; i++) void turnOf('one').then(() => went++)
  const seen: number[] = []
  for (let turn = 0; turn < 5; turn++) {
    await new Promise((resolve) => setImmediate(resolve))
    seen.push(went)
  }
  assert.deepEqual(seen, [1, 2, 3, 4, 5])
})
