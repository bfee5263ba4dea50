import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeTokenInBrowser } from '../support/browser-steps.ts'
import { setUp } from './entry-steps.ts'
import { createRepository } from './repository-steps.ts'
import { button, linesOf, openStory, see } from './story.ts'

test('where one clones, SSH is one click away, with the key of this server', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context, { flags: ['--ssh-port', '0'] })
  const { postern, page, step, terminal, visitor } = story
  await setUp(story)
  const { port = 0, fingerprint = '', ecdsa } = postern.postern.ssh() ?? {}
  const url = `ssh://git@localhost:${port}/acme/widgets.git`
  const ssh = page.getByRole('radio', { name: 'SSH' })

  await step('an empty repository tells both ways, and remembers the one that was chosen', async () => {
    await createRepository(story)
    await page.getByText('SSH', { exact: true }).click()
    await see(page, fingerprint)
    assert.match(await linesOf(page, 'Or a new one'), new RegExp(`git remote add origin ${url}`))
    await see(page, '1. Add your SSH key')
    await visitor.photograph('empty-repository-ssh')
    await page.reload()
    await see(page, fingerprint)
    assert.ok(await ssh.isChecked())
  })

  await step('so does the button', async () => {
    await page.goto(`${postern.origin}/acme/widgets`)
    await page.getByText('HTTPS', { exact: true }).click()
    await see(page, '1. Make a token for git')
    const lines = await linesOf(page, 'Or a new one')
    await terminal.answerGitWith('ana', await makeTokenInBrowser(page, postern.origin))
    await terminal.pasteWell(lines)
    await page.goto(`${postern.origin}/acme/widgets`)
    await button(page, 'Clone').click()
    await page.getByText('SSH', { exact: true }).click()
    assert.equal(await linesOf(page, 'Clone over SSH'), `git clone ${url}`)
    await see(page, fingerprint)
    await see(page, ecdsa?.fingerprint ?? assert.fail())
    await visitor.photograph('clone-ssh')
    assert.deepEqual(visitor.errors, [])
  })
})
