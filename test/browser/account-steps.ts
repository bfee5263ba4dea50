import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import type { ApiTokenView } from '../../src/access-keys/shapes.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { Visitor, type VirtualKey } from '../support/chromium.ts'
import { button, choose, dialog, holds, link, see, seeTitle, type Story, tap } from './story.ts'

/** A second passkey takes two taps: the new key makes it, the old one vouches for it. */
export async function addSecondPasskey({ postern, visitor, page, laptop }: Story): Promise<VirtualKey> {
  await page.goto(`${postern.origin}/-/account`)
  const tab = page.getByRole('navigation', { name: 'Account' }).getByRole('link', { name: 'Sessions' })
  await tab.waitFor()
  const padding = await tab.evaluate((one) => one.ownerDocument.defaultView?.getComputedStyle(one).paddingLeft)
  assert.equal(padding, '11px', 'the console’s own style goes before Mantine’s, in whatever order they are loaded')
  const topsOfTabs = () =>
    page
      .getByRole('navigation', { name: 'Account' })
      .getByRole('link')
      .evaluateAll((tabs) => [...new Set(tabs.map((one) => one.getBoundingClientRect().top))])
  await link(page, 'What my keys allow').click()
  await see(page, 'What you can do')
  assert.equal((await topsOfTabs()).length, 1, 'the ten tabs are one line, also below a long one')
  await page.goBack()
  const only = button(page, 'Remove')
  assert.equal(await only.getAttribute('aria-disabled'), 'true')
  await only.hover()
  await see(page, 'Your only passkey cannot be removed. Add another one first.')
  await visitor.photograph('account-passkeys')

  // On a phone the ten tabs are one line, with a menu behind it.
  await page.setViewportSize({ width: 390, height: 844 })
  const menu = page.getByRole('navigation', { name: 'Account' }).getByRole('button')
  await menu.click()
  await page.getByRole('menuitem', { name: 'Sessions' }).click()
  await menu.filter({ hasText: 'Sessions' }).waitFor()
  await page.goBack()
  await menu.filter({ hasText: 'Passkeys' }).waitFor()
  await page.setViewportSize({ width: 1280, height: 900 })

  await button(page, 'Add a passkey').click()
  await dialog(page).getByLabel('Name').fill('Spare key')
  await laptop.setPresence(false)
  const spare = await visitor.addKey({ transport: 'usb' })
  await button(page, 'Tap the new key').click()
  await button(dialog(page), 'Tap your key').waitFor()
  await visitor.photograph('tap-dialog')
  await laptop.setPresence(true)
  await tap(page)
  await see(row(page, 'Spare key'), /^Hardware key; it says it cannot be copied \(not verified\)\.$/)
  await see(row(page, 'Spare key'), /^Added .+, never used\. Fingerprint/)
  const first = row(page, 'This session')
  await see(first, /^Key of one device; it says it cannot be copied \(not verified\)\.$/)
  await see(first, /^Added .+, last used .+\. Fingerprint/)
  return spare
}

/** The spare key carried to another browser: its session is listed here, and ends at once. */
export async function endOtherSession({ postern, visitor, browser, page }: Story, spare: VirtualKey): Promise<void> {
  await using other = await Visitor.open(browser)
  await spare.carryTo(other)
  await other.page.goto(`${postern.origin}/-/account/tokens`)
  await button(other.page, 'Sign in with a passkey').click()
  await seeTitle(other.page, 'Account')

  await page.goto(`${postern.origin}/-/account/sessions`)
  await see(page, /with “Spare key”/)
  await visitor.photograph('account-sessions')
  await button(page, 'End').first().click()
  await page.getByText(/with “Spare key”/).waitFor({ state: 'detached' })
  await other.page.reload()
  await seeTitle(other.page, 'Sign in')

  await button(other.page, 'Sign in with a passkey').click()
  await seeTitle(other.page, 'Account')
  await page.reload()
  await button(page, 'End all others').click()
  await page.getByText(/with “Spare key”/).waitFor({ state: 'detached' })
  await other.page.reload()
  await seeTitle(other.page, 'Sign in')
}

export async function renameAndRemovePasskey({ postern, page }: Story): Promise<void> {
  await page.goto(`${postern.origin}/-/account/passkeys`)
  await button(row(page, 'Spare key'), 'Rename').click()
  await dialog(page).getByLabel('Name').fill('Blue key')
  await button(page, 'Rename with a tap').click()
  await tap(page)
  await button(row(page, 'Blue key'), 'Remove').click()
  await button(dialog(page), 'Remove it').click()
  await tap(page)
  await row(page, 'Blue key').waitFor({ state: 'detached' })
  await page.locator('[aria-disabled=true]').and(button(page, 'Remove')).waitFor()
}

/** From the empty repository's page: a token for it, shown this once, which git then gives as its password. */
export async function makeToken({ visitor, page, terminal }: Story): Promise<void> {
  await link(page, 'Make a token').click()
  await holds(page.getByLabel('Name'), 'git for acme/widgets')
  await holds(page.getByRole('combobox', { name: 'It ends after' }), '30 days')
  await choose(page, 'It ends after', '7 days')
  await page.getByRole('checkbox', { name: 'Report checks' }).check()
  await visitor.photograph('new-token')
  await button(page, 'Make it with a tap').click()
  await tap(page)
  await see(page, /Copy it now: it is shown only once/)
  await visitor.photograph('token-made')
  const token = (await page.locator('pre').filter({ hasText: /^pst_/ }).innerText()).trim()
  await terminal.answerGitWith('ana', token)
  await page.reload()
  const made = row(page, 'git for acme/widgets')
  await see(made, 'Read repositories, Push, Report checks · acme/widgets')
  await see(made, /Made .+, ends .+, never used/)
  assert.equal(await page.getByText(token).count(), 0, 'shown once')
  const { items } = await callInBrowser<{ items: ApiTokenView[] }>(page, 'GET', '/me/tokens')
  assert.deepEqual(
    items.map(({ scopes, repositories, createdAt, expiresAt }) => [
      scopes,
      repositories?.map(({ path }) => path),
      (expiresAt - createdAt) / 86_400_000,
    ]),
    [[['repository:read', 'repository:write', 'status:write'], ['acme/widgets'], 7]],
  )
}

const row = (page: Page, text: string): Locator => page.getByRole('listitem').filter({ hasText: text })
