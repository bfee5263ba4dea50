import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'
import { createMaintenance, isUntidy, maintain } from './maintenance.ts'

describe('maintenance', () => {
  let fixture: GitFixture
  before(async () => void (fixture = await openGit()))
  after(() => fixture[Symbol.asyncDispose]())

  async function packsIn(repository: string): Promise<string[]> {
    return (await readdir(join(repository, 'objects', 'pack'))).filter((name) => name.endsWith('.pack'))
  }

  it('writes bitmap and commit-graph, and loses no object, not even one that nothing names yet', async () => {
    const repository = await fixture.createRepository()
    await commitFiles(fixture.git, repository, 'refs/heads/main', { file: 'one\n' })
    const ended = await commitFiles(fixture.git, repository, 'refs/heads/ended', { file: 'two\n' })
    await fixture.git.run(['repack', '-adq'], { repository })
    await fixture.git.run(['update-ref', '-d', 'refs/heads/ended'], { repository })
    const { stdout } = await fixture.git.run(['hash-object', '-w', '--stdin'], { repository, input: 'soon named' })
    const letGo: string[] = []
    await maintain({ ...fixture.git, letGo: (folder) => void letGo.push(folder) }, repository)
    assert.deepEqual(letGo, [repository], 'nobody goes on holding packs that are gone')
    assert.ok((await readdir(join(repository, 'objects', 'pack'))).some((name) => name.endsWith('.bitmap')))
    assert.ok((await readdir(join(repository, 'objects', 'info'))).includes('commit-graph'))
    assert.ok((await readdir(repository)).includes('packed-refs'))
    const objects = fixture.git.objects(repository)
    assert.equal((await objects.info(ended))?.type, 'commit')
    assert.equal((await objects.info(stdout.toString().trim()))?.type, 'blob')
    await fixture.git.run(['fsck', '--strict'], { repository })
  })

  it('leaves a pack alone that a push still keeps', async () => {
    const repository = await fixture.createRepository()
    const oid = await commitFiles(fixture.git, repository, 'refs/heads/main', { file: 'one\n' })
    const pack = await fixture.git.run(['pack-objects', '--stdout', '--revs'], { repository, input: `${oid}\n` })
    await fixture.git.run(['index-pack', '--stdin', '--keep=receive-pack 1 on host'], {
      repository,
      input: pack.stdout,
    })
    const [kept] = await packsIn(repository)
    await maintain(fixture.git, repository)
    assert.ok((await packsIn(repository)).includes(kept ?? ''))
  })

  it('tidies an untidy repository in the background, and only that', async () => {
    const untidy = await fixture.createRepository()
    for (let turn = 0; turn <= 20; turn++) {
      await commitFiles(fixture.git, untidy, 'refs/heads/main', { file: `${turn}\n` })
      await fixture.git.run(['repack', '-dq'], { repository: untidy })
    }
    const tidy = await fixture.createRepository()
    assert.deepEqual([await isUntidy(untidy), await isUntidy(tidy)], [true, false])
    const errors: unknown[] = []
    const maintenance = createMaintenance({ git: fixture.git, onError: (error) => errors.push(error) })
    maintenance.changed(untidy)
    maintenance.changed(tidy)
    maintenance.changed(untidy)
    await maintenance.idle()
    assert.deepEqual(errors, [])
    // What is named, and the cruft of the earlier turns.
    assert.equal((await packsIn(untidy)).length, 2)
    assert.deepEqual(await packsIn(tidy), [])
    await maintenance.close()
    maintenance.changed(untidy)
    await maintenance.idle()
  })
})
