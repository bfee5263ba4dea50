import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lru } from './lru.ts'

test('forgets what was used least recently, and never grows beyond its capacity', () => {
  const lru = new Lru<string, number>(2)
  lru.set('a', 1)
  lru.set('b', 2)
  assert.equal(lru.get('a'), 1)
  lru.set('c', 3)
  assert.equal(lru.get('b'), undefined)
  assert.equal(lru.get('a'), 1)
  lru.set('c', 4)
  assert.equal(lru.get('c'), 4)
  assert.equal(lru.size, 2)
})

test('forgets more for what weighs more', () => {
  const lru = new Lru<string, number[]>(5, (numbers) => numbers.length)
  for (const key of ['a', 'b', 'c']) lru.set(key, [1, 2])
  assert.deepEqual([lru.get('a'), lru.size], [undefined, 2])
  lru.set('d', [1, 2, 3, 4])
  assert.deepEqual([lru.get('b'), lru.get('c'), lru.get('d')?.length], [undefined, undefined, 4])
  lru.set('d', [1])
  lru.set('e', [1, 2, 3, 4])
  assert.equal(lru.size, 2)
})
