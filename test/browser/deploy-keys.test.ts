import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { callInBrowser } from '../support/browser-steps.ts'
import { run } from '../support/ssh-door.ts'
import { makeKeyFile } from '../support/ssh-key-files.ts'
import { setUp } from './entry-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, dialog, holds, link, openStory, see, seeTitle, tap } from './story.ts'

test(
  'a deploy key is added, changed, given a successor and ended in the browser',
  { timeout: 280_000 },
  async (context) => {
    await using story = await openStory(context, { flags: ['--ssh-port', '0'] })
    const { postern, page, step, visitor } = story
    await setUp(story)
    await callInBrowser(page, 'POST', '/projects', { name: 'pay', description: '' })
    await callInBrowser(page, 'POST', '/projects/pay/repositories', { name: 'api', description: '' })
    const key = await makeKeyFile(postern.folder, 'build-server')
    const next = await makeKeyFile(postern.folder, 'next')
    const publicKey = (name = 'Public key') => page.getByRole('textbox', { name, exact: true })
    const rows = () => page.getByRole('list', { name: 'Deploy keys' }).getByRole('listitem')

    await step('from the settings to an empty list, and to the form', async () => {
      await page.goto(`${postern.origin}/pay/api/settings`)
      await link(page, 'Deploy keys').click()
      await seeTitle(page, 'Deploy keys')
      await see(page, 'No deploy keys')
      await button(page, 'Add a deploy key').click()
    })

    await step('the form is whole on a phone, in both schemes', async () => {
      await lookAtPage(page, postern.origin, {
        name: 'deploy-key-form',
        route: '/$project/$repository/settings/deploy-keys',
        url: '/pay/api/settings/deploy-keys?new=yes',
        shows: 'Replaced by its holder',
      })
      await page.setViewportSize({ width: 1280, height: 900 })
    })

    await step('a private key never leaves the browser, and nothing typed is lost', async () => {
      const sent: string[] = []
      page.on('request', (request) => sent.push(request.postData() ?? ''))
      const secret = await readFile(join(postern.folder, 'build-server'), 'utf8')
      await publicKey().fill(secret)
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('build server')
      await button(page, 'Add it with a tap').click()
      await see(page, /nobody else may have/)
      assert.ok(!sent.some((body) => body.includes('PRIVATE KEY')))
      assert.equal(await page.getByRole('textbox', { name: 'Name', exact: true }).inputValue(), 'build server')
      await visitor.photograph('deploy-key-refused')
    })

    await step('added with a tap, shown as ssh-keygen shows it; how it replaces itself can be copied', async () => {
      await publicKey().fill(key.line)
      await page.getByRole('radio', { name: 'Fetch and push' }).check({ force: true })
      await page.getByRole('radio', { name: 'Replaced by its holder' }).check({ force: true })
      await button(page, 'Add it with a tap').click()
      await see(page, /every 30 days by its holder/)
      await tap(page)
      await see(page, /rotate@postern/)
      await rows().getByText('Fetches and pushes').waitFor()
      await rows()
        .getByText(/never used/)
        .waitFor()
      await rows().getByText('replaced by its holder every 30 days').waitFor()
      await visitor.photograph('deploy-key-added')
      await button(page, 'I have them').click()
    })

    await step('when and from where it came last is shown', async () => {
      const options = [
        'StrictHostKeyChecking=no',
        'UserKnownHostsFile=/dev/null',
        'IdentityAgent=none',
        'IdentitiesOnly=yes',
      ].flatMap((option) => ['-o', option])
      const port = String(postern.postern.sshPort())
      const args = ['-F', '/dev/null', '-T', '-p', port, ...options, '-i', key.file, 'git@localhost']
      const came = await run('ssh', args)
      assert.equal(came.code, 0, came.stderr)
      await page.goto(`${postern.origin}/pay/api/settings/deploy-keys`)
      await rows()
        .getByText(/last used .+ from 127\.0\.0\.1/)
        .waitFor()
    })

    await step('the same key is not taken twice', async () => {
      await button(page, 'Add a deploy key').click()
      await publicKey().fill(key.line)
      await page.getByRole('textbox', { name: 'Name', exact: true }).focus()
      await holds(page.getByRole('textbox', { name: 'Name', exact: true }), 'build-server')
      await button(page, 'Add it with a tap').click()
      await see(page, /belongs to somebody, or to a repository, already/)
      await button(page, 'Cancel').click()
    })

    await step('changed: until a day, under another name', async () => {
      await button(rows().first(), 'Change').click()
      await page.getByRole('textbox', { name: 'Name', exact: true }).fill('builds')
      await page.getByRole('radio', { name: 'Until a set day' }).check({ force: true })
      await button(page, 'Save with a tap').click()
      await tap(page)
      await rows().getByText('builds', { exact: true }).waitFor()
      await rows().getByText('replaced by its holder').waitFor({ state: 'detached' })
    })

    await step('given a successor, which waits for its first use', async () => {
      await button(rows().first(), 'New key').click()
      await publicKey('New public key').fill(next.line)
      await button(page, 'Add it with a tap').click()
      await tap(page)
      await see(page, 'New, not used yet')
      await see(page, /takes its place as soon as that is used/)
      assert.equal(await rows().count(), 2)
      await lookAtPage(page, postern.origin, {
        name: 'deploy-key-successor',
        route: '/$project/$repository/settings/deploy-keys',
        url: '/pay/api/settings/deploy-keys',
        shows: 'New, not used yet',
      })
      await page.setViewportSize({ width: 1280, height: 900 })
    })

    await step('ended, and what it brought with it', async () => {
      await button(rows().first(), 'End').click()
      await see(page, /ends with it/)
      await button(dialog(page), 'End it with a tap').click()
      await tap(page)
      await see(page, 'No deploy keys')
    })

    await step('a token is made that renews itself, and given a new secret by hand', async () => {
      await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
      await page.getByRole('textbox', { name: 'Name' }).fill('builds')
      await page.getByRole('combobox', { name: 'It may renew itself' }).click()
      await page.getByRole('option', { name: 'For a year' }).click()
      await button(page, 'Make it with a tap').click()
      await tap(page)
      await see(page, /Renews itself, for the last time/)
      const first = await page.getByRole('alert').getByLabel('Text to copy').first().textContent()
      await button(page, 'I have copied it').click()
      await button(page, 'New secret').click()
      await page.getByRole('combobox', { name: 'The former secret ends' }).click()
      await page.getByRole('option', { name: 'After a day at the latest' }).click()
      await visitor.photograph('token-new-secret')
      await button(dialog(page), 'Make it with a tap').click()
      await tap(page)
      await see(page, /Its new secret was not used yet/)
      const second = await page.getByRole('alert').getByLabel('Text to copy').first().textContent()
      assert.match(second ?? '', /^pst_pat_/)
      assert.notEqual(second, first)
      await visitor.photograph('token-renewed')
    })
    await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
  },
)
