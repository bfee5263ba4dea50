import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openGit } from './git-testing.ts'
import { type NewObject, objectOid, writeObjects } from './write-objects.ts'

test('what git refuses in a push is refused, and nothing of it stays', async () => {
  await using fixture = await openGit()
  const { git } = fixture
  const repository = await fixture.createRepository()
  const blob: NewObject = { kind: 'blob', bytes: Buffer.from('x') }
  const treeOf = (name: string, oid = objectOid(blob)): NewObject => ({
    kind: 'tree',
    bytes: Buffer.concat([Buffer.from(`100644 ${name}\0`), Buffer.from(oid, 'hex')]),
  })
  for (const tree of [treeOf('.git'), treeOf('.GIT '), treeOf('git~1'), treeOf('..'), treeOf('a', '1'.repeat(40))]) {
    await assert.rejects(writeObjects(git, repository, [blob, tree], { check: '--strict' }), { code: 'git-failed' })
    assert.equal(await git.objects(repository).info(objectOid(blob)), undefined)
  }
  await writeObjects(git, repository, [blob, treeOf('a')], { check: '--strict' })
  assert.equal((await git.objects(repository).read(objectOid(blob)))?.content.toString(), 'x')
})
