import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { makeRoute } from '../support/make-route.ts'
import { addBlueKey } from './key-scenes.ts'
import { admit, invite, openOrganisation, switchOn, vouch } from './organisation.ts'
import { button, dialog, link, see, seeTitle } from './story.ts'

/** Ben opens a tool with a synced passkey, until that is too little; Ana’s hardware key opens it still. */
export async function toolsHardwareKey(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context, { key: { transport: 'usb' } })
  const { postern, step, visitor } = story
  await using ben = await admit(story, 'Ben', { role: 'member', key: { isSynced: true } })
  const cleo = postern.stranger()
  const applicant = { username: 'cleo', displayName: 'Cleo Example', email: 'cleo@example.com' }
  await cleo.register(await invite(story, 'Cleo', 'admin'), applicant)
  const tool = await makeRoute(cleo, 'who', { upstream: 'postern:who' })
  const { page } = ben
  await step('any passkey opens the tool', async () => {
    await page.goto(tool)
    await seeTitle(page, 'You are Ben Example')
  })
  await step('in force, it reaches the tool that is open', async () => {
    await switchOn(story, 'tools-hardware-key')
    await page.goto(tool)
    await see(page, /To open Who you need a hardware key of a verified model\. Yours is a synced passkey\./)
    await see(page, /The rule “A hardware key for every tool” asks for it\./)
    await ben.photograph('catalogue-tools-hardware-key-refused')
  })
  await step('the way out stands there, and whoever has such a key is let in', async () => {
    const onward = link(page, 'Go on to the tap')
    const add = link(page, 'Add a stronger key')
    // Whoever was let in a moment ago is not led round by itself.
    await onward.or(add).first().waitFor()
    if (await onward.isVisible()) await onward.click()
    await add.click()
    await dialog(page).getByLabel('Name').waitFor()
    await story.page.goto(tool)
    await seeTitle(story.page, 'You are Ana Example')
    await see(story.page, /a hardware key of a verified model: it cannot be phished, nor copied/)
  })
  await step('with such a key, vouched for, one tap opens it', async () => {
    await addBlueKey(ben, ben.key, postern.origin)
    // Cleo waits for it too.
    for (let people = 0; people < 2; people += 1) await vouch(story)
    await page.goto(tool)
    const onward = link(page, 'Go on to the tap')
    const tapIt = button(page, 'Tap your stronger key')
    await onward.or(tapIt).first().waitFor()
    if (await onward.isVisible()) await onward.click()
    await tapIt.click()
    await seeTitle(page, 'You are Ben Example')
    await see(page, /a hardware key of a verified model: it cannot be phished, nor copied/)
  })
  assert.deepEqual([...visitor.errors, ...ben.errors], [])
}
