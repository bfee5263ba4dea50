import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import fc from 'fast-check'
import '../../test/support/steady-seed.ts'
import { ProblemError } from '../http/problem.ts'
import { type BlameLimits, type Blame, createBlames } from './blame.ts'
import { findLandings } from './find-landings.ts'
import { failsWith, type GitFixture, openGit } from './git-testing.ts'
import { type Commit, writeHistory } from './history-testing.ts'
import type { Source } from './revision.ts'
import { getPath } from './tree.ts'
import { defaultWalkLimits } from './walk-directory.ts'

const holder = { account: 'ana' }

describe('who wrote each line of a file', () => {
  let fixture: GitFixture
  let source: Source
  before(async () => {
    fixture = await openGit()
    source = { git: fixture.git, folder: await fixture.createRepository() }
  })
  after(() => fixture[Symbol.asyncDispose]())

  async function read(tip: string, path: string, limits?: BlameLimits): Promise<Blame> {
    const reader = createBlames({ now: () => 0, ...(limits && { limits }) })
    return reader.read(source, { tip, path, located: await getPath(source, tip, path), holder })
  }
  /** Each range: where it begins, how long it is, who wrote it, and what brought that in. */
  async function shown(blame: Blame): Promise<[number, number, string, string | undefined][]> {
    const { stdout } = await source.git.run(['log', '--all', '--format=%H %s'], { repository: source.folder })
    const subjects = new Map(
      stdout
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => [line.slice(0, 40), line.slice(41)]),
    )
    return blame.ranges.map(({ from, lines, oid }) => [
      from,
      lines,
      subjects.get(oid) ?? '',
      subjects.get(blame.line[blame.places.get(oid) ?? -1] ?? ''),
    ])
  }
  const refused = (code: string) => (error: unknown) => error instanceof ProblemError && error.code === code

  it('is told by commits, and each by what brought it onto the first-parent line', async () => {
    const tip = await writeHistory(source, [
      { subject: 'Start', parents: [], files: { old: 'one\ntwo\nthree\n' } },
      { subject: 'Rename', parents: ['Start'], files: { a: 'one\ntwo\nthree\n' } },
      { subject: 'Write on a branch', parents: ['Start'], files: { old: 'one\ntwo\nthree\nfour\n' } },
      { subject: 'Again', parents: ['Write on a branch'], files: { old: 'one\ntwo\nthree\nfour\nfive\n' } },
      { subject: 'Merge #1', parents: ['Rename', 'Again'], files: { a: 'one\ntwo\nthree\nfour\nfive\n' } },
      { subject: 'Squash #2', parents: ['Merge #1'], files: { a: 'one\nTWO\nthree\nfour\nfive\n' } },
      { subject: 'Aside', parents: ['Merge #1'], files: { a: 'zero\none\ntwo\nthree\nfour\nfive\n' } },
      { subject: 'Merge #3', parents: ['Squash #2', 'Aside'], files: { a: 'zero\none\n2\nthree\nfour\nfive\n' } },
      { subject: 'Nothing', parents: ['Merge #3'], files: { a: 'zero\none\n2\nthree\nfour\nfive\n', b: '' } },
    ])
    const blame = await read(tip, 'a')
    assert.deepEqual(await shown(blame), [
      [1, 1, 'Aside', 'Merge #3'],
      [2, 1, 'Start', 'Start'],
      // The merge itself made this of what both sides had.
      [3, 1, 'Merge #3', 'Merge #3'],
      [4, 1, 'Start', 'Start'],
      [5, 1, 'Write on a branch', 'Merge #1'],
      [6, 1, 'Again', 'Merge #1'],
    ])
    assert.equal(blame.isComplete, true)
    const start = blame.commits.find(({ subject }) => subject === 'Start')
    assert.deepEqual([start?.authorName, start?.committedAt], ['Ana', 1_700_000_060_000])
    assert.deepEqual(await read(tip, 'b'), { ...(await read(tip, 'b')), ranges: [], commits: [], isComplete: true })
  })

  it('counts lines as the page of the file does, whatever stands in them', async () => {
    // As git begins each of its ranges.
    const second = `${'1'.repeat(40)} 1 1 1`
    const first = { crlf: 'a\r\nb\r\n', open: 'a\nb', latin: 'caf\xe9\nna\xefve\n', bare: 'a\rb\n', gap: 'a\nb\nc\n' }
    const tip = await writeHistory(source, [
      { subject: 'First', parents: [], files: first },
      {
        subject: second,
        parents: ['First'],
        files: {
          crlf: 'a\r\nB\r\n',
          open: 'a\nb\nc',
          latin: 'caf\xe9\nna\xefve!\n',
          bare: 'a\rb\n\n\n',
          gap: 'a\nc\n',
        },
      },
    ])
    for (const [path, added] of Object.entries({ crlf: 1, open: 2, latin: 1, bare: 2 }))
      assert.deepEqual(
        (await shown(await read(tip, path))).map(([from, lines, subject]) => [from, lines, subject]),
        [
          [1, 1, 'First'],
          [2, added, second],
        ],
        path,
      )
    const [gap, ...more] = (await read(tip, 'gap')).ranges
    assert.deepEqual([gap?.from, gap?.lines, more], [1, 2, []], 'what stands together by one commit is one range')
  })

  it('asks for names as they are, and lets no file say whom to pass over', async () => {
    const names = ['--help', ':(glob)*', '"line\\nend"', '" space "', '*', '"caf\\303\\251"', 'HEAD']
    const files = (content: string) => Object.fromEntries(names.map((name) => [name, content]))
    const odd = { '"caf\\351"': 'x\n' }
    const history: Commit[] = [
      { subject: 'First', parents: [], files: { ...files('a\nb\n'), ...odd } },
      { subject: 'Second', parents: ['First'], files: { ...files('a\nbb\n'), ...odd } },
    ]
    const hidden = await writeHistory(source, history)
    await writeFile(join(source.folder, 'passed-over'), `${hidden}\n`)
    const setting = ['config', 'blame.ignoreRevsFile', join(source.folder, 'passed-over')]
    await source.git.run(setting, { repository: source.folder })
    const list = { '.mailmap': 'Eve <eve@example.com> <ana@example.com>\n' }
    const tip = await writeHistory(source, [
      ...history,
      { subject: 'Hide', parents: ['Second'], files: { ...files('a\nbb\n'), ...odd, ...list } },
    ])
    for (const path of ['--help', ':(glob)*', 'line\nend', ' space ', '*', 'café', 'HEAD']) {
      const blame = await read(tip, path)
      const ranges = (await shown(blame)).map(([from, , subject]) => [from, subject])
      assert.deepEqual(
        ranges,
        [
          [1, 'First'],
          [2, 'Second'],
        ],
        path,
      )
      assert.ok(blame.commits.every(({ authorName }) => authorName === 'Ana'))
    }
    await assert.rejects(read(tip, 'caf\ufffd'), refused('odd-name'))
  })

  it('refuses what has no lines or too many, and says how far it came', async () => {
    const tip = await writeHistory(source, [
      { subject: 'First', parents: [], files: { 'src/a': 'a\n', binary: 'a\0', long: 'x\n'.repeat(20_001), most: '' } },
      {
        subject: 'x'.repeat(400),
        parents: ['First'],
        files: { 'src/a': 'a\nb\n', binary: 'a\0', long: 'x\n'.repeat(20_001), most: 'x\n'.repeat(20_000) },
      },
    ])
    await assert.rejects(read(tip, 'src'), refused('is-directory'))
    await assert.rejects(read(tip, 'binary'), refused('is-binary'))
    await assert.rejects(read(tip, 'long'), refused('too-large'))
    assert.deepEqual((await read(tip, 'most')).ranges[0]?.lines, 20_000)

    const blame = { bytes: 1e6, timeMs: 5000 }
    const short = await read(tip, 'src/a', { blame, walk: { ...defaultWalkLimits, commits: 1 } })
    assert.deepEqual(
      (await shown(short)).map(([, , subject, landing]) => [subject.slice(0, 5), landing?.slice(0, 5)]),
      [
        ['First', undefined],
        ['xxxxx', 'xxxxx'],
      ],
    )
    assert.equal(short.isComplete, false)
    assert.ok(short.commits.some(({ subject }) => subject === `${'x'.repeat(299)}…`))
    assert.equal(
      (await read(tip, 'src/a', { blame: { ...blame, bytes: 1 }, walk: defaultWalkLimits })).isComplete,
      false,
    )

    const reader = createBlames({ now: () => 0 })
    const stranger = { stranger: '192.0.2.1' }
    const wanted = await Promise.all(
      ['src/a', 'most'].map(async (path) => ({
        tip,
        path,
        located: await getPath(source, tip, path),
        holder: stranger,
      })),
    )
    const asked = await Promise.allSettled(wanted.map((one) => reader.read(source, one)))
    assert.deepEqual(asked.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], 'one at once for a stranger')
    const reason = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    assert.ok(failsWith('git-busy')(reason[0]))
  })

  it('finds the oldest commit of the line that reaches another, whatever the history', async () => {
    const step = fc.record({
      parents: fc.array(fc.nat(6), { minLength: 1, maxLength: 3 }),
      later: fc.integer({ min: -200, max: 200 }),
    })
    const compare = async (steps: readonly { parents: number[]; later: number }[]) => {
      const commits: Commit[] = [{ subject: '0', parents: [], files: {} }]
      for (const { parents, later } of steps) {
        const from = [...new Set(parents.map((back) => String(Math.max(0, commits.length - 1 - back))))]
        commits.push({ subject: String(commits.length), parents: from, files: {}, later })
      }
      const tip = await writeHistory(source, commits)
      const { stdout } = await source.git.run(['log', '--format=%H %s', tip], { repository: source.folder })
      const named = new Map(
        stdout
          .toString()
          .trim()
          .split('\n')
          .map((line) => [line.slice(41), line.slice(0, 40)]),
      )
      const parentsOf = (subject: string): string[] => commits[Number(subject)]?.parents ?? []
      const reaches = (from: string, to: string): boolean =>
        from === to || parentsOf(from).some((parent) => reaches(parent, to))
      const line: string[] = []
      for (let at: string | undefined = commits.at(-1)?.subject; at !== undefined; at = parentsOf(at)[0]) line.push(at)
      const found = await findLandings(source, { tip, wanted: new Set(named.values()) }, { holder })
      assert.deepEqual(
        found.line,
        line.map((subject) => named.get(subject)),
      )
      for (const [subject, oid] of named)
        assert.equal(
          found.places.get(oid),
          line.findLastIndex((one) => reaches(one, subject)),
          subject,
        )
    }
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), compare), { numRuns: 12 })
  })
})
