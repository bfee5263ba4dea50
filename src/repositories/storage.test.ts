import assert from 'node:assert/strict'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'
import { createRepositoryFolder, createTemporaryObjects, folderPath, removeRepositoryFolder } from './storage.ts'

describe('storage', () => {
  let fixture: GitFixture
  before(async () => void (fixture = await openGit()))
  after(() => fixture[Symbol.asyncDispose]())

  it('makes an empty bare repository with an opaque name', async () => {
    const folder = await createRepositoryFolder(fixture.git, fixture.root)
    const path = folderPath(fixture.root, folder)
    assert.match(folder, /^[0-9a-f]{32}$/)
    assert.equal(await readFile(join(path, 'HEAD'), 'utf8'), 'ref: refs/heads/main\n')
    assert.deepEqual((await readdir(path)).sort(), ['HEAD', 'config', 'objects', 'refs'])
    assert.match(await readFile(join(path, 'config'), 'utf8'), /bare = true/)
    await removeRepositoryFolder(fixture.root, folder)
    await assert.rejects(stat(path), { code: 'ENOENT' })
  })

  it('finds no folder for anything but an opaque name', () => {
    for (const name of [
      '',
      '..',
      '../../etc',
      'A'.repeat(32),
      'a'.repeat(31),
      'a'.repeat(33),
      `${'a'.repeat(32)}\n`,
      `${'a'.repeat(30)}/.`,
    ]) {
      assert.throws(() => folderPath('/root', name), { code: 'folder-name-refused' }, JSON.stringify(name))
    }
  })

  it('keeps a preview out of the repository', async () => {
    const repository = await fixture.createRepository()
    await commitFiles(fixture.git, repository, 'refs/heads/main', { file: 'text\n' })
    const before = (await readdir(join(repository, 'objects'))).sort()
    {
      await using preview = await createTemporaryObjects(repository)
      const { stdout } = await fixture.git.run(['hash-object', '-w', '--stdin'], {
        repository,
        objectDirectory: preview.path,
        input: 'x',
      })
      assert.equal(await fixture.git.objects(repository).info(stdout.toString().trim()), undefined)
    }
    assert.deepEqual((await readdir(join(repository, 'objects'))).sort(), before)
  })
})
