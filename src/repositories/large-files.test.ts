import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'
import { findLargeFile } from './large-files.ts'

const megabyte = 1024 ** 2

let fixture: GitFixture
before(async () => {
  fixture = await openGit()
})
after(() => fixture[Symbol.asyncDispose]())

it('a push is asked for names only where something in it is too large: they are many, and files may be large', async () => {
  const folder = await fixture.createRepository()
  const tip = await commitFiles(fixture.git, folder, 'refs/heads/main', { big: 'x'.repeat(9 * megabyte), small: 'x' })
  const asked: string[] = []
  const git: typeof fixture.git = {
    ...fixture.git,
    run(args, options) {
      asked.push(args.join(' '))
      return fixture.git.run(args, options)
    },
  }
  const wanted = { folder, quarantine: `${folder}/objects`, tips: [tip] }
  assert.equal(await findLargeFile(git, { ...wanted, maxBytes: 16 * megabyte }), undefined)
  assert.deepEqual(
    asked.filter((line) => line.includes('objectname')),
    [],
  )
  const found = await findLargeFile(git, { ...wanted, maxBytes: megabyte })
  assert.deepEqual([found?.kind, found?.bytes, found?.mostBytes], ['file', 9 * megabyte, megabyte])
})
