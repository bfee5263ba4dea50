import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseProgress } from './git-progress.ts'

test('reads git’s progress, and nothing else', () => {
  assert.deepEqual(parseProgress('Receiving objects:  33% (12/36), 1.50 MiB | 3.00 MiB/s'), {
    phase: 'receiving',
    objectsDone: 12,
    objectsTotal: 36,
    bytes: 1_572_864,
    bytesPerSecond: 3_145_728,
  })
  assert.deepEqual(parseProgress('remote: Enumerating objects: 1234, done.'), {
    phase: 'counting',
    objectsDone: 1234,
    objectsTotal: 0,
  })
  assert.deepEqual(parseProgress('Resolving deltas: 100% (5/5), done.'), {
    phase: 'resolving',
    objectsDone: 5,
    objectsTotal: 5,
  })
  for (const other of ['', 'From https://example.com/a', 'remote: Hello: 50% (1/2)', 'fatal: early EOF'])
    assert.equal(parseProgress(other), undefined)
})
