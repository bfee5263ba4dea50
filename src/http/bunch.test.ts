import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bunch } from './bunch.ts'

test('what was put in comes out, in any order, and once', () => {
  const bunch = new Bunch<string>()
  const [first, second, third] = ['a', 'b', 'c'].map((thing) => bunch.add(thing))
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  assert.equal(bunch.size, 3)
  bunch.delete(first)
  bunch.delete(first)
  assert.deepEqual(bunch.list().toSorted(), ['b', 'c'])
  bunch.delete(third)
  assert.deepEqual(bunch.list(), ['b'])
  const again = bunch.add('d')
  bunch.delete(second)
  assert.deepEqual(bunch.list(), ['d'])
  bunch.delete(again)
  assert.equal(bunch.size, 0)
})

test('what leaves while it is looked through is still looked at', () => {
  const bunch = new Bunch<number>()
  const all = [1, 2, 3].map((thing) => bunch.add(thing))
  const seen = bunch.list().map((thing) => {
    for (const held of all) bunch.delete(held)
    return thing
  })
  assert.deepEqual(seen, [1, 2, 3])
  assert.equal(bunch.size, 0)
})
