import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { createUser } from '../../src/identity/users.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { setUp } from './entry-steps.ts'
import { button, choose, dialog, holds, openStory, see, seeTitle, type Story, tap } from './story.ts'

// Each form whose act takes a tap: turned away first, so that what was typed must still be there, then tapped.
test('a tap that is turned away loses nothing that was typed or chosen', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { page, step, visitor, postern } = story
  await setUp(story)
  const { database, now } = postern.postern.ceremonies
  const bo = { username: 'bo', displayName: 'Bo Example', email: 'bo@example.com', role: 'member' as const }
  await database.write((tx) => createUser(tx, { ...bo, createdBy: null, at: now() }))
  await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
  await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })

  await step('a new group', () => createGroup(story))
  await step('a person into the group, and out of it', () => changeGroup(story))
  await step('a role given, changed and taken', () => changeMembers(story))
  await step('the settings of a project', () => changeProject(story))
  await step('the settings of a repository', () => changeRepository(story))
  await step('the ledger, exported', () => exportLedger(story))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})

/** The same tap twice: closed by its cross, then made. */
async function refuseThenTap(page: Page, ask: () => Promise<void>, check: () => Promise<void>): Promise<void> {
  await ask()
  await button(tapDialog(page), 'Close without tapping').click()
  await see(page.getByRole('alert'), 'Not done: it still needs your tap')
  await check()
  await ask()
  await tap(page)
}

const tapDialog = (page: Page): Locator => dialog(page).filter({ has: button(page, 'Tap your key') })

async function createGroup({ page, postern, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/-/groups`)
  await button(page, 'New group').click()
  const form = dialog(page, 'New group')
  await form.getByLabel('Name').fill('crew')
  await form.getByLabel('What it is for').fill('Who build it')
  const stays = async (): Promise<void> => {
    assert.equal(await form.getByLabel('Name').inputValue(), 'crew')
    assert.equal(await form.getByLabel('What it is for').inputValue(), 'Who build it')
  }
  await button(form, 'Create with a tap').click()
  await see(tapDialog(page), 'Create the group crew')
  await visitor.photograph('step-up-group')
  await page.keyboard.press('Escape')
  await see(form.getByRole('alert'), 'Not done: it still needs your tap')
  await stays()
  await visitor.photograph('step-up-refused')
  await refuseThenTap(page, () => button(form, 'Create with a tap').click(), stays)
  await page.getByRole('region', { name: 'crew' }).waitFor()
}

async function changeGroup({ page }: Story): Promise<void> {
  const crew = page.getByRole('region', { name: 'crew' })
  await choose(page, 'Add a person to crew', /Bo Example/)
  await refuseThenTap(
    page,
    () => button(crew, 'Add with a tap').click(),
    async () => assert.match(await crew.getByRole('combobox').inputValue(), /Bo Example/),
  )
  const out = button(crew, 'Take Bo Example out of crew')
  await out.click()
  await button(tapDialog(page), 'Close without tapping').click()
  await button(crew.getByRole('alert'), 'Try again').click()
  await tap(page)
  await out.waitFor({ state: 'detached' })
}

async function changeMembers({ page, postern, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme?tab=members`)
  const person = page.getByPlaceholder('Type a name')
  await person.click()
  await page.getByRole('option', { name: /Bo Example/ }).click()
  await choose(page, 'Role', 'Read')
  await refuseThenTap(
    page,
    () => button(page, 'Add').click(),
    async () => {
      assert.match(await person.inputValue(), /Bo Example/)
      assert.equal(await page.getByRole('combobox', { name: 'Role', exact: true }).inputValue(), 'Read')
    },
  )
  const role = page.getByRole('combobox', { name: 'Role of Bo Example' })
  await role.waitFor()
  await choose(page, 'Role of Bo Example', 'Write')
  await button(tapDialog(page), 'Close without tapping').click()
  // What is not done is not shown as done.
  await holds(role, 'Read')
  await visitor.photograph('step-up-role')
  await button(page.getByRole('alert'), 'Try again').click()
  await see(tapDialog(page), 'Role from now on')
  await tap(page)
  await page.getByRole('alert').waitFor({ state: 'detached' })
  await holds(role, 'Write')
  await button(page, 'Take the role from Bo Example').click()
  await tap(page)
  await role.waitFor({ state: 'detached' })

  // A group, in one repository alone.
  await page.goto(`${postern.origin}/acme/widgets/settings`)
  await page.getByRole('radiogroup', { name: 'What to add' }).getByText('Group').click()
  await page.getByRole('combobox', { name: 'Group', exact: true }).click()
  await page.getByRole('option', { name: 'crew' }).click()
  await choose(page, 'Role', 'Admin')
  await button(page, 'Add').click()
  await tap(page)
  await holds(page.getByRole('combobox', { name: 'Role of crew' }), 'Admin')
}

async function changeProject({ page, postern }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme?tab=settings`)
  await page.getByLabel('Name').fill('acme-works')
  await page.getByLabel('Description').fill('What we make')
  await refuseThenTap(
    page,
    () => button(page, 'Save with a tap').click(),
    async () => {
      assert.equal(await page.getByLabel('Name').inputValue(), 'acme-works')
      assert.equal(await page.getByLabel('Description').inputValue(), 'What we make')
    },
  )
  await seeTitle(page, 'acme-works')
}

async function changeRepository({ page, postern, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/acme-works/widgets/settings`)
  const [name, description] = [page.getByRole('textbox', { name: 'Name' }), page.getByLabel('Description')]
  const isPublic = page.getByRole('radio', { name: /^Public/ })
  await name.fill('gadgets')
  await description.fill('Larger parts')
  await isPublic.check()
  await button(page, 'Save with a tap').click()
  await see(tapDialog(page), 'public: anybody')
  await visitor.photograph('step-up-repository')
  await button(tapDialog(page), 'Close without tapping').click()
  assert.deepEqual(
    [await name.inputValue(), await description.inputValue(), await isPublic.isChecked()],
    ['gadgets', 'Larger parts', true],
  )
  await button(page, 'Save with a tap').click()
  await tap(page)
  await page.waitForURL(/\/acme-works\/gadgets\/settings/)
  await page.getByRole('radio', { name: /^Public/, checked: true }).waitFor()
}

async function exportLedger({ page, postern, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/-/audit`)
  await button(page, 'Export').click()
  const form = dialog(page, 'Export the ledger')
  // Of an hour ago: it may have become midnight since all of it happened.
  const day = await page.evaluate(() => new Date(Date.now() - 3_600_000).toLocaleDateString('sv'))
  await form.getByLabel('From').fill(day)
  await visitor.photograph('export')
  await button(form, 'Export with a tap').click()
  await button(tapDialog(page), 'Close without tapping').click()
  await see(form.getByRole('alert'), 'Not done: it still needs your tap')
  assert.equal(await form.getByLabel('From').inputValue(), day)
  await button(form, 'Export with a tap').click()
  const [download] = await Promise.all([page.waitForEvent('download'), tap(page)])
  assert.equal(download.suggestedFilename(), `postern-ledger-from-${day}.ndjson`)
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\n')
  const actions = lines.map((line) => {
    const { leaf } = JSON.parse(line) as { leaf: string }
    return (JSON.parse(leaf) as { action: string }).action
  })
  // Up to now: the tap that allowed it came before, if only just.
  const last = actions.findLast((action) => action !== 'seal.made')
  assert.deepEqual([actions[0], last], ['person.registered', 'repository.changed'])
  await see(form, `${lines.length} events are in your downloads.`)
  await visitor.photograph('exported')
}
