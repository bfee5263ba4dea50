import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { gitOrThrow } from '../../src/walk/git.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { commitThere, startGitRemote } from '../support/git-remote.ts'
import { setUp } from './entry-steps.ts'
import { button, dialog, holds, link, openStory, see, seeTitle, tap } from './story.ts'

const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`

test('a repository moves here in the browser, and is mirrored back', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context, { flags: ['--outbound-allow', '127.0.0.0/8'] })
  const { postern, page, step, visitor } = story
  await using remote = await startGitRemote(join(postern.folder, 'there'))
  const old = await remote.create('old-shop.git')
  await commitThere(old.folder, 'main', { 'README.md': 'Tea\n', 'film.mov': pointer })
  await gitOrThrow(old.folder, ['tag', 'v1', 'main'])
  remote.account = { username: 'tess', password: 'right-one' }
  await setUp(story)
  await callInBrowser(page, 'POST', '/projects', { name: 'shop', description: '' })

  await step('from the project to the form, which takes the name from the address', async () => {
    await page.goto(`${postern.origin}/shop`)
    await link(page, 'Import').click()
    await seeTitle(page, 'Import a repository')
    await page.getByRole('textbox', { name: 'Address of the repository' }).fill(old.url)
    await holds(page.getByLabel('Name here'), 'old-shop')
  })

  await step('an address that cannot be used is refused with its reason, and nothing typed is lost', async () => {
    await page.getByRole('textbox', { name: 'Address of the repository' }).fill('git://example.com/tea/shop.git')
    await button(page, 'Import it').click()
    await see(page, /nobody can tell who answers/)
    await visitor.photograph('import-refused')
    await page.getByRole('textbox', { name: 'Address of the repository' }).fill('git@example.com:tea/shop.git')
    await page.getByRole('textbox', { name: 'Private key' }).fill('not a key')
    await button(page, 'Import it').click()
    await see(page, /Paste the whole private key/)
    await visitor.photograph('import-ssh')
    await page.getByRole('textbox', { name: 'Address of the repository' }).fill(old.url)
  })

  await step('a wrong password is said; the right one brings it over', async () => {
    await page.getByLabel('User name there').fill('tess')
    await page.getByLabel('Password or token there').fill('wrong-one')
    await button(page, 'Import it').click()
    await see(page, /does not accept this user name and password or token/)
    await visitor.photograph('import-failed')
    await page.getByLabel('Password or token there').fill('right-one')
    let release = (): void => {}
    let posted = 0
    remote.intercept = (request, response) => {
      if (request.method !== 'POST' || ++posted !== 3) return false
      release = () => remote.serve(request, response)
      return true
    }
    await button(page, 'Try again').click()
    await see(page, 'You can close this page: it goes on.')
    await visitor.photograph('import-running')
    await page.goto(`${postern.origin}/shop/old-shop`)
    await link(page, 'See how far it is').waitFor()
    assert.equal(await page.getByText('Push your first commits').count(), 0, 'nobody is told to push into an import')
    await link(page, 'See how far it is').click()
    await see(page, 'You can close this page: it goes on.')
    while (posted < 3) await page.waitForTimeout(50)
    remote.intercept = undefined
    release()
    await seeTitle(page, 'Imported')
    await see(page, /1 branch and 1 tag came/)
    await see(page, /1 file was not brought\. The other server has no Git LFS at this address/)
    await see(page, /git lfs push --all http:/)
    await visitor.photograph('import-done')
  })

  await step('mirrored back there, with a tap', async () => {
    await link(page, 'Mirror it back there').click()
    await seeTitle(page, 'Mirrors')
    await page.getByRole('textbox', { name: 'Address of the repository there' }).fill(old.url)
    await page.getByLabel('User name there').fill('tess')
    await page.getByLabel('Password or token there').fill('right-one')
    await button(page, 'Set it up with a tap').click()
    await tap(page)
    await see(page, 'Up to date')
    await visitor.photograph('mirror-up-to-date')
    assert.ok(!(await page.content()).includes('right-one'))
  })

  await step('somebody pushes there directly: it is left alone and said', async () => {
    const sneaky = await commitThere(old.folder, 'main', { 'sneaky.txt': 'x' })
    await button(page, 'Mirror now').click()
    await see(page, /Somebody pushed to main there directly/)
    await visitor.photograph('mirror-strayed')
    assert.equal((await gitOrThrow(old.folder, ['rev-parse', 'main'])).trim(), sneaky)
  })

  await step('set to overwrite, switched off, removed: each with a tap', async () => {
    await button(page, 'Edit').click()
    await page.getByLabel('Overwrite what somebody pushes there directly').check()
    await button(page, 'Save with a tap').click()
    await tap(page)
    await see(page, 'Up to date')
    await button(page, 'Switch off').click()
    await tap(page)
    await button(page, 'Switch on').waitFor()
    await button(page, 'Remove').click()
    await button(dialog(page), 'Remove it with a tap').click()
    await tap(page)
    await see(page, 'No mirrors')
  })

  await step('an import that is given up leaves nothing', async () => {
    remote.intercept = (request) => request.method === 'POST'
    await page.goto(`${postern.origin}/-/repositories/import?project=shop`)
    await page.getByRole('textbox', { name: 'Address of the repository' }).fill(old.url)
    await page.getByLabel('User name there').fill('tess')
    await page.getByLabel('Password or token there').fill('right-one')
    await page.getByLabel('Name here').fill('second')
    await button(page, 'Import it').click()
    await button(page, 'Cancel').click()
    await button(dialog(page), 'Give it up').click()
    await seeTitle(page, 'shop')
    assert.equal(await page.getByText('second').count(), 0)
    remote.intercept = undefined
  })
  assert.deepEqual(visitor.errors, [])
})
