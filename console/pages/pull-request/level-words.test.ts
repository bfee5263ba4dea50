import assert from 'node:assert/strict'
import { it } from 'node:test'
import { attestationFile, levelOf, levelWords } from './level-words.ts'

it('a level is read from its name, and each says something else', () => {
  assert.deepEqual(
    ['SLSA_SOURCE_LEVEL_4', 'SLSA_SOURCE_LEVEL_1', '?'].map((level) => levelOf({ level })),
    [4, 1, 0],
  )
  assert.equal(new Set([1, 3, 4].map(levelWords)).size, 3)
})

it('the file has one envelope a line', async () => {
  const envelope = { payload: 'YQ==', payloadType: 'application/vnd.in-toto+json', signatures: [] }
  const lines = (await attestationFile({ provenance: envelope, summary: envelope }).text()).split('\n')
  assert.deepEqual([lines.length, JSON.parse(lines[0] ?? ''), lines[2]], [3, envelope, ''])
})
