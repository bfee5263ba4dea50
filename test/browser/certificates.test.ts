import assert from 'node:assert/strict'
import { test } from 'node:test'
import { login } from '../../src/client/login.ts'
import { newSshKey } from '../support/ssh-key-line.ts'
import { run } from '../support/ssh-door.ts'
import { openTerminal } from '../support/terminal.ts'
import { setUp } from './entry-steps.ts'
import { button, openStory, see, seeTitle, tap } from './story.ts'

test('a certificate from the terminal and from the page, each with a tap', { timeout: 280_000 }, async (context) => {
  await using terminal = await openTerminal()
  await using story = await openStory(context, { flags: ['--ssh-port', '0'] })
  const { postern, page, step, visitor } = story
  await setUp(story)
  const account = `${postern.origin}/-/account/ssh-keys`

  await step('the page says how to get one', async () => {
    await page.goto(account)
    await seeTitle(page, 'Account')
    await see(page, `node postern.mjs login ${postern.origin}`)
    await visitor.photograph('certificates-none')
  })

  await step('postern login opens the page of the tap, and real ssh comes in', async () => {
    const asked = Promise.withResolvers<string>()
    const ended = terminal.run(
      (parts) => login([postern.origin, '--write-config'], parts),
      (said) => {
        const url = /^ {2}(http\S+)$/m.exec(said)?.[1]
        if (url !== undefined) asked.resolve(url)
      },
    )
    await page.goto(await asked.promise)
    await see(page, /Postern’s command line/)
    await visitor.photograph('certificates-authorise')
    await button(page, /with a tap|Let it in/).click()
    await tap(page)
    await see(page, 'You can close this page and go back to your terminal.')
    await visitor.photograph('certificates-done')
    const { code, err } = await ended
    assert.equal(code, 0, err)
    const config = `${terminal.home}/.ssh/config`
    const came = await run('ssh', ['-F', config, '-o', 'BatchMode=yes', '-T', 'git@localhost'], { env: terminal.env })
    assert.equal(came.code, 0, came.stderr)
  })

  await step('by hand, for a machine on which the command cannot run', async () => {
    await page.goto(account)
    await see(page, /Made by Postern’s command line/)
    await button(page, 'Get one here').click()
    const field = page.getByRole('textbox', { name: 'Public key' })
    await field.fill('ssh-ed25519 AAAA')
    await button(page, 'Get it with a tap').click()
    await see(page, /This key is not taken/)
    assert.equal(await field.inputValue(), 'ssh-ed25519 AAAA')
    await visitor.photograph('certificates-refused')
    await field.fill(newSshKey())
    await button(page, 'Get it with a tap').click()
    await tap(page)
    await see(page, 'Put it beside your key')
    await visitor.photograph('certificates-made')
    assert.match((await page.getByLabel('Certificate', { exact: true }).textContent()) ?? '', /^ssh-ed25519-cert-v01@/)
    await button(page, 'Done').click()
  })

  await step('ended at once, and gone from the list', async () => {
    await button(page, 'End certificate 1').click()
    await page.getByText(/Made by Postern’s command line/).waitFor({ state: 'detached' })
    const came = await run(
      'ssh',
      ['-F', `${terminal.home}/.ssh/config`, '-o', 'BatchMode=yes', '-T', 'git@localhost'],
      {
        env: terminal.env,
      },
    )
    assert.notEqual(came.code, 0)
    assert.match(came.stderr, /this certificate was ended/)
    await visitor.photograph('certificates-listed')
  })
})
