import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readViewed, writeViewed } from './viewed-marks.ts'

function storage() {
  const map = new Map<string, string>()
  return {
    map,
    getItem: (key: string) => map.get(key) ?? null,
    setItem: (key: string, value: string) => void map.set(key, value),
    removeItem: (key: string) => void map.delete(key),
    key: (index: number) => [...map.keys()][index] ?? null,
    get length() {
      return map.size
    },
  }
}

test('marks come back, and a moved result forgets them', () => {
  const store = storage()
  writeViewed(store, 'rep_1#2', 'aaa', new Set(['src/a.ts']))
  assert.deepEqual(readViewed(store, 'rep_1#2', 'aaa'), new Set(['src/a.ts']))
  assert.deepEqual(readViewed(store, 'rep_1#2', 'bbb'), new Set())
  writeViewed(store, 'rep_1#2', 'bbb', new Set(['x']))
  assert.equal(store.map.size, 1)
})

test('marks of another pull request stay', () => {
  const store = storage()
  writeViewed(store, 'rep_1#2', 'aaa', new Set(['a']))
  writeViewed(store, 'rep_1#21', 'aaa', new Set(['b']))
  assert.equal(store.map.size, 2)
  writeViewed(store, 'rep_1#21', 'aaa', new Set())
  assert.deepEqual(readViewed(store, 'rep_1#2', 'aaa'), new Set(['a']))
})

test('what somebody else wrote there counts as nothing viewed', () => {
  const store = storage()
  for (const text of ['{', '{"a":1}', '[1,null]', 'null']) {
    store.map.set('postern.viewed:r:t', text)
    assert.equal(readViewed(store, 'r', 't').size, 0, text)
  }
})
