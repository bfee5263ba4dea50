import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parseGitProtocol } from './protocol-version.ts'

it('finds the highest version offered, and takes nothing else over', () => {
  const offers: [string | undefined, number][] = [
    [undefined, 0],
    ['', 0],
    ['version=1', 1],
    ['version=2', 2],
    ['version=1:version=2', 2],
    ['side=1:version=2', 2],
    ['version=3', 0],
    ['version=2\nGIT_DIR=/', 0],
    ['version=22', 0],
  ]
  for (const [header, version] of offers) assert.equal(parseGitProtocol(header), version, String(header))
})
