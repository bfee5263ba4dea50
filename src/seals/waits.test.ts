import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createWaits, mostWaits } from './waits.ts'

test('one person holds so many waits at once and no more, others are not kept out, and leaving makes room', () => {
  const waits = createWaits()
  {
    using held = new DisposableStack()
    for (let count = 0; count < mostWaits; count += 1) held.use(waits.enter('ana'))
    assert.throws(() => waits.enter('ana'), { code: 'too-many-requests' })
    held.use(waits.enter('bo'))
  }
  waits.enter('ana')[Symbol.dispose]()
})
