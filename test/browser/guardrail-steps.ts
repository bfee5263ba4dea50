import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import type { PolicyView } from '../../src/guardrails/shapes.ts'
import type { Policy } from '../../src/policy/rule.ts'
import type { Person } from '../../src/walk/person.ts'
import { signInInBrowser, signOutInBrowser } from '../support/browser-steps.ts'
import { button, choose, dialog, link, see, seeTitle, type Story, tap } from './story.ts'

export const openGuardrails = async ({ page, postern }: Story): Promise<void> => {
  await page.goto(`${postern.origin}/-/guardrails`)
  await seeTitle(page, 'Guardrails')
}

/** A card of the overview, by its title. */
export const card = (page: Page, title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title }) })

/** Turning a switch opens the review, and saves nothing. */
export async function flip(story: Story, title: string): Promise<void> {
  await openGuardrails(story)
  await card(story.page, title).getByRole('switch').click({ force: true })
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
  assert.equal(await card(page, title).getByRole('switch').isChecked(), true)

  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git for years')
  await choose(page, 'It ends after', 'A year')
  await button(page, 'Make it with a tap').click()
  await see(page.getByRole('alert'), /An API token may live 90 days at most\. The rule “API tokens live 90 days at most”/)
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
  await see(card(page, 'Only hardware keys'), 'Only reports')

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
  await page.getByRole('combobox', { name: 'Only from these networks' }).fill('192.0.2.0/24')
  await page.keyboard.press('Enter')
  await page.getByRole('combobox', { name: 'Only on these branches' }).fill('main')
  await page.keyboard.press('Enter')
  await see(
    page.getByRole('complementary'),
    'Guests must come from 192.0.2.0/24 to merge a pull request on main.',
  )
  await visitor.photograph('guardrails-form')
  await button(page, 'Review the change').click()
  await seeTitle(page, 'Review before saving')
  await page.goBack()
  assert.equal(await page.getByLabel('Title').inputValue(), 'Guests merge from the office', 'back leads to the form')
  await page.goForward()
  await save(page, 3)
  await see(card(page, 'Guests merge from the office'), 'On')
}

/** Out, changed in an editor, and in again. */
export async function exportAndImport(story: Story): Promise<void> {
  const { page, postern, visitor } = story
  await openGuardrails(story)
  const [download] = await Promise.all([page.waitForEvent('download'), link(page, 'Export').click()])
  const policy = JSON.parse(await readFile(await download.path(), 'utf8')) as Policy
  assert.equal(policy.rules.length, 3)
  const importText = async (text: string): Promise<void> => {
    await page.goto(`${postern.origin}/-/guardrails/import`)
    const folder = await mkdtemp(join(tmpdir(), 'postern-import-'))
    await writeFile(join(folder, 'policy.json'), text)
    await page.locator('input[type=file]').setInputFiles(join(folder, 'policy.json'))
    await button(page, 'Review the change').click()
    await rm(folder, { recursive: true })
  }
  await importText(JSON.stringify(policy))
  await see(page, 'Nothing: this is what is in force already.')

  await importText('{"version": 1,')
  await see(page.getByRole('alert'), /^This is not JSON/)
  const [first, ...rest] = policy.rules
  assert.ok(first)
  await importText(JSON.stringify({ ...policy, rules: [{ ...first, mode: 'perhaps' }, ...rest] }))
  await see(page.getByRole('alert'), `In the rule “${first.title}”`)
  await visitor.photograph('guardrails-import')
  await importText(JSON.stringify({ ...policy, rules: [{ ...first, who: ['group:nobodies'] }, ...rest] }))
  await see(card(page, first.title), 'There is no group nobodies.')
  await importText(JSON.stringify({ ...policy, rules: rest.slice(0, 1) }))
  await seeTitle(page, 'Review before saving')
  await see(page.getByRole('list', { name: 'Rules that change' }), 'Removed')
  await save(page, 4)
  assert.equal(await card(page, 'Guests merge from the office').count(), 0)
}

/** Ben saves while Ana reaches for her key: hers stays, and is made again on top of his. */
export async function meetAnotherAdministrator(story: Story, ben: Person): Promise<void> {
  const { page, visitor } = story
  await flip(story, 'A device-bound key for every admin merge')
  const { version, policy } = await ben.call<PolicyView>('GET', '/policy')
  const his = { ...policy, rules: policy.rules.map((rule) => ({ ...rule, title: 'Hardware keys, soon' })) }
  await button(page, 'Save with a tap').click()
  await button(dialog(page), 'Tap your key').waitFor()
  await ben.act('PUT', '/policy', { basedOn: version, policy: his })
  await tap(page)
  await see(page.getByRole('alert'), /^Ben Example changed the guardrails in the meantime/)
  await see(page.getByRole('alert'), 'Hardware keys, soon')
  await visitor.photograph('guardrails-moved')
  await see(page.getByRole('list', { name: 'Rules that change' }), 'A device-bound key for every admin merge')
  await button(page, 'Review again on top of it').click()
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await save(page, 6)
  await see(page, 'Hardware keys, soon')
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

/** From now on a change takes two: Ana proposes, Ben taps elsewhere, and her page sees it. */
export async function takeTwo(story: Story, ben: Person): Promise<void> {
  const { page, visitor } = story
  await flip(story, 'Two people for a guardrail change')
  await save(page, 8)
  await flip(story, 'Sessions end after a working day')
  await button(page, 'Save with a tap').click()
  await tap(page)
  await see(page, 'Waits for a second person: Ben Example')
  await visitor.photograph('guardrails-waiting')
  await button(page, 'Withdraw').click()
  await see(page, 'Withdrawn')
  await flip(story, 'Sessions end after a working day')
  await button(page, 'Save with a tap').click()
  await tap(page)
  await see(page, 'Waits for a second person: Ben Example')
  const { items } = await ben.call<{ items: { id: string }[] }>('GET', '/inbox')
  assert.equal(items.length, 1)
  await ben.tap(items[0]?.id ?? '')
  await seeTitle(page, 'Version 9')
  await see(page, /approved by Ben Example/)
}

export async function lookBack(story: Story): Promise<void> {
  const { page, visitor } = story
  await openGuardrails(story)
  await link(page, 'History').click()
  await seeTitle(page, 'History of the guardrails')
  await visitor.photograph('guardrails-history')
  await link(page, 'Version 1').click()
  await button(page, 'As JSON').click()
  await see(page, '"token-lifetime"')
  await visitor.photograph('guardrails-version')
  await link(page, 'In the audit').click()
  await see(page, /^Ana Example changed the guardrails/)
  await page.goBack()
  await button(page, 'Bring back').click()
  await seeTitle(page, 'Review before saving')
  assert.equal(await page.getByText('Removed', { exact: true }).count(), 5)
  await button(page, 'Discard').click()
  await seeTitle(page, 'Guardrails')
}
