import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingHelper, setUpGit } from '../support/oauth-git.ts'
import { Program } from '../support/oauth.ts'
import { lookAtPage } from './look-at-page.ts'
import { setUp } from './entry-steps.ts'
import { button, dialog, see, seeTitle, openStory, tap } from './story.ts'

// A clone at the terminal opens the browser; one tap there, and git goes on.
test('git signs in by the browser', { timeout: 280_000, skip: missingHelper }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  await step('an owner', () => setUp(story))
  await step('with two repositories', async () => {
    await page.evaluate(async () => {
      const make = (path: string, body: unknown) =>
        fetch(`/api/v1${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        })
      await make('/projects', { name: 'acme', description: '' })
      for (const name of ['widgets', 'gadgets'])
        await make('/projects/acme/repositories', { name, description: '', visibility: 'private' })
    })
  })

  await step('git clone opens the browser: sign in, look, tap, and it goes on', async () => {
    using computer = await setUpGit(postern, 'laptop')
    const { git, opened } = computer
    await git('config', '--global', '--add', 'credential.helper', 'oauth')
    const cloned = git('clone', '--quiet', `${postern.origin}/acme/widgets.git`)
    const url = await Promise.race([opened(), cloned.then(() => assert.fail('nobody was asked'))])
    await visitor.signOut()
    await page.goto(url)
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await seeTitle(page, 'Let git-credential-oauth in?')
    await see(page, 'clone, fetch and push')
    await see(page, /127\.0\.0\.1, as this page/)
    await see(page, 'Opened in')
    await visitor.photograph('authorise')
    await button(page, 'Let it in with a tap').click()
    await see(dialog(page), 'Let git-credential-oauth in as yourself')
    await visitor.photograph('authorise-tap')
    await tap(page)
    await page.waitForURL(/^http:\/\/127\.0\.0\.1:\d+\//)
    await cloned
  })

  await step('under Account it stands, and is stopped', async () => {
    await page.goto(`${postern.origin}/-/account/programs`)
    await see(page, 'git-credential-oauth')
    await see(page, /last used/)
    await visitor.photograph('programs')
    await button(page, 'Stop').click()
    await button(page, 'Stop it with a tap').click()
    await tap(page)
    await see(page, 'No programs')
  })

  await step('a device shows a code, which is typed here', async () => {
    const program = new Program(postern.origin, 'git-credential-manager')
    const asked = { client_id: program.clientId, scope: 'repository:read' }
    const begun = await program.post('/device/auth', asked, { 'user-agent': 'Git-Credential-Manager/2.6.1' })
    const { user_code, verification_uri, device_code } = (await begun.json()) as Record<string, string>
    for (const link of [`${verification_uri}?user_code=${user_code}`, `/-/device?code=${user_code}`]) {
      await page.goto(new URL(link, postern.origin).href)
      await seeTitle(page, 'Let a device in')
      assert.equal(
        await page.getByLabel('The code on your device').inputValue(),
        '',
        'a link that was sent fills nothing',
      )
    }
    await page.getByLabel('The code on your device').fill('BCDF-BCDF')
    await button(page, 'See what it asks for').click()
    await see(page, /^No device shows this code now/)
    await visitor.photograph('device-wrong')
    await page.getByLabel('The code on your device').fill((user_code ?? '').toLowerCase())
    await button(page, 'See what it asks for').click()
    await seeTitle(page, 'Let Git Credential Manager in?')
    await see(page, /Whoever sent you a code wants to come in as you/)
    await see(page, /127\.0\.0\.1, as this page/)
    await see(page, 'another device')
    await see(page, 'Calls itself')
    await see(page, 'Git-Credential-Manager/2.6.1')
    await page.getByLabel('In these repositories').first().click()
    await page.getByRole('option', { name: 'acme/widgets' }).click()
    await page.keyboard.press('Escape')
    await visitor.photograph('device-asked')
    await button(page, 'Let it in with a tap').click()
    for (const fact of ['acme/widgets', '127.0.0.1', 'another device']) await see(dialog(page), fact)
    await see(dialog(page), /Tap only if you started it there yourself/)
    await tap(page)
    await seeTitle(page, 'It is let in')
    await visitor.photograph('device-done')
    const answer = await program.post('/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: program.clientId,
      device_code: device_code ?? '',
    })
    assert.equal(answer.status, 200)
    const { access_token } = (await answer.json()) as { access_token: string }
    for (const [name, status] of [
      ['widgets', 200],
      ['gadgets', 404],
    ] as const) {
      const refs = await fetch(`${postern.origin}/acme/${name}.git/info/refs?service=git-upload-pack`, {
        headers: { authorization: `Bearer ${access_token}` },
      })
      assert.equal(refs.status, status, name)
    }
  })

  await step('a link of somebody else’s gets no yes', async () => {
    const theirs = await fetch(new Program(postern.origin).authUrl(), { redirect: 'manual' })
    await page.goto(`${postern.origin}${theirs.headers.get('location') ?? ''}`)
    await seeTitle(page, 'Nothing was let in')
    await see(page, /began in another browser/)
    await visitor.photograph('authorise-foreign')
    await page.goto(new Program(postern.origin).authUrl({ redirect_uri: 'https://evil.example/' }))
    await seeTitle(page, 'This program wants the answer somewhere else')
    await visitor.photograph('authorise-elsewhere')
    assert.deepEqual(visitor.errors, [])
  })

  await step('each page is whole, for everybody', async () => {
    const asked = await page.goto(new Program(postern.origin).authUrl())
    const url = new URL(asked?.url() ?? '').pathname
    await lookAtPage(page, postern.origin, {
      name: 'authorise',
      route: '/-/authorise/$id',
      url,
      shows: 'Let it in with a tap',
    })
    await lookAtPage(page, postern.origin, {
      name: 'programs-one',
      route: '/-/account/$tab',
      url: '/-/account/programs',
      shows: 'Git Credential Manager',
    })
  })
})
