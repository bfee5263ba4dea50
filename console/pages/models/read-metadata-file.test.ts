import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readMetadataFile } from './read-metadata-file.ts'

test('what cannot be metadata is not sent', async () => {
  assert.equal(await readMetadataFile(new Blob(['eyJh.eyJi.c-_2\n'])), 'eyJh.eyJi.c-_2')
  await assert.rejects(readMetadataFile(new Blob([new Uint8Array(20 * 1024 * 1024 + 1)])), {
    code: 'metadata-too-large',
  })
  for (const other of ['', 'holiday photos', 'a.b', 'a..b', new Uint8Array([137, 80, 78, 71, 0, 255])])
    await assert.rejects(readMetadataFile(new Blob([other])), { code: 'metadata-malformed' })
})
