import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'
import { GitError } from './git.ts'
import { findLongNames } from './long-names.ts'

let fixture: GitFixture
before(async () => {
  fixture = await openGit()
})
after(() => fixture[Symbol.asyncDispose]())

const person = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com' } as const
const env = { ...person, GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' } as const

/** A repository with one small file, and a folder for what comes to it. */
async function open() {
  const { git } = fixture
  const folder = await fixture.createRepository()
  const start = await commitFiles(git, folder, 'refs/heads/main', { small: 'x' })
  const quarantine = join(folder, 'objects', 'tmp_objdir-incoming-test')
  await mkdir(quarantine)
  const options = { repository: folder, objectDirectory: quarantine }
  const run = async (args: string[], input?: string): Promise<string> =>
    (await git.run(args, { ...options, env, ...(input === undefined ? {} : { input }) })).stdout.toString().trim()
  const blob = await run(['rev-parse', 'refs/heads/main:small'])
  /** Under folders, the outermost first, the file that is there already. */
  const treeOf = async (...names: string[]): Promise<string> => {
    let entry = `100644 blob ${blob}`
    for (const name of names.toReversed()) entry = `040000 tree ${await run(['mktree', '-z'], `${entry}\t${name}\0`)}`
    return entry.slice(-40)
  }
  const commit = (tree: string, ...parents: string[]): Promise<string> =>
    run(['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent]), '-m', 'x'])
  const find = (...tips: string[]) => findLongNames(git, { folder, quarantine, tips })
  return { git, folder, quarantine, start, run, blob, treeOf, commit, find }
}

const folders = Array.from({ length: 20 }, (_, index) => `${index}`.padStart(200, 'd'))

test('a name that no system can have is found in any of the commits that come, also where its file was here', async () => {
  const { start, treeOf, commit, find } = await open()
  const fine = await commit(await treeOf('n'.repeat(255)), start)
  assert.equal(await find(fine), undefined)
  // What Windows has, though Linux could not check it out.
  assert.equal(await find(await commit(await treeOf('folder', '語'.repeat(255)), start)), undefined)
  for (const name of ['n'.repeat(256), '語'.repeat(256), `hidden\u202e${'n'.repeat(256)}`]) {
    const long = await commit(await treeOf('folder', name), start)
    const refusal = await find(long)
    assert.equal(refusal?.code, 'name-too-long', name)
    assert.match(refusal.sentences[0], /^A name in the path folder\/[^\u202e]{20,}… has more than 255 characters/)
    // Taken out again in what comes last, it stays in what comes before.
    const after = await commit(await treeOf('small'), long)
    assert.equal((await find(start, after))?.code, 'name-too-long')
    // By a merge that nobody else brought it to, and on the side that a merge brings in.
    const merge = await commit(await treeOf('folder', name), start, fine)
    assert.equal((await find(merge))?.code, 'name-too-long')
    const side = await commit(await treeOf('small'), start, long)
    assert.equal((await find(side))?.code, 'name-too-long')
    // The first commit of all.
    assert.equal((await find(await commit(await treeOf(name))))?.code, 'name-too-long')
  }
})

test('a path that no system can open is found, though each name in it is short', async () => {
  const { start, treeOf, commit, find } = await open()
  const path = folders.join('/')
  assert.equal(path.length, 4019)
  assert.equal(await find(await commit(await treeOf(...folders, 'n'.repeat(76)), start)), undefined)
  const refusal = await find(await commit(await treeOf(...folders, 'n'.repeat(77)), start))
  assert.equal(refusal?.reason, 'a name is too long')
  assert.match(refusal.sentences[0], /^The path d{80}… has more than 4096 bytes/)
  // Made of folders that are here by now, under one more.
  const short = await commit(await treeOf(...folders), start)
  assert.equal((await find(await commit(await treeOf('n'.repeat(77), ...folders), short)))?.code, 'name-too-long')
})

test('what is here already can stay, and be taken out', async () => {
  const { git, folder, start, treeOf, commit, run, find } = await open()
  const former = await commit(await treeOf('n'.repeat(300)), start)
  await git.run(['unpack-objects', '-q'], {
    repository: folder,
    input: await git
      .run(['pack-objects', '--revs', '--stdout', '-q'], {
        repository: folder,
        objectDirectory: join(folder, 'objects', 'tmp_objdir-incoming-test'),
        input: `${former}\n`,
      })
      .then(({ stdout }) => stdout),
  })
  await git.run(['update-ref', 'refs/heads/main', former], { repository: folder })
  const gone = await commit(await treeOf('small'), former)
  assert.equal(await find(gone, await commit(await run(['rev-parse', `${former}^{tree}`]), former)), undefined)
  assert.equal(await find(), undefined)
  // A tag of something else than a commit is shown nowhere.
  assert.equal(await find(await treeOf('small')), undefined)
})

test('of a long history the last commits are asked, and what its branch holds in the end', async () => {
  const { start, run, find, blob } = await open()
  const long = 'n'.repeat(256)
  const commits = (last: string): string =>
    Array.from({ length: 510 }, (_, index) => {
      const head = `commit refs/heads/history\nmark :${index + 1}\ncommitter Ada <ada@example.com> ${index} +0000\ndata 1\nx\n`
      const path = index === 0 ? long : index === 509 && last === 'taken out' ? undefined : `file-${index}`
      return `${head}${path === undefined ? `D ${long}` : `M 100644 ${blob} ${path}`}\n`
    }).join('')
  const bring = async (last: string): Promise<string> => {
    await run(['fast-import', '--quiet', '--force'], commits(last))
    const tip = await run(['rev-parse', 'refs/heads/history'])
    await run(['update-ref', '-d', 'refs/heads/history'])
    return tip
  }
  assert.equal((await find(start, await bring('still there')))?.code, 'name-too-long')
  assert.equal(await find(await bring('taken out')), undefined)
})

test('whoever makes it last is told to bring less', async () => {
  const { git, folder, quarantine, start } = await open()
  const slow: typeof git = { ...git, run: () => Promise.reject(new GitError('git-timeout')) }
  const refusal = await findLongNames(slow, { folder, quarantine, tips: [start] })
  assert.match(refusal?.sentences.join(' ') ?? '', /could not be read within 10 minutes\. Bring its history in parts/)
})
