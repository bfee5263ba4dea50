import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { refuseRunawayAttributes } from './archive-attributes.ts'
import { commitFiles, type GitFixture, openGit } from './git-testing.ts'

let fixture: GitFixture
let folder: string
before(async () => {
  fixture = await openGit()
  folder = await fixture.createRepository()
})
after(() => fixture[Symbol.asyncDispose]())

it('an older git is not asked to compare patterns that would take it for ever', async () => {
  const judge = async (version: string, attributes: string, name = '.gitattributes'): Promise<string | undefined> => {
    const commit = await commitFiles(fixture.git, folder, 'refs/heads/main', { a: 'a\n', [name]: attributes })
    const git = { ...fixture.git, version: () => version }
    return refuseRunawayAttributes({ git, folder }, commit).then(
      () => undefined,
      ({ code }: { code: string }) => code,
    )
  }
  const refused = 'attributes-too-complex'
  assert.equal(await judge('2.39.5', '*.png binary\n\n# ** ** **\ndocs/**/*.md text\n'), undefined)
  for (const line of ['**/a*/**/a*/**/[b] x', '  **/a/**/b/**/c x', String.raw`"\052*/a/\052\052/b/**/c" x`])
    assert.equal(await judge('2.39.5', `* text=auto\n${line}\n`), refused, line)
  assert.equal(await judge('2.40.1', '**/a*/**/a*/**/[b] x\n'), refused)
  assert.equal(await judge('2.41.0', '**/a*/**/a*/**/[b] x\n'), undefined)
  assert.equal(await judge('3.0.0', '**/a*/**/a*/**/[b] x\n'), undefined)
  assert.equal(await judge('2.39.5', '**/a*/**/a*/**/[b] x\n', 'not.gitattributes'), undefined)
})
