import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { signInInBrowser, signOutInBrowser } from '../support/browser-steps.ts'
import { button, choose, holds, link, see, seeTitle, type Story, tap } from './story.ts'

export const openGuardrails = async ({ page, postern }: Story): Promise<void> => {
  await page.goto(`${postern.origin}/-/guardrails`)
  await seeTitle(page, 'Guardrails')
}

/** A card of the overview, by its title. */
export const card = (page: Page, title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) })

/** Turning a switch opens the review, and saves nothing. */
export async function flip(story: Story, title: string): Promise<void> {
  await openGuardrails(story)
  // By the keyboard: what is counted meanwhile may move the cards under a mouse.
  await card(story.page, title).getByRole('switch').press('Space')
  await seeTitle(story.page, 'Review before saving')
  await story.page.getByRole('heading', { name: 'The last 30 days' }).waitFor()
}

export async function save(page: Page, version: number): Promise<void> {
  await button(page, 'Save with a tap').click()
  await tap(page)
  await see(page, `Saved. Version ${version} is in force.`)
}

export async function limitTokens(story: Story): Promise<void> {
  const { page, postern, visitor } = story
  const title = 'API tokens live 90 days at most'
  await flip(story, title)
  await visitor.photograph('guardrails-review')
  await page.reload()
  await see(page, 'Everybody may keep an API token for 90 days at most.')
  await save(page, 1)
  await card(page, title).getByRole('switch', { checked: true }).waitFor()

  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git for years')
  await choose(page, 'It ends after', 'A year')
  await button(page, 'Make it with a tap').click()
  await see(
    page.getByRole('alert'),
    /An API token may live 90 days at most\. The rule “API tokens live 90 days at most”/,
  )
  assert.equal(await page.getByLabel('Name').inputValue(), 'git for years')
  await visitor.photograph('guardrails-refusal')
  await choose(page, 'It ends after', '90 days')
  await button(page, 'Make it with a tap').click()
  await tap(page)
  await see(page, /“git for years” is ready/)
}

/** Ana's own key is in her laptop: enforced, this rule would lock her out. Reporting, it counts her sign-in. */
export async function reportFirst(story: Story): Promise<void> {
  const { page, visitor } = story
  await flip(story, 'Only hardware keys')
  await see(page.getByRole('alert'), /This would lock you out/)
  const saving = button(page, 'Save with a tap')
  assert.equal(await saving.getAttribute('aria-disabled'), 'true')
  await visitor.photograph('guardrails-locked-out')
  await button(page, 'Report only first').click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await save(page, 2)
  await see(card(page, 'Only hardware keys'), 'Report only')

  await signOutInBrowser(page)
  await page.reload()
  await signInInBrowser(page)
  await openGuardrails(story)
  await see(card(page, 'Only hardware keys'), /acts? would have been refused in 30 days/)
}

export async function writeOwnRule(story: Story): Promise<void> {
  const { page, visitor } = story
  await openGuardrails(story)
  await link(page, 'New rule').first().click()
  await seeTitle(page, 'New rule')
  await button(page, 'Review the change').click()
  await see(page, 'Please give it a title')
  await page.getByLabel('Title').fill('Guests merge from the office')
  await choose(page, 'Who', 'Guests')
  await page.keyboard.press('Escape')
  await choose(page, 'Doing what', 'Merge a pull request')
  await page.keyboard.press('Escape')
  assert.equal(await page.getByLabel('API tokens end after some days').count(), 0, 'what has no effect is not there')
  const networks = page.getByRole('combobox', { name: 'Only from these networks' })
  await networks.fill('office')
  await page.keyboard.press('Enter')
  await button(page, 'Review the change').click()
  await see(
    page.getByRole('complementary').getByRole('alert'),
    'office is not an address or range such as 192.0.2.0/24.',
  )
  await visitor.photograph('guardrails-form-wrong')
  await networks.click()
  await page.keyboard.press('Backspace')
  await networks.fill('192.0.2.0/24')
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Only on these branches' }).fill('main')
  await page.keyboard.press('Enter')
  await see(page.getByRole('complementary'), 'Guests must come from 192.0.2.0/24 to merge a pull request on main.')
  await visitor.photograph('guardrails-form')
  await button(page, 'Review the change').click()
  await seeTitle(page, 'Review before saving')
  await page.goBack()
  await holds(page.getByLabel('Title'), 'Guests merge from the office')
  await page.goForward()
  await seeTitle(page, 'Review before saving')
  await save(page, 3)
  await see(card(page, 'Guests merge from the office'), 'On')
}

export async function nameNetworks(story: Story): Promise<void> {
  const { page } = story
  const title = 'Known networks for administrators'
  await flip(story, title)
  await save(page, 7)
  await link(page, `Edit: ${title}`).click()
  await seeTitle(page, title)
  const networks = page.getByRole('combobox', { name: 'Only from these networks' })
  await networks.click()
  for (let pills = 6; pills > 0; pills -= 1) await page.keyboard.press('Backspace')
  await networks.fill('192.0.2.0/24')
  await page.keyboard.press('Enter')
  await see(page.getByRole('complementary'), 'Owners and administrators must come from 192.0.2.0/24 to do anything.')
  await button(page, 'Review the change').click()
  await see(page.getByRole('alert'), /This would lock you out: .* you come from 127\.0\.0\.1/)
  await button(page, 'Discard').click()
}
