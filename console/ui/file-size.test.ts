import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileSize } from './file-size.ts'

test('sizes read as a person says them', () => {
  for (const [bytes, words] of [
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [3_400, '3.4 KB'],
    [9_960, '10 KB'],
    [999_600, '1.0 MB'],
    [52_428_800, '52 MB'],
    [7_000_000_000_000, '7,000 GB'],
  ] as const)
    assert.equal(fileSize(bytes), words)
})
