import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { rankPaths } from './rank-paths.ts'

const paths = [
  'docs/kettle/index.md',
  'src/Kettle.ts',
  'src/kettle',
  'src/pot-kettle.ts',
  'src/pot.ts',
  'kettle/a/b/c.ts',
]

it('finds files by their name before those that lie in a folder of that name, and short paths before long ones', async () => {
  assert.deepEqual(await rankPaths(paths, 'kettle', 9), {
    items: ['src/kettle', 'src/Kettle.ts', 'src/pot-kettle.ts', 'kettle/a/b/c.ts', 'docs/kettle/index.md'],
    total: 5,
  })
})

it('asks for each word, in any order and any letters', async () => {
  assert.deepEqual((await rankPaths(paths, ' TS  pot ', 9)).items, ['src/pot.ts', 'src/pot-kettle.ts'])
  assert.deepEqual((await rankPaths(paths, 'docs/ket', 9)).items, ['docs/kettle/index.md'])
  assert.deepEqual(await rankPaths(paths, 'pot tea', 9), { items: [], total: 0 })
})

it('says how many there are beyond those it names', async () => {
  assert.deepEqual(await rankPaths(paths, 'src', 1), { items: ['src/kettle'], total: 4 })
})

it('lets others in between, and knows the best of very many', async () => {
  const many = Array.from({ length: 200_000 }, (_, index) => `folder/${index % 7 === 0 ? 'kettle' : 'pot'}${index}`)
  let isOver = false
  const ranking = rankPaths([...many, 'far/kettle'], 'kettle', 3).finally(() => (isOver = true))
  let turns = 0
  while (!isOver) {
    await setImmediate()
    turns++
  }
  assert.deepEqual(await ranking, { items: ['far/kettle', 'folder/kettle0', 'folder/kettle7'], total: 28_573 })
  assert.ok(turns > 10, `${turns}`)
})
