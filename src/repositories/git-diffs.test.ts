import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { emptyTree } from './git-environment.ts'
import { createGitDiffs, diffTree, type GitDiffs, withPatches } from './git-diffs.ts'
import type { GitProcess } from './git-runner-client.ts'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'

describe('git.compare', () => {
  let fixture: GitFixture
  let repository: string
  let trees: string[]
  before(async () => {
    fixture = await openGit()
    repository = await fixture.createRepository()
    const contents = ['one\n', `end ${'0'.repeat(32)}\n`, 'diff --git a/x b/x\nend\n', 'x'.repeat(4000)]
    trees = []
    for (const content of contents) {
      const oid = await commitFiles(fixture.git, repository, 'refs/heads/main', { 'a file': content })
      trees.push((await fixture.git.objects(repository).info(`${oid}^{tree}`))?.oid ?? assert.fail())
    }
  })
  after(() => fixture[Symbol.asyncDispose]())

  function openDiffs(): { diffs: GitDiffs; started: GitProcess[] } {
    const started: GitProcess[] = []
    const diffs = createGitDiffs({
      async start(args, options) {
        const git = await fixture.git.stream(args, options)
        started.push(git)
        return git
      },
    })
    return { diffs, started }
  }
  const pairs = () => trees.flatMap((from) => [...trees, emptyTree].map((to) => ({ from, to })))

  it('says what a process of its own would say, again and again by one process', async () => {
    const { diffs, started } = openDiffs()
    for (const { from, to } of pairs()) {
      const { stdout } = await fixture.git.run([...diffTree, ...withPatches, from, to], { repository })
      assert.deepEqual(await diffs.compare(repository, { from, to }, 1e6), stdout)
    }
    assert.equal(started.length, 1)
    diffs.close()
  })

  it('answers many at once, each with its own, and keeps one process', async () => {
    const { diffs, started } = openDiffs()
    const alone = new Map<object, Buffer | undefined>()
    for (const pair of pairs()) alone.set(pair, await diffs.compare(repository, pair, 1e6))
    const together = [...alone.keys()] as { from: string; to: string }[]
    const answers = await Promise.all(together.map((pair) => diffs.compare(repository, pair, 1e6)))
    assert.deepEqual(answers, [...alone.values()])
    diffs.close()
    for (const git of started) await git.exited
  })

  it('asks no process for ever, which would keep every tree in its memory', async () => {
    const { diffs, started } = openDiffs()
    const [from = ''] = trees
    for (let times = 0; times < 25; times++) await diffs.compare(repository, { from, to: emptyTree }, 1e6)
    assert.equal(started.length, 2)
    await started[0]?.exited
    diffs.close()
  })

  it('gives up what is larger than asked for, and says what is no tree', async () => {
    const { diffs, started } = openDiffs()
    const [from = '', , , to = ''] = trees
    assert.equal(await diffs.compare(repository, { from, to }, 1000), undefined)
    await started[0]?.exited
    await assert.rejects(diffs.compare(repository, { from, to: '1'.repeat(40) }, 1e6), { code: 'git-failed' })
    assert.ok((await diffs.compare(repository, { from, to }, 1e6))?.includes('a file'))
    diffs.close()
  })

  it('sees what was written and packed after its process began, and starts another after that one died', async () => {
    const { diffs, started } = openDiffs()
    const [from = ''] = trees
    await diffs.compare(repository, { from, to: emptyTree }, 1e6)
    const oid = await commitFiles(fixture.git, repository, 'refs/heads/main', { 'a file': 'later\n' })
    await fixture.git.run(['repack', '-adq'], { repository })
    const to = (await fixture.git.objects(repository).info(`${oid}^{tree}`))?.oid ?? ''
    assert.ok((await diffs.compare(repository, { from, to }, 1e6))?.includes('+later'))
    assert.equal(started.length, 1)
    const closed = once(started[0]!.stdout, 'close')
    started[0]?.kill()
    await closed
    await started[0]?.exited
    assert.ok((await diffs.compare(repository, { from, to }, 1e6))?.includes('+later'))
    assert.equal(started.length, 2)
    diffs.close()
  })
})
