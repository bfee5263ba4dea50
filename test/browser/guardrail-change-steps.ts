import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PolicyView } from '../../src/guardrails/shapes.ts'
import type { Policy } from '../../src/policy/rule.ts'
import type { Person } from '../../src/walk/person.ts'
import { card, flip, openGuardrails, save } from './guardrail-steps.ts'
import { button, dialog, link, see, seeTitle, type Story, tap } from './story.ts'

/** Out, changed in an editor, and in again. */
export async function exportAndImport(story: Story): Promise<void> {
  const { page, postern, visitor } = story
  await openGuardrails(story)
  await button(page, 'File').click()
  const exporting = page.getByRole('menuitem', { name: 'Export' })
  const [download] = await Promise.all([page.waitForEvent('download'), exporting.click()])
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
