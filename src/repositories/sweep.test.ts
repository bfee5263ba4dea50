import assert from 'node:assert/strict'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'
import { sweep } from './sweep.ts'

describe('sweep', () => {
  let fixture: GitFixture
  before(async () => void (fixture = await openGit()))
  after(() => fixture[Symbol.asyncDispose]())

  it('takes away what a kill leaves behind, and nothing else', async () => {
    const repository = await fixture.createRepository()
    const oid = await commitFiles(fixture.git, repository, 'refs/heads/topic.locks/one', { file: 'text\n' })
    await fixture.git.run(['repack', '-adq'], { repository })
    const put = async (path: string, text = ''): Promise<string> => {
      await mkdir(join(repository, path, '..'), { recursive: true })
      await writeFile(join(repository, path), text)
      return join(repository, path)
    }
    const film = await put(`lfs/objects/aa/aa/${'a'.repeat(64)}`, 'a film')
    const pack = `objects/pack/pack-${'1'.repeat(40)}.keep`
    const operators = await put(`objects/pack/pack-${'2'.repeat(40)}.keep`, 'kept by hand\n')
    const remains = [
      await put('refs/heads/deep/er/main.lock', oid),
      await put('refs/heads/main.lock'),
      await put('packed-refs.lock'),
      await put('HEAD.lock'),
      await put('objects/info/commit-graphs/tmp_graph_x'),
      await put('objects/pack/tmp_pack_abcdef'),
      await put('objects/pack/.tmp-123-pack-abc.pack'),
      await put(pack, 'receive-pack 123 on host\n'),
      await put(`lfs/incoming/${'a'.repeat(16)}-1`, 'half a film'),
    ]
    await put('objects/tmp_objdir-incoming-AbCdEf/pack/pack-1.pack')
    remains.push(join(repository, 'objects/tmp_objdir-incoming-AbCdEf'))
    assert.deepEqual(sweep(fixture.root), remains.sort())
    assert.deepEqual(sweep(fixture.root), [])
    await stat(operators)
    await stat(film)
    await fixture.git.run(['update-ref', 'refs/heads/main', oid], { repository })
    await fixture.git.run(['fsck', '--strict'], { repository })
  })

  it('finds nothing where there is nothing', async () => {
    assert.deepEqual(sweep(join(fixture.folder, 'nowhere')), [])
  })
})
