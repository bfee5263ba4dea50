import assert from 'node:assert/strict'
import { it } from 'node:test'
import { rankPaths } from './rank-paths.ts'

const paths = [
  'docs/kettle/index.md',
  'src/Kettle.ts',
  'src/kettle',
  'src/pot-kettle.ts',
  'src/pot.ts',
  'kettle/a/b/c.ts',
]

it('finds files by their name before those that lie in a folder of that name, and short paths before long ones', () => {
  assert.deepEqual(rankPaths(paths, 'kettle', 9), {
    items: ['src/kettle', 'src/Kettle.ts', 'src/pot-kettle.ts', 'kettle/a/b/c.ts', 'docs/kettle/index.md'],
    total: 5,
  })
})

it('asks for each word, in any order and any letters', () => {
  assert.deepEqual(rankPaths(paths, ' TS  pot ', 9).items, ['src/pot.ts', 'src/pot-kettle.ts'])
  assert.deepEqual(rankPaths(paths, 'docs/ket', 9).items, ['docs/kettle/index.md'])
  assert.deepEqual(rankPaths(paths, 'pot tea', 9), { items: [], total: 0 })
})

it('says how many there are beyond those it names', () => {
  assert.deepEqual(rankPaths(paths, 'src', 1), { items: ['src/kettle'], total: 4 })
})
