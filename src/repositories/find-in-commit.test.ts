import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { createFileFinder, type FilesFound } from './find-files.ts'
import { createLineFinder, type LinesFound } from './find-lines.ts'
import { failsWith, type GitFixture, openGit } from './git-testing.ts'
import { writeHistory } from './history-testing.ts'
import { createReadTurns } from './kept-reads.ts'
import type { StreamLimits } from './read-stream.ts'
import type { Source } from './revision.ts'

const holder = { account: 'ana' }

describe('looking for something in a commit', () => {
  let fixture: GitFixture
  let source: Source
  before(async () => {
    fixture = await openGit()
    source = { git: fixture.git, folder: await fixture.createRepository() }
  })
  after(() => fixture[Symbol.asyncDispose]())

  const parts = (limits?: StreamLimits) => ({ now: () => 0, turns: createReadTurns(), ...(limits && { limits }) })
  const findFiles = (tip: string, q: string, limits?: StreamLimits): Promise<FilesFound> =>
    createFileFinder(parts(limits)).find(source, { tip, q, holder })
  const findLines = (tip: string, q: string, limits?: StreamLimits): Promise<LinesFound> =>
    createLineFinder(parts(limits)).find(source, { tip, q, holder })
  const commit = (files: Record<string, string>): Promise<string> =>
    writeHistory(source, [{ subject: 'All', parents: [], files }])

  it('finds files whatever their name is made of, of this commit alone', async () => {
    const before = await commit({ 'old-kettle.ts': '' })
    const tip = await commit({ 'a/kettle.ts': '', '"a/k\\303\\244nnchen\\nkettle"': '', '"-kettle\\377"': '', pot: '' })
    assert.deepEqual(await findFiles(tip, 'kettle'), {
      items: ['a/kettle.ts', '-kettle\ufffd', 'a/kännchen\nkettle'],
      total: 3,
      isComplete: true,
    })
    assert.deepEqual((await findFiles(before, 'kettle')).items, ['old-kettle.ts'])
    assert.deepEqual(await findFiles(tip, 'teapot'), { items: [], total: 0, isComplete: true })
  })

  it('says so where there are more files than it may look through', async () => {
    const files = Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`long-name-of-a-file-${index}`, '']))
    const tip = await commit(files)
    const all = await findFiles(tip, 'file')
    assert.deepEqual([all.items.length, all.total, all.isComplete], [50, 4000, true])
    const some = await findFiles(tip, 'file', { bytes: 1000, timeMs: 5000 })
    assert.equal(some.isComplete, false)
    assert.ok(some.total < 4000)
  })

  it('compares very many names in turn, since each letter that is typed asks for it anew', async () => {
    const files = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`file-${index}`, '']))
    let tree = `${await commit(files)}^{tree}`
    for (let level = 0; level < 2; level++) {
      const { oid } = (await source.git.objects(source.folder).info(tree)) ?? assert.fail()
      const input = Array.from({ length: 30 }, (_, index) => `040000 tree ${oid}\tfolder-${index}\n`).join('')
      tree = (await source.git.run(['mktree'], { repository: source.folder, input })).stdout.toString().trim()
    }
    const turns = createReadTurns()
    const finder = createFileFinder({ now: () => 0, turns })
    const wanted = { tip: tree, q: 'file', holder }
    assert.equal((await finder.find(source, wanted)).total, 27_000)
    using _one = turns.take(holder)
    using _other = turns.take(holder)
    await assert.rejects(finder.find(source, wanted), failsWith('git-busy'))
  })

  it('finds lines that hold exactly what was typed, letters large or small', async () => {
    const tip = await commit({
      'a.ts': 'const Kettle = 1\nconst pot = "(.*)"\r\nkettle()\n',
      '"b\\nc"': 'no\nKETTLE',
      'd.bin': 'kettle\0kettle\n',
      'e.txt': 'K\u00e9ttle \xff kettle\n',
    })
    assert.deepEqual(await findLines(tip, 'kettle'), {
      items: [
        {
          path: 'a.ts',
          lines: [
            { number: 1, text: 'const Kettle = 1' },
            { number: 3, text: 'kettle()' },
          ],
          hasMore: false,
        },
        { path: 'b\nc', lines: [{ number: 2, text: 'KETTLE' }], hasMore: false },
        { path: 'e.txt', lines: [{ number: 1, text: 'K\ufffdttle \ufffd kettle' }], hasMore: false },
      ],
      isComplete: true,
    })
    assert.deepEqual((await findLines(tip, '(.*)')).items, [
      { path: 'a.ts', lines: [{ number: 2, text: 'const pot = "(.*)"' }], hasMore: false },
    ])
    assert.deepEqual(await findLines(tip, '--all'), { items: [], isComplete: true })
  })

  it('is through with names that were made to take long', async () => {
    const long = Array.from({ length: 20 }, (_, index) => [`"${String.raw`\n`.repeat(60_000)}${index}"`, 'kettle'])
    const tip = await commit({ ...Object.fromEntries(long), '"b\\nc"': 'kettle', d: 'kettle' })
    const began = performance.now()
    const { items } = await findLines(tip, 'kettle')
    assert.deepEqual(
      items.map(({ path }) => path),
      ['b\nc', 'd'],
    )
    assert.ok(performance.now() - began < 3000, 'nobody else is answered meanwhile')
  })

  it('shows the first lines of each file, and of long ones what is around', async () => {
    const long = `${'x'.repeat(1000)} kettle ${'y'.repeat(100_000)}`
    const tip = await commit({ many: 'kettle\n'.repeat(9), long, beyond: `${'z'.repeat(70_000)} kettle` })
    const { items } = await findLines(tip, 'kettle')
    const [beyond, found, many] = items
    assert.deepEqual([many?.lines.map(({ number }) => number), many?.hasMore], [[1, 2, 3, 4, 5], true])
    assert.match(found?.lines[0]?.text ?? '', /^…x{146} kettle y{146}…$/)
    assert.match(beyond?.lines[0]?.text ?? '', /^z{300}…$/, 'what lies beyond what is read of a line is still a find')
  })

  it('stops at its limits, and says that there is more', async () => {
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, 'kettle\n']))
    const tip = await commit({ ...files, huge: `kettle ${'x'.repeat(100_000)}` })
    const found = await findLines(tip, 'kettle')
    assert.deepEqual([found.items.length, found.isComplete], [50, false])
    assert.equal((await findLines(tip, 'kettle xxx', { bytes: 1000, timeMs: 5000 })).isComplete, false)
  })
})
