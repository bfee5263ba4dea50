import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { button, dialog, link, pressInTurn, seeTitle, type Story } from './story.ts'

/** Goes on with Tab until it stands on the place, as somebody without a mouse does; it must show where it stands. */
async function tabTo(page: Page, place: Locator): Promise<void> {
  await place.waitFor()
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press('Tab')
    if (await place.evaluate((element) => element === element.ownerDocument.activeElement)) {
      const [outline, shadow] = await place.evaluate((element) => {
        const { outlineStyle, boxShadow } = element.ownerDocument.defaultView!.getComputedStyle(element)
        return [outlineStyle, boxShadow]
      })
      assert.ok(outline !== 'none' || shadow !== 'none', 'the focus can be seen')
      return
    }
  }
  assert.fail(`Tab does not reach ${String(place)}`)
}

/** Each page's one next step by Tab; the pages by `g` and a letter; the list of keys; the search. */
export async function readKeyboard({ page, postern }: Story): Promise<void> {
  await page.setViewportSize({ width: 1280, height: 900 })
  await page.goto(`${postern.origin}/demo/tea-shop/pull-requests?state=open`)
  await tabTo(page, link(page, 'Open a pull request'))
  await page.goto(`${postern.origin}/-/projects`)
  await tabTo(page, link(page, 'New project'))
  await page.keyboard.press('Enter')
  await seeTitle(page, 'New project')
  await page.goto(`${postern.origin}/-/account`)
  await tabTo(page, button(page, 'Add a passkey'))

  await page.keyboard.press('?')
  await dialog(page, 'Keyboard').waitFor()
  await page.keyboard.press('Escape')
  await dialog(page, 'Keyboard').waitFor({ state: 'detached' })
  await pressInTurn(page, 'g', 'h')
  await seeTitle(page, /^Hello/)
  await page.keyboard.press('Control+k')
  await page.getByRole('textbox').or(page.getByRole('searchbox')).or(page.getByRole('combobox')).first().fill('tea')
  await button(page, /demo\/tea-shop/)
    .or(page.getByRole('option', { name: /demo\/tea-shop/ }))
    .first()
    .waitFor()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page.waitForURL(`${postern.origin}/demo/tea-shop`)
}
