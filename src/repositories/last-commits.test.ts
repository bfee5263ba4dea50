import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import '../../test/support/steady-seed.ts'
import { readLastCommit } from './commits.ts'
import { failsWith, type GitFixture, openGit } from './git-testing.ts'
import { type Commit, type Files, writeHistory } from './history-testing.ts'
import { createLastCommits, type LastCommits } from './last-commits.ts'
import type { Source } from './revision.ts'
import type { StreamHolder } from './stream-shares.ts'
import { getPath, readDirectory } from './tree.ts'
import { defaultWalkLimits, type WalkLimits } from './walk-directory.ts'

/** A commit after others, as it is generated. */
interface Step {
  /** How many commits further back than the last one. */
  parents: number[]
  edits: [path: string, content: string][]
  /** From which side a merge takes each path. */
  taken: number[]
  later: number
}

const ana: StreamHolder = { account: 'ana' }

describe('the last commit of each entry of a directory', () => {
  let fixture: GitFixture
  let source: Source
  before(async () => {
    fixture = await openGit()
    source = { git: fixture.git, folder: await fixture.createRepository() }
  })
  after(() => fixture[Symbol.asyncDispose]())

  const write = (commits: readonly Commit[]): Promise<string> => writeHistory(source, commits)
  async function read(tip: string, path = '', limits?: WalkLimits): Promise<LastCommits> {
    const located = await getPath(source, tip, path)
    const reader = createLastCommits({ now: () => 0, ...(limits && { limits }) })
    return reader.read(source, { tip, path, located, holder: ana })
  }
  const shown = ({ items }: LastCommits): [string, string][] => items.map(({ path, subject }) => [path, subject])

  it('is the one that wrote it; a merge only where it made something that neither side had', async () => {
    const start = { 'README.md': '1', 'src/a': '1', 'src/b': '1', 'old-name': '1', 'docs/x': '1', 'docs/y': '1' }
    const { 'old-name': moved, ...renamed } = { ...start, 'new-name': '1' }
    const { 'README.md': readme, ...without } = renamed
    const squashed = { ...renamed, 'src/a': '2' }
    assert.deepEqual([moved, readme], ['1', '1'])
    const tip = await write([
      { subject: 'Start', parents: [], files: start },
      { subject: 'Rename', parents: ['Start'], files: renamed },
      { subject: 'Break it', parents: ['Rename'], files: { ...renamed, 'src/b': '3' } },
      { subject: 'Revert "Break it"', parents: ['Break it'], files: renamed },
      { subject: 'Delete', parents: ['Revert "Break it"'], files: without },
      { subject: 'Add again', parents: ['Delete'], files: renamed },
      { subject: 'Squash #1', parents: ['Add again'], files: squashed },
      // A branch from far back, merged with nothing of its own but `x`.
      { subject: 'Write x', parents: ['Start'], files: { ...start, 'docs/x': '2' } },
      { subject: 'Merge #2', parents: ['Squash #1', 'Write x'], files: { ...squashed, 'docs/x': '2' } },
      { subject: 'Write y', parents: ['Squash #1'], files: { ...squashed, 'docs/y': '2', tool: '!' } },
      {
        subject: 'Merge #3',
        parents: ['Merge #2', 'Write y'],
        files: { ...squashed, 'docs/x': '2', 'docs/y': '2', tool: '!' },
      },
    ])
    const root = await read(tip)
    assert.equal(root.isComplete, true)
    assert.deepEqual(shown(root), [
      // Both sides wrote in it: only the merge has it so.
      ['docs', 'Merge #3'],
      ['src', 'Squash #1'],
      ['README.md', 'Add again'],
      ['new-name', 'Rename'],
      ['tool', 'Write y'],
    ])
    assert.deepEqual(shown(await read(tip, 'docs')), [
      ['docs/x', 'Write x'],
      ['docs/y', 'Write y'],
    ])
    assert.deepEqual(shown(await read(tip, 'src')), [
      ['src/a', 'Squash #1'],
      ['src/b', 'Revert "Break it"'],
    ])
    const [first] = root.items
    assert.deepEqual([first?.authorName, first?.committedAt], ['Ana', (1_700_000_000 + 11 * 60) * 1000])
  })

  it('is that even where a clock goes back at what was branched off and merged with nothing', async () => {
    const start = { 'c/x': '1' }
    const tip = await write([
      { subject: 'Start', parents: [], files: start },
      { subject: 'Nothing', parents: ['Start'], files: start },
      { subject: 'Merge', parents: ['Nothing', 'Start'], files: start },
      { subject: 'Add y', parents: ['Merge'], files: { ...start, 'c/y': '1' }, later: -100 },
      { subject: 'Add z', parents: ['Add y'], files: { ...start, 'c/y': '1', 'c/z': '1' } },
    ])
    assert.deepEqual(shown(await read(tip, 'c')), [
      ['c/x', 'Start'],
      ['c/y', 'Add y'],
      ['c/z', 'Add z'],
    ])
  })

  it('is what the page of the entry names, whatever the history', async () => {
    const places = ['a', 'a/x', 'a/y/z', 'b', 'c/x', 'c/d/x', 'c/d/y', '"c/ \\n"']
    const put = (files: Files, path: string, content: string): Files => {
      const others = Object.entries(files).filter(
        ([other]) => other !== path && !other.startsWith(`${path}/`) && !path.startsWith(`${other}/`),
      )
      return Object.fromEntries([...others, ...(content === '' ? [] : [[path, content] as const])])
    }
    const edit = fc.tuple(fc.constantFrom(...places), fc.constantFrom('', '1', '2', '3', '!'))
    const step: fc.Arbitrary<Step> = fc.record({
      parents: fc.array(fc.nat(7), { minLength: 1, maxLength: 3 }),
      edits: fc.array(edit, { maxLength: 3 }),
      taken: fc.array(fc.nat(2), { minLength: places.length, maxLength: places.length }),
      later: fc.integer({ min: -200, max: 200 }),
    })
    const compare = async (steps: readonly Step[]) => {
      const commits: Commit[] = [{ subject: 'commit 0', parents: [], files: { b: '1', 'c/x': '1' } }]
      for (const { parents, edits, taken, later } of steps) {
        const from = [...new Set(parents.map((back) => Math.max(0, commits.length - 1 - back)))]
        let files: Files = commits[from[0] ?? 0]?.files ?? {}
        // A merge takes each path from one of its sides, whichever; some of them are wrong, and so made there.
        if (from.length > 1)
          for (const [nth, path] of places.entries()) {
            const content = commits[from[(taken[nth] ?? 0) % from.length] ?? 0]?.files[path]
            if (content !== undefined) files = put(files, path, content)
          }
        for (const [path, content] of edits) files = put(files, path, content)
        const subject = `commit ${commits.length}`
        commits.push({ subject, parents: from.map((at) => `commit ${at}`), files, later })
      }
      const tip = await write(commits)
      const directories = ['']
      for (const directory of directories) {
        const answer = await read(tip, directory)
        const { entries } = await readDirectory(source, (await getPath(source, tip, directory)).oid, directory)
        const expected = await Promise.all(
          entries.map(async ({ path }) => [path, (await readLastCommit(source, tip, path)).subject]),
        )
        assert.deepEqual(shown(answer), expected)
        for (const { kind, path } of entries) if (kind === 'directory') directories.push(path)
      }
    }
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), compare), { numRuns: 8 })
  })

  it('knows names that are no words, options or UTF-8', async () => {
    const odd = ['"line\\nend"', '"\\nbegin"', '"space "', '"caf\\351"', '--help', ':(glob)*', '":100644 x"', '*']
    const files = Object.fromEntries(odd.map((name) => [name, '1']))
    const folders = Object.fromEntries(odd.map((name) => [name.replace(/"?$/, '/in$&'), '1']))
    const names = ['\nbegin', '*', '--help', ':(glob)*', ':100644 x', 'caf\ufffd', 'line\nend', 'space ']
    const asFiles = await write([
      { subject: 'Start', parents: [], files: { b: '1' } },
      { subject: 'Odd', parents: ['Start'], files: { b: '1', ...files } },
      { subject: 'More', parents: ['Odd'], files: { b: '2', ...files } },
    ])
    assert.deepEqual(Object.fromEntries(shown(await read(asFiles))), {
      ...Object.fromEntries(names.map((name) => [name, 'Odd'])),
      b: 'More',
    })
    const asFolders = await write([
      { subject: 'Start', parents: [], files: folders },
      { subject: 'More', parents: ['Start'], files: { ...folders, b: '2' } },
    ])
    for (const name of names) assert.deepEqual(shown(await read(asFolders, name)), [[`${name}/in`, 'Start']], name)
  })

  it('goes so far and no further, and says so', async () => {
    const tip = await write([
      { subject: 'Start', parents: [], files: { a: '1' } },
      { subject: 'Second', parents: ['Start'], files: { a: '1', b: '1' } },
      { subject: 'x'.repeat(400), parents: ['Second'], files: { a: '1', b: '1', c: '1' } },
    ])
    const short = await read(tip, '', { ...defaultWalkLimits, commits: 2 })
    assert.deepEqual(
      [short.isComplete, shown(short)],
      [
        false,
        [
          ['b', 'Second'],
          ['c', `${'x'.repeat(299)}…`],
        ],
      ],
    )
    assert.equal((await read(tip)).isComplete, true)
    // However far it came.
    const cut = await read(tip, '', { ...defaultWalkLimits, timeMs: 0 })
    assert.equal(cut.isComplete, cut.items.length === 3)

    let time = 0
    const reader = createLastCommits({ now: () => time, limits: { ...defaultWalkLimits, commits: 1 } })
    const wanted = { tip, path: '', located: await getPath(source, tip, ''), holder: ana }
    const first = await reader.read(source, wanted)
    assert.equal(await reader.read(source, wanted), first)
    time += 10 * 60_000
    assert.notEqual(await reader.read(source, wanted), first, 'it may go further by now')
  })

  it('looks once for all who ask the same, and not for one who asks for everything', async () => {
    const tip = await write([{ subject: 'Start', parents: [], files: { 'a/x': '1', 'b/x': '1', 'c/x': '1' } }])
    const located = await Promise.all(['', 'a', 'b', 'c'].map((path) => getPath(source, tip, path)))
    const reader = createLastCommits({ now: () => 0 })
    const ask = (at: number, holder: StreamHolder): Promise<LastCommits> => {
      const place = located[at]
      assert.ok(place)
      return reader.read(source, { tip, path: place.askable, located: place, holder })
    }
    const stranger = { stranger: '192.0.2.1' }
    const first = ask(0, stranger)
    await assert.rejects(ask(1, stranger), failsWith('git-busy'))
    const [one, same, another] = await Promise.all([first, ask(0, stranger), ask(1, { stranger: '192.0.2.2' })])
    assert.equal(one, same)
    assert.deepEqual(shown(another), [['a/x', 'Start']])
    assert.equal(await ask(0, stranger), one, 'kept')
    const asked = [1, 2, 3].map((at) => ask(at, ana))
    assert.deepEqual(
      (await Promise.allSettled(asked)).map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled'],
      'what is known takes no place',
    )
  })
})
