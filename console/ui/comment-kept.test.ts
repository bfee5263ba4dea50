import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readKept, writeKept } from './comment-kept.ts'

test('a text is kept under its name until it is sent', () => {
  const items = new Map<string, string>()
  const storage = {
    getItem: (name: string) => items.get(name) ?? null,
    setItem: (name: string, text: string) => void items.set(name, text),
    removeItem: (name: string) => void items.delete(name),
  }
  writeKept(storage, 'a', 'half a thought')
  assert.equal(readKept(storage, 'a'), 'half a thought')
  assert.equal(readKept(storage, 'b'), null)
  writeKept(storage, 'a', null)
  assert.equal(items.size, 0)
})

test('a storage that is forbidden or full forgets', () => {
  const refuse = () => {
    throw new Error('no')
  }
  writeKept({ setItem: refuse, removeItem: refuse }, 'a', 'x')
  assert.equal(readKept({ getItem: refuse }, 'a'), null)
})
