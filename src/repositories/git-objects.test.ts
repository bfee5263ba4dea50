import assert from 'node:assert/strict'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { createObjectPool } from './git-objects.ts'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'

describe('git.objects', () => {
  let fixture: GitFixture
  let repository: string
  before(async () => {
    fixture = await openGit()
    repository = await fixture.createRepository()
    await commitFiles(fixture.git, repository, 'refs/heads/main', { 'a file': 'text\n', empty: '' })
  })
  after(() => fixture[Symbol.asyncDispose]())

  function openPool(maxProcesses = 8): { pool: ReturnType<typeof createObjectPool>; started: () => number } {
    let count = 0
    const pool = createObjectPool({
      maxProcesses,
      start: (options) => {
        count++
        return fixture.git.stream(['cat-file', '--batch-command'], options)
      },
    })
    return { pool, started: () => count }
  }

  it('reads every kind by revision and by oid', async () => {
    const objects = fixture.git.objects(repository)
    const commit = await objects.read('refs/heads/main')
    assert.equal(commit?.type, 'commit')
    assert.match(commit.content.toString(), /^tree [0-9a-f]{40}\n/)
    assert.equal((await objects.info('main^{tree}'))?.type, 'tree')
    assert.equal((await objects.read('main:a file'))?.content.toString(), 'text\n')
    const empty = await objects.read('main:empty')
    assert.deepEqual([empty?.size, empty?.content.length], [0, 0])
    assert.deepEqual(await objects.info(commit.oid), { oid: commit.oid, type: 'commit', size: commit.size })
  })

  it('finds nothing where there is nothing', async () => {
    const objects = fixture.git.objects(repository)
    for (const name of ['nope', '1'.repeat(40), 'main:no such file', 'main:a missing', '--batch-all-objects', ' ']) {
      assert.equal(await objects.read(name), undefined, name)
    }
    await assert.rejects(objects.read('main\ninfo main'), { code: 'object-name-refused' })
  })

  it('answers 1,000 reads in a row and 1,000 at once from one process', async () => {
    const { pool, started } = openPool()
    const objects = pool.objects(repository)
    for (let turn = 0; turn < 1000; turn++) assert.equal((await objects.info('main:a file'))?.size, 5)
    const names = Array.from({ length: 1000 }, (_, index) => ['main:a file', 'nope', 'main:empty'][index % 3] ?? '')
    const sizes = await Promise.all(names.map(async (name) => (await objects.read(name))?.content.toString()))
    assert.deepEqual(
      sizes,
      names.map((_, index) => ['text\n', undefined, ''][index % 3]),
    )
    assert.equal(started(), 1)
    pool.close()
  })

  it('reads large and binary content whole, and refuses it above the limit', async () => {
    const input = randomBytes(3 * 1024 ** 2)
    const { stdout } = await fixture.git.run(['hash-object', '-w', '--stdin'], { repository, input })
    const oid = stdout.toString().trim()
    const objects = fixture.git.objects(repository)
    assert.ok((await objects.read(oid))?.content.equals(input))
    await assert.rejects(objects.read(oid, { maxBytes: 1024 }), { code: 'object-too-large' })
    assert.equal((await objects.info('main'))?.type, 'commit')
  })

  it('sees what was written, moved and packed after its process began', async () => {
    const objects = fixture.git.objects(repository)
    const before = await objects.info('main')
    const oid = await commitFiles(fixture.git, repository, 'refs/heads/main', { 'a file': 'new\n' })
    await fixture.git.run(['repack', '-adq'], { repository })
    assert.notEqual(before?.oid, oid)
    assert.equal((await objects.info('main'))?.oid, oid)
    assert.equal((await objects.read('main:a file'))?.content.toString(), 'new\n')
  })

  it('starts another process after one died, and ends the least used ones', async () => {
    const { pool, started } = openPool(2)
    const folders = [repository, await fixture.createRepository(), await fixture.createRepository()]
    for (const folder of folders) assert.equal(await pool.objects(folder).info('nope'), undefined)
    await pool.objects(folders[2] ?? '').info('nope')
    assert.equal(started(), 3)
    await pool.objects(repository).info('main')
    assert.equal(started(), 4)
    pool.objects(repository).end()
    assert.equal((await pool.objects(repository).info('main'))?.type, 'commit')
    assert.equal(started(), 5)
    pool.close()
  })

  it('fails every question that waits when the process is killed, then recovers', async () => {
    const processes: Awaited<ReturnType<typeof fixture.git.stream>>[] = []
    const pool = createObjectPool({
      start: async (options) => {
        const git = await fixture.git.stream(['cat-file', '--batch-command'], options)
        processes.push(git)
        return git
      },
    })
    await pool.objects(repository).info('main')
    const closed = once(processes[0]!.stdout, 'close')
    processes[0]!.kill()
    const waiting = await Promise.allSettled([
      pool.objects(repository).info('main'),
      pool.objects(repository).info('main'),
    ])
    await closed
    assert.deepEqual(
      waiting.map((result) => result.status),
      ['rejected', 'rejected'],
    )
    assert.equal((await pool.objects(repository).info('main'))?.type, 'commit')
    pool.close()
  })
})
