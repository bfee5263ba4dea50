import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Crumbs } from './crumbs.ts'

test('parts go out as they come, until they are crumbs: then all of one turn go out together, in their order', async () => {
  const written: Buffer[] = []
  const crumbs = new Crumbs((part) => written.push(part))
  const said: Buffer[] = []
  const add = (part: Buffer): void => {
    said.push(part)
    crumbs.add(part)
  }
  for (let event = 0; event < 10; event++) add(Buffer.from(`data: ${event}\n\n`))
  assert.equal(written.length, 10)
  for (let at = 0; at < 50_000; at++) add(Buffer.of(at % 256))
  assert.ok(written.length < 20, `${written.length} parts at once`)
  add(Buffer.alloc(5_000, 'x'))
  for (let at = 0; at < 100; at++) add(Buffer.of(at))
  const before = written.length
  await nextTurn()
  assert.equal(written.length, before + 1)
  add(Buffer.from('last'))
  crumbs.handOn()
  await nextTurn()
  assert.ok(written.length < 25, `${written.length} parts`)
  assert.deepEqual(Buffer.concat(written), Buffer.concat(said))
})
