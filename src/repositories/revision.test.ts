import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'
import { readRefs } from './refs.ts'
import { findRevision, getRevision, type Source } from './revision.ts'

describe('findRevision', () => {
  let fixture: GitFixture
  let source: Source
  let first: string
  let second: string

  const git = async (...args: string[]): Promise<string> =>
    (
      await fixture.git.run(args, {
        repository: source.folder,
        env: { GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
      })
    ).stdout
      .toString()
      .trim()

  before(async () => {
    fixture = await openGit()
    source = { git: fixture.git, folder: await fixture.createRepository() }
    first = await commitFiles(source.git, source.folder, 'refs/heads/main', { a: '1' })
    second = await commitFiles(source.git, source.folder, 'refs/heads/feature/x', { a: '2' })
    await git('tag', 'light', first)
    await git('tag', '-a', '-m', 'heavy', 'heavy', second)
  })
  after(() => fixture[Symbol.asyncDispose]())

  it('finds no ref by a pattern, nor by what git cannot be asked', { timeout: 20_000 }, async () => {
    const deep = `refs/heads/${Array.from({ length: 60 }, () => 'a').join('/')}`
    await git('update-ref', deep, first)
    const asked = [deep, 'refs/heads/m*', 'refs/heads/a\0b', `refs/heads/${'**/'.repeat(60)}b`]
    assert.deepEqual([...(await readRefs(source.git, source.folder, asked))], [[deep, first]])
    await git('update-ref', '-d', deep)
  })

  it('understands branches, tags and oids', async () => {
    const oidOf = async (name: string): Promise<string | undefined> => (await findRevision(source, name))?.oid
    assert.equal(await oidOf('main'), first)
    assert.equal(await oidOf('feature/x'), second)
    assert.equal(await oidOf('refs/heads/feature/x'), second)
    assert.equal(await oidOf('light'), first)
    assert.equal(await oidOf('heavy'), second)
    assert.equal(await oidOf('refs/tags/heavy'), second)
    assert.equal(await oidOf(first), first)
    assert.equal(await oidOf(second.slice(0, 7)), second)
    assert.deepEqual(await findRevision(source, 'main'), { name: 'main', oid: first, ref: 'refs/heads/main' })
  })

  it('understands none of the syntax of git', async () => {
    const tree = await git('rev-parse', 'main^{tree}')
    const refused = [
      '', '-', '--all', '-hmain', 'main^', 'main~1', 'main^{tree}', 'main@{0}', '@', 'HEAD', 'FETCH_HEAD', ':/files', 'main:a',
      'main..feature/x', 'main...feature/x', '^main', 'ma*', 'heads/main', 'refs/postern/signers', 'refs/heads', 'a\nb', 'main\0',
      'main ', first.slice(0, 6), 'f'.repeat(40), tree, 'ø'.repeat(200), '../main', 'refs/heads/../tags/light',
    ] // prettier-ignore
    for (const name of refused) assert.equal(await findRevision(source, name), undefined, JSON.stringify(name))
    await assert.rejects(getRevision(source, 'main^'), { status: 404 })
  })

  it('does not find what no branch, tag or pull request holds', async () => {
    const hidden = await commitFiles(source.git, source.folder, 'refs/postern/seals', { a: 'sealed' })
    const pulled = await commitFiles(source.git, source.folder, 'refs/pull/1/head', { a: 'pulled' })
    const lost = await commitFiles(source.git, source.folder, 'refs/heads/lost', { a: 'lost' })
    await git('update-ref', '-d', 'refs/heads/lost')
    assert.equal(await findRevision(source, hidden), undefined)
    assert.equal(await findRevision(source, hidden.slice(0, 10)), undefined)
    assert.equal(await findRevision(source, lost), undefined)
    assert.equal((await findRevision(source, pulled))?.oid, pulled)
  })

  it('a branch named like a commit does not stand in for it', async () => {
    await git('update-ref', `refs/heads/${first}`, second)
    assert.equal((await findRevision(source, first))?.oid, first)
  })
})
