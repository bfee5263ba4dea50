import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import type { Rule } from '../../src/policy/rule.ts'
import { importRules, openOrganisation } from './organisation.ts'
import { button, dialog, see, seeTitle, tap } from './story.ts'

const careful: Rule = {
  id: 'careful-keys',
  title: 'A key that cannot be copied to change passkeys',
  mode: 'enforce',
  who: ['everyone'],
  does: ['credential.rename', 'credential.remove'],
  requires: { strength: 'device-bound' },
}
const row = (page: Page, text: string): Locator => page.getByRole('listitem').filter({ hasText: text })

// Ana has a synced passkey, and a rule of her own asks for more in the middle of what she does.
test('a sensitive act says which key may tap, and lets it', { timeout: 280_000 }, async (context) => {
  await using story = await openOrganisation(context, { key: { isSynced: true } })
  const { page, postern, step, visitor, anasKey } = story
  await importRules(story, [careful])
  const passkeys = `${postern.origin}/-/account/passkeys`
  await page.goto(passkeys)
  await button(row(page, 'This session'), 'Rename').click()
  const form = dialog(page).filter({ has: page.getByLabel('Name') })
  await form.getByLabel('Name').fill('Old phone')

  await step('none of her keys may: the dialog says why, and where a key is added', async () => {
    await button(form, 'Rename with a tap').click()
    const asked = dialog(page).filter({ has: button(page, 'Tap your key') })
    await see(
      asked,
      /To rename a passkey you need a key that says it cannot be copied\. Yours is a synced passkey\. The rule “A key that cannot be copied to change passkeys” asks for it\./,
    )
    assert.ok(await button(asked, 'Tap your key').isDisabled())
    await visitor.photograph('own-rule-no-key')
    const [other] = await Promise.all([
      visitor.context.waitForEvent('page'),
      asked.getByRole('link', { name: 'Add a key in a new tab' }).click(),
    ])
    await seeTitle(other, 'Account')
    await other.close()
    await button(asked, 'Close without tapping').click()
    await see(form.getByRole('alert'), 'Not done: it still needs your tap')
    assert.equal(await form.getByLabel('Name').inputValue(), 'Old phone')
    await page.keyboard.press('Escape')
  })

  await step('she adds a key, which the rule does not ask about', async () => {
    await page.goto(passkeys)
    await button(page, 'Add a passkey').click()
    await dialog(page).getByLabel('Name').fill('Blue key')
    await anasKey.setPresence(false)
    const blue = await visitor.addKey({ transport: 'usb' })
    await button(page, 'Tap the new key').click()
    await button(dialog(page), 'Tap your key').waitFor()
    await blue.setPresence(false)
    await anasKey.setPresence(true)
    await tap(page)
    await row(page, 'Blue key').waitFor()
    await anasKey.setPresence(false)
    await blue.setPresence(true)
  })

  await step('the dialog asks for that one by itself; turned away, the form keeps its words', async () => {
    await button(row(page, 'This session'), 'Rename').click()
    await form.getByLabel('Name').fill('Old phone')
    await button(form, 'Rename with a tap').click()
    const asked = dialog(page).filter({ has: button(page, 'Tap your key') })
    await see(asked, /^With Blue key, a hardware key of a verified model\./)
    await button(asked, 'Use another key').click()
    await see(asked, /Yours is a synced passkey/)
    await visitor.photograph('own-rule-which-key')
    await button(asked, 'Close without tapping').click()
    await see(form.getByRole('alert'), 'Not done: it still needs your tap')
    assert.equal(await form.getByLabel('Name').inputValue(), 'Old phone')
    await button(form, 'Rename with a tap').click()
    await tap(page)
    await row(page, 'Old phone').waitFor()
  })

  await step('she removes the old one with it, and signs in with what is left', async () => {
    await button(row(page, 'Old phone'), 'Remove').click()
    await button(dialog(page), 'Remove it').click()
    await tap(page)
    // The session began with the key that is gone.
    await page.goto(passkeys)
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await row(page, 'Blue key').waitFor()
    await row(page, 'Old phone').waitFor({ state: 'detached' })
  })
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})
