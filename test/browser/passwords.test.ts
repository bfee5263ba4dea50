import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashSync } from 'bcryptjs'
import type { Page } from 'playwright-core'
import { Visitor } from '../support/chromium.ts'
import { password } from '../support/passwords.ts'
import { setUp } from './entry-steps.ts'
import { card, flip, save } from './guardrail-steps.ts'
import { button, dialog, link, openStory, see, seeTitle, tap } from './story.ts'

const upright = { width: 390, height: 844 }
const rule = 'Let a group sign in with passwords while it moves'
const list = [
  'username,email,displayName,role,groups,passwordHash',
  `mo,mo@example.com,Mo Mover,member,moving-in,${hashSync(password, 4)}`,
  'zoe,zoe@example.com,Zoe New,member,,',
  'root,root@example.com,Nobody,member,,',
].join('\n')

// A team moves here with its old passwords; one of them signs in with hers, once, and leaves with a passkey.
test('from a password to a passkey', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, browser, page, step, visitor } = story
  await step('nobody is offered a password', async () => {
    await setUp(story)
    await using stranger = await Visitor.open(browser, { viewport: upright })
    const asked = await listenToCeremonies(stranger.page)
    await stranger.page.goto(`${postern.origin}/-/sign-in`)
    await button(stranger.page, 'Use another device').click()
    assert.equal(await button(stranger.page, 'Use the password you brought').count(), 0)
    for (const way of ['My phone', 'A security key']) await button(stranger.page, way).click()
    await asked.until(['get hybrid', 'get security-key'])
  })

  await step('a group, and the card that lets it in for a while', async () => {
    await page.goto(`${postern.origin}/-/groups?new=yes`)
    await dialog(page).getByLabel('Name', { exact: true }).fill('moving-in')
    await button(dialog(page), 'Create with a tap').click()
    await tap(page)
    await page.getByRole('heading', { level: 2, name: 'moving-in' }).waitFor()
    await flip(story, rule)
    await see(page, /People in the group moving-in may sign in with a password and a code until/)
    await link(page, `Edit: ${rule}`).click()
    await page.getByRole('radio', { name: 'A password', exact: true }).check()
    await see(page, /People in the group moving-in may sign in with a password until/)
    await visitor.photograph('password-rule')
    await button(page, 'Review the change').click()
    await save(page, 1)
    await card(page, rule).getByRole('switch', { checked: true }).waitFor()
  })

  await step('the list, looked at row by row, then imported with a tap', async () => {
    await page.goto(`${postern.origin}/-/people`)
    await button(page, 'Other ways').click()
    await page.getByRole('menuitem', { name: 'Import a list' }).click()
    await seeTitle(page, 'Import people')
    await page.getByLabel('List').fill(list)
    await button(page, 'See what it would do').click()
    await see(
      page,
      '3 people in the list: 1 would get a link to make a passkey, 1 would keep the password they know, 1 would be left out.',
    )
    await see(page, 'The name root is taken.')
    await visitor.photograph('import-preview')
    await button(page, 'Import 2 people').click()
    await see(dialog(page), 'Import 2 people')
    await tap(page)
    await see(page, 'Imported 2 people')
    const saving = page.waitForEvent('download')
    await button(page, 'Save the links').click()
    assert.equal((await saving).suggestedFilename(), 'links.csv')
    await visitor.photograph('imported')
    await page.goto(postern.origin)
    await see(page, /Mo Mover has a password and no passkey yet/)
  })

  await using phone = await Visitor.open(browser, { viewport: upright, hasTouch: true, isMobile: true })
  const at = phone.page
  await step('on a phone: the password, and at once the way to a passkey', async () => {
    const asked = await listenToCeremonies(at)
    await at.goto(`${postern.origin}/-/sign-in`)
    await button(at, 'Use the password you brought').click()
    const form = at.getByRole('region', { name: 'Use the password you brought' })
    await form.getByLabel('Username or e-mail').fill('mo@example.com')
    await form.getByLabel('Password', { exact: true }).fill('not it')
    await phone.photograph('password-form')
    await button(at, 'Sign in with the password').click()
    await see(at.getByRole('alert'), 'This does not sign anybody in')
    assert.equal(await form.getByLabel('Username or e-mail').inputValue(), 'mo@example.com')
    await form.getByLabel('Password', { exact: true }).fill(password)
    await button(at, 'Sign in with the password').click()
    await seeTitle(at, 'Make your passkey')
    await see(at, /Your password lets you in until/)
    // Chromium makes one only where its own password manager filled the password in, which a headless one never has.
    await asked.until(['create conditional'])
    await phone.photograph('make-passkey')
    await button(at, 'Not now').click()
    await seeTitle(at, /^Hello, Mo/)
    await see(at, /you need a passkey/)
    await phone.photograph('home-by-password')
  })

  await step('the account says the same, and a tap cannot be had', async () => {
    await at.goto(`${postern.origin}/-/account`)
    await at.getByRole('heading', { name: 'You have no passkey yet' }).waitFor()
    await phone.photograph('account-by-password')
    await at.goto(`${postern.origin}/-/make-passkey`)
    await seeTitle(at, 'Make your passkey')
  })

  await step('the passkey is made, and the password no longer signs in', async () => {
    await phone.addKey({ isSynced: true })
    await button(at, 'Create my passkey').click()
    await seeTitle(at, /^Hello, Mo/)
    await at.goto(`${postern.origin}/-/account`)
    await at.getByRole('list', { name: 'Your passkeys' }).getByRole('listitem').first().waitFor()
    await using other = await Visitor.open(browser, { viewport: upright })
    await other.page.goto(`${postern.origin}/-/sign-in`)
    await button(other.page, 'Use the password you brought').click()
    await other.page.getByLabel('Username or e-mail').fill('mo')
    await other.page.getByLabel('Password', { exact: true }).fill(password)
    await button(other.page, 'Sign in with the password').click()
    await see(other.page.getByRole('alert'), 'This does not sign anybody in')
  })
  assert.deepEqual([...visitor.errors, ...phone.errors], [])
})

/**
 * What a page asks the browser for, each ceremony in words: where to look, or that nobody is to be asked. What names a
 * place to look is refused at once, as by whoever closes the browser's dialogue.
 */
async function listenToCeremonies(page: Page) {
  const heard: string[] = []
  let more = Promise.withResolvers<void>()
  await page.exposeFunction('heardCeremony', (said: string) => {
    heard.push(said)
    more.resolve()
    more = Promise.withResolvers<void>()
  })
  await page.addInitScript(`
    const [get, create] = ['get', 'create'].map((name) => navigator.credentials[name].bind(navigator.credentials))
    navigator.credentials.get = (options) => {
      const [hint] = options.publicKey.hints ?? []
      if (hint === undefined) return get(options)
      window.heardCeremony('get ' + hint)
      return Promise.reject(new DOMException('closed', 'NotAllowedError'))
    }
    navigator.credentials.create = (options) => {
      if (options.mediation !== undefined) window.heardCeremony('create ' + options.mediation)
      return create(options)
    }
  `)
  return {
    async until(wanted: readonly string[]): Promise<void> {
      while (!wanted.every((said) => heard.includes(said))) await more.promise
    },
  }
}
