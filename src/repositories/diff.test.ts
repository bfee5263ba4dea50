import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { type Comparison, nothing, readDiffSummary } from './diff.ts'
import { type GitFixture, openGit, stockGit } from './git-testing.ts'
import { readFilePatch } from './patch.ts'
import type { Source } from './revision.ts'

describe('differences', () => {
  let fixture: GitFixture
  let source: Source
  let work: string

  before(async () => {
    fixture = await openGit()
    source = { git: fixture.git, folder: await fixture.createRepository() }
    work = await mkdtemp(join(tmpdir(), 'postern-diff-'))
    await stockGit(work, 'init', '-q', '-b', 'main')
  })
  after(async () => {
    await rm(work, { recursive: true, force: true })
    await fixture[Symbol.asyncDispose]()
  })

  const put = async (path: string, content: string | Buffer): Promise<void> => {
    await mkdir(join(work, path, '..'), { recursive: true })
    await writeFile(join(work, path), content)
  }
  /** Commits everything and brings it into the bare repository. */
  async function commit(): Promise<string> {
    await stockGit(work, 'add', '-A')
    await stockGit(work, '-c', 'core.autocrlf=false', 'commit', '-q', '--allow-empty', '-m', 'change')
    await stockGit(work, 'push', '-q', '--force', source.folder, 'HEAD:refs/heads/main')
    return stockGit(work, 'rev-parse', 'HEAD')
  }
  async function patches(comparison: Comparison) {
    const { files } = await readDiffSummary(source, comparison)
    return Promise.all(files.map(({ index }) => readFilePatch(source, comparison, index)))
  }
  const find = (all: Awaited<ReturnType<typeof patches>>, path: string) => {
    const found = all.find(({ file }) => file.newPath === path || file.oldPath === path)
    assert.ok(found, path)
    return found
  }

  it('tells every kind of change, and its patches are what git itself can apply', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index}\n`).join('')
    await put('modified.txt', lines)
    await put('crlf.txt', 'one\r\ntwo\r\n')
    await put('moved from.txt', lines.replaceAll('line', 'row'))
    await put('gone.txt', 'a\nb')
    await put('run.sh', 'true\n')
    await put('becomes a link', 'text\n')
    await put('folder', 'a file that becomes a folder\n')
    await put('image.bin', Buffer.from([0, 1, 2]))
    await put('odd "name"\twith\\.txt', 'x\n')
    const from = await commit()
    await put('modified.txt', lines.replace('line 3\n', 'line three\n').replace('line 59\n', 'line 59'))
    await put('crlf.txt', 'one\r\n2\r\n')
    await rename(join(work, 'moved from.txt'), join(work, 'moved to.txt'))
    await rm(join(work, 'gone.txt'))
    await chmod(join(work, 'run.sh'), 0o755)
    await rm(join(work, 'becomes a link'))
    await symlink('modified.txt', join(work, 'becomes a link'))
    await rm(join(work, 'folder'))
    await put('folder/inside.txt', 'inside\n')
    await put('image.bin', Buffer.from([0, 1, 3]))
    await put('odd "name"\twith\\.txt', 'y\n')
    await put('new é.txt', 'only line')
    await put('empty', '')
    const to = await commit()

    const summary = await readDiffSummary(source, { from, to })
    const all = await patches({ from, to })
    assert.deepEqual(Object.fromEntries(summary.files.map((file) => [file.newPath ?? file.oldPath, file.status])), {
      'becomes a link': 'type-changed',
      'crlf.txt': 'modified',
      empty: 'added',
      folder: 'deleted',
      'folder/inside.txt': 'added',
      'gone.txt': 'deleted',
      'image.bin': 'modified',
      'modified.txt': 'modified',
      'moved to.txt': 'renamed',
      'new é.txt': 'added',
      'odd "name"\twith\\.txt': 'modified',
      'run.sh': 'modified',
    })
    assert.equal(summary.fileCount, 12)
    assert.deepEqual([find(all, 'image.bin').reason, find(all, 'image.bin').file.isBinary], ['binary', true])
    assert.match(find(all, 'crlf.txt').patch ?? '', /\n-two\r\n\+2\r\n/)
    assert.match(find(all, 'run.sh').patch ?? '', /old mode 100644\nnew mode 100755\n$/)
    assert.match(find(all, 'becomes a link').patch ?? '', /\+modified.txt\n\\ No newline at end of file/)
    assert.deepEqual([find(all, 'modified.txt').file.additions, find(all, 'modified.txt').file.deletions], [2, 2])

    // Binary files and changes of type have no patch that git applies.
    const text = all.filter(({ file }) => !file.isBinary && file.status !== 'type-changed')
    const stock = await mkdtemp(join(tmpdir(), 'postern-apply-'))
    await stockGit(stock, 'clone', '-q', source.folder, '.')
    await stockGit(stock, 'checkout', '-q', from)
    await writeFile(join(stock, '.git', 'patch'), text.map(({ patch }) => patch).join(''))
    await stockGit(stock, 'apply', '--index', '.git/patch')
    assert.equal(await stockGit(stock, 'diff', '--cached', '--name-only', to), 'becomes a link\nimage.bin')
    await rm(stock, { recursive: true })
  })

  it('shows submodules, names and content that are no UTF-8', async () => {
    const from = await commit()
    await stockGit(work, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},module`)
    await mkdir(join(work, 'module'), { recursive: true })
    await put('latin.txt', Buffer.from('caf\xe9\n', 'latin1'))
    await writeFile(Buffer.concat([Buffer.from(`${work}/n`), Buffer.of(0xe9)]), 'odd name\n')
    await stockGit(work, 'add', 'latin.txt', 'n*')
    await stockGit(work, 'commit', '-q', '-m', 'odd')
    const to = await stockGit(work, 'rev-parse', 'HEAD')
    await stockGit(work, 'push', '-q', source.folder, 'HEAD:refs/heads/main')
    const all = await patches({ from, to })
    assert.match(find(all, 'module').patch ?? '', new RegExp(`\\+Subproject commit ${'1'.repeat(40)}\n`))
    assert.match(find(all, 'latin.txt').patch ?? '', /\+caf\ufffd\n/)
    assert.match(find(all, 'n\ufffd').patch ?? '', /\+odd name\n/)
    await stockGit(work, 'update-index', '--force-remove', 'module')
    await rm(join(work, 'module'), { recursive: true })
  })

  it('says when added lines or names hide something', async () => {
    const from = await commit()
    const hiding: Record<string, string> = {
      bidi: 'if (admin) { // \u202e } \u2066 check \u2069\n',
      zero: 'ad\u200bmin\n',
      tag: 'x\u{e0041}\n',
      selector: 'x\ufe01\u{e0101}\n',
      filler: 'let \u3164 = 1\n',
      escape: 'safe\u001b[2K\n',
      rewritten: 'evil()\rsafe() \n',
    }
    for (const [name, text] of Object.entries(hiding)) await put(`hiding/${name}`, text)
    await put('hiding/na\u202eme', 'plain\n')
    await put('plain/emoji', 'heart \u2764\ufe0f\r\n')
    await put('plain/text', 'tab\there, ünïcode\n')
    const to = await commit()
    for (const { file, hasHiddenCharacters } of await patches({ from, to }))
      assert.equal(hasHiddenCharacters, file.newPath?.startsWith('hiding/'), file.newPath ?? '')
    await rm(join(work, 'hiding'), { recursive: true })
    const after = await commit()
    for (const { hasHiddenCharacters, file } of await patches({ from: to, to: after }))
      assert.equal(hasHiddenCharacters, false, `taking away ${file.oldPath} hides nothing`)
  })

  it('attributes that were pushed hide no change and run nothing', async () => {
    const from = await commit()
    await put('.gitattributes', '* binary -diff\n*.txt diff=evil\n')
    await put('shown.txt', 'shown\n')
    const to = await commit()
    const all = await patches({ from, to })
    assert.equal(find(all, 'shown.txt').file.additions, 1)
    assert.match(find(all, 'shown.txt').patch ?? '', /\+shown/)
    await rm(join(work, '.gitattributes'))
    await commit()
  })

  it('a line of 50 MB and a file of 20,001 lines are listed, not shown', async () => {
    const from = await commit()
    await put('line', Buffer.alloc(50 * 1024 ** 2, 'x'))
    await put('lines', 'x\n'.repeat(20_001))
    await put('wide', `${'y'.repeat(1024 ** 2 + 1)}\n`)
    const to = await commit()
    await put('line', Buffer.alloc(50 * 1024 ** 2, 'y'))
    await put('wide', `${'z'.repeat(1024 ** 2 + 1)}\n`)
    const later = await commit()
    for (const patch of [...(await patches({ from, to })), ...(await patches({ from: to, to: later }))])
      assert.deepEqual([patch.patch, patch.reason], [null, 'too-large'], patch.file.newPath ?? '')
    assert.equal(find(await patches({ from, to }), 'lines').file.additions, 20_001)
    await rm(join(work, 'line'))
    await commit()
  })

  it('10,000 files are counted, 3,000 of them listed', async () => {
    const from = await commit()
    const stream = [
      'commit refs/heads/many',
      'committer Ada <ada@example.com> 1700000000 +0000',
      'data 4',
      'many',
      `from ${from}`,
    ]
    for (let index = 0; index < 10_000; index++) stream.push(`M 100644 inline many/${index}`, 'data 2', 'x', '')
    const importing = promisify(execFile)('git', ['fast-import', '--quiet'], {
      cwd: work,
      env: { PATH: process.env['PATH'], HOME: work },
    })
    importing.child.stdin?.end(`${stream.join('\n')}\n`)
    await importing
    await stockGit(work, 'push', '-q', source.folder, 'many:refs/heads/many')
    const to = await stockGit(work, 'rev-parse', 'many')
    const summary = await readDiffSummary(source, { from, to })
    assert.deepEqual(
      [summary.fileCount, summary.files.length, summary.isTruncated, summary.additions],
      [10_000, 3000, true, 10_000],
    )
    assert.match((await readFilePatch(source, { from, to }, 2999)).patch ?? '', /\+x/)
    await assert.rejects(readFilePatch(source, { from, to }, 3000), { status: 404 })
  })

  it('the first commit is compared with nothing', async () => {
    const first = await stockGit(work, 'rev-list', '--max-parents=0', 'main')
    const summary = await readDiffSummary(source, { from: nothing, to: first })
    assert.ok(summary.files.length > 0 && summary.files.every(({ status }) => status === 'added'))
  })
})
