import assert from 'node:assert/strict'
import { test } from 'node:test'
import { commitOid } from '../protocols/sshsig/commit-signature.ts'
import { commitFiles, openGit } from './git-testing.ts'
import { writeCommits } from './write-commits.ts'

test('commits of every length come over as they are, and what is none is refused', async () => {
  await using fixture = await openGit()
  const { git } = fixture
  const repository = await fixture.createRepository()
  const first = await commitFiles(git, repository, 'refs/heads/main', { file: 'text\n' })
  const tree = (await git.objects(repository).info(`${first}^{tree}`))?.oid ?? ''
  const who = 'Ana <ana@example.com> 1700000000 +0000'
  const commits = [0, 1, 15, 16, 2000, 300_000].map((length) =>
    Buffer.from(`tree ${tree}\nparent ${first}\nauthor ${who}\ncommitter ${who}\n\n${'x'.repeat(length)}`),
  )
  await writeCommits(git, repository, commits)
  for (const bytes of commits) {
    const found = await git.objects(repository).read(commitOid(bytes))
    assert.deepEqual(found?.content, bytes)
  }
  await assert.rejects(writeCommits(git, repository, [Buffer.from('no commit at all')]), { code: 'git-failed' })
})
