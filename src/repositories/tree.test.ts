import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { readFileContent } from './file.ts'
import { listCommits, readLastCommit } from './commits.ts'
import { type GitFixture, openGit } from './git-testing.ts'
import type { Source } from './revision.ts'
import { findPath, getPath, parseTree, readDirectory } from './tree.ts'

const person = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.com',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.com',
}

describe('directories and files', () => {
  let fixture: GitFixture
  let source: Source
  let commit: string

  const git = async (args: string[], input?: string | Buffer): Promise<string> =>
    (
      await fixture.git.run(args, { repository: source.folder, env: person, ...(input === undefined ? {} : { input }) })
    ).stdout
      .toString()
      .trim()
  const blob = (content: string | Buffer): Promise<string> => git(['hash-object', '-w', '--stdin'], content)
  const tree = (entries: [mode: string, type: string, oid: string, name: string | Buffer][]): Promise<string> =>
    git(
      ['mktree', '-z', '--missing'],
      Buffer.concat(
        entries.map(([mode, type, oid, name]) =>
          Buffer.concat([Buffer.from(`${mode} ${type} ${oid}\t`), Buffer.from(name), Buffer.of(0)]),
        ),
      ),
    )

  before(async () => {
    fixture = await openGit()
    source = { git: fixture.git, folder: await fixture.createRepository() }
    const odd = await tree([
      ['100644', 'blob', await blob('newline'), 'a\nb'],
      ['100644', 'blob', await blob('latin'), Buffer.from('caf\xe9', 'latin1')],
    ])
    const root = await tree([
      ['100644', 'blob', await blob('# Hello\n'), 'README.md'],
      ['100644', 'blob', await blob('old'), 'readme'],
      ['100755', 'blob', await blob('#!/bin/sh\r\n'), 'run.sh'],
      ['120000', 'blob', await blob('../../etc/passwd'), 'link'],
      ['160000', 'commit', '1'.repeat(40), 'module'],
      ['040000', 'tree', odd, 'odd'],
      ['040000', 'tree', odd, Buffer.from('d\xe9', 'latin1')],
      ['100644', 'blob', await blob(Buffer.from([0x89, 0x50, 0, 1])), 'image.png'],
      ['100644', 'blob', await blob(Buffer.from('caf\xe9 \r\nend', 'latin1')), 'latin.txt'],
      ['100644', 'blob', await blob('x'.repeat(1024 ** 2 + 1)), 'large.txt'],
      ['100644', 'blob', await blob(''), 'empty'],
    ])
    commit = await git(['commit-tree', root, '-m', 'odd'])
    await git(['update-ref', 'refs/heads/main', commit])
  })
  after(() => fixture[Symbol.asyncDispose]())

  const read = async (path: string) => readFileContent(source, await getPath(source, commit, path))

  it('lists directories first, with kinds, sizes and the README', async () => {
    const { entries, isTruncated, readme } = await readDirectory(source, (await getPath(source, commit, '')).oid, '')
    assert.deepEqual(
      entries.map(({ name, kind, size }) => [name, kind, size]),
      [
        ['d\ufffd', 'directory', null],
        ['odd', 'directory', null],
        ['README.md', 'file', 8],
        ['empty', 'file', 0],
        ['image.png', 'file', 4],
        ['large.txt', 'file', 1024 ** 2 + 1],
        ['latin.txt', 'file', 10],
        ['link', 'symlink', null],
        ['module', 'submodule', null],
        ['readme', 'file', 3],
        ['run.sh', 'executable', 11],
      ],
    )
    assert.equal(isTruncated, false)
    assert.deepEqual(readme, { name: 'README.md', text: '# Hello\n' })
  })

  it('opens names with line ends and bytes that are no UTF-8', async () => {
    assert.equal((await read('odd/a\nb')).text, 'newline')
    assert.equal((await read('odd/caf\ufffd')).text, 'latin')
    const located = await getPath(source, commit, 'd\ufffd/caf\ufffd')
    assert.equal(located.askable, '')
    assert.equal((await readLastCommit(source, commit, located.askable)).oid, commit)
  })

  it('has no history of what no path is', async () => {
    for (const path of ['..', '../..', '.', 'docs/../..', './docs', 'a\0b'])
      assert.deepEqual(await listCommits(source, { tip: commit, path }), [], path)
    assert.equal((await listCommits(source, { tip: commit })).length, 1)
  })

  it('shows text, and says why it does not show the rest', async () => {
    assert.deepEqual(await read('run.sh'), { kind: 'text', size: 11, text: '#!/bin/sh\r\n', lfs: null })
    assert.deepEqual(await read('latin.txt'), { kind: 'text', size: 10, text: 'caf\ufffd \r\nend', lfs: null })
    assert.deepEqual(await read('empty'), { kind: 'text', size: 0, text: '', lfs: null })
    assert.deepEqual(await read('image.png'), { kind: 'binary', size: 4, text: null, lfs: null })
    assert.deepEqual(await read('large.txt'), { kind: 'too-large', size: 1024 ** 2 + 1, text: null, lfs: null })
    await assert.rejects(read('module'), { code: 'is-submodule' })
    await assert.rejects(read('odd'), { code: 'is-directory' })
  })

  it('shows where a symbolic link points, and never goes there', async () => {
    assert.deepEqual(await read('link'), { kind: 'symlink', size: 16, text: '../../etc/passwd', lfs: null })
    for (const path of [
      'link/x',
      '../README.md',
      './README.md',
      'odd/..',
      'odd/',
      'README.md/x',
      '.git/config',
      'nope',
      'odd//a\nb',
    ])
      assert.equal(await findPath(source, commit, path), undefined, path)
  })

  it('lists at most 2,000 entries and says that there are more', async () => {
    const empty = await blob('')
    const many = await tree(Array.from({ length: 2001 }, (_, index) => ['100644', 'blob', empty, `file-${index}`]))
    const { entries, isTruncated } = await readDirectory(source, many, 'many')
    assert.deepEqual([entries.length, isTruncated, entries[0]?.path], [2000, true, 'many/file-0'])
  })

  it('refuses what is no tree', () => {
    assert.throws(() => parseTree(Buffer.from('100644 a')), RangeError)
    assert.throws(() => parseTree(Buffer.from('100644 a\0short')), RangeError)
  })
})
