import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BranchRule } from '../../src/repositories/branch-rule.ts'
import { callInBrowser, makeTokenInBrowser, registerInBrowser } from '../support/browser-steps.ts'
import { button, choose, openStory, see, seeTitle, tap } from './story.ts'

test('an administrator says in a form what a branch asks, and how it is told', async (context) => {
  await using story = await openStory(context)
  const { postern, page, terminal, step } = story
  await registerInBrowser(page, await postern.setupLink(), {
    name: 'Ana Example',
    username: 'ana',
    email: 'ana@example.com',
  })
  await step('with a repository whose main is protected', async () => {
    await callInBrowser(page, 'POST', '/projects', { name: 'payments', description: '' })
    await callInBrowser(page, 'POST', '/projects/payments/repositories', { name: 'api', description: '' })
    await terminal.answerGitWith('ana', await makeTokenInBrowser(page, postern.origin))
    const { code, screen } = await terminal.paste(
      `git init -q -b main api
       cd api
       echo hi > README.md
       git add -A
       git commit -qm First
       git push -q ${postern.origin}/payments/api.git main
       git push -q ${postern.origin}/payments/api.git main:release`,
    )
    assert.equal(code, 0, screen)
  })

  await step('the settings say what it asks now, and lead to the form', async () => {
    await page.goto(`${postern.origin}/payments/api/settings`)
    await see(page, 'A tap, and nothing more. By merge commit or squash.')
    await page.getByRole('link', { name: 'Edit the rule of main' }).click()
    await seeTitle(page, 'Rule of main')
    assert.equal(await button(page, 'Save with a tap').isDisabled(), true)
  })

  await step('what contradicts itself is said at its field, and nothing is lost', async () => {
    const colourOf = (name: string) =>
      page.getByRole('switch', { name }).evaluate((input) => {
        const track = input.nextElementSibling
        return track && input.ownerDocument.defaultView?.getComputedStyle(track).backgroundColor
      })
    assert.notEqual(await colourOf('Only what stock git can check'), await colourOf('A linear history'))
    await page.getByRole('switch', { name: 'A linear history' }).check({ force: true })
    assert.equal(await colourOf('Only what stock git can check'), await colourOf('A linear history'))
    await page.getByLabel('People who must approve').fill('2')
    await button(page, 'Save with a tap').click()
    await page
      .getByText(/A linear history takes no merge commits/)
      .first()
      .waitFor()
    assert.equal(await page.getByLabel('People who must approve').inputValue(), '2')
  })

  await step('a rule that can be meant is saved with a tap', async () => {
    await page.getByRole('checkbox', { name: 'Merge commit' }).uncheck()
    await page.getByLabel('Name of a check').fill('ci/test')
    await button(page, 'Ask for it').click()
    await page.getByRole('checkbox', { name: 'Administrators of this repository' }).check()
    const person = page.getByRole('combobox', { name: 'A person' })
    await person.fill('Exam')
    await page.getByRole('option', { name: 'Ana Example (ana)' }).click()
    const takeOut = button(page, 'Take Ana Example out')
    await takeOut.waitFor()
    assert.equal(await person.inputValue(), '', 'who was added stands above; the field is for the next')
    await takeOut.click()
    await button(page, 'Save with a tap').click()
    await tap(page)
    await page.getByText('Rule of main').waitFor()
    await page.waitForFunction(`document.querySelector('button[type=submit]')?.matches(':disabled') === true`)
    const { rule } = await callInBrowser<{ rule: BranchRule }>(
      page,
      'GET',
      '/projects/payments/repositories/api/protected-branches/main/rule',
    )
    assert.deepEqual(
      [rule.approvals, rule.agentApprovals, rule.methods, rule.checks, rule.bypass, rule.linearHistory],
      [2, 2, ['squash'], [{ name: 'ci/test', tokenIds: null }], ['repository-role:admin'], true],
    )
    await page.goto(`${postern.origin}/payments/api/settings`)
    await see(page, /2 people must approve; ci\/test must pass; no merge commits; some may merge past it/)
  })

  await step('and another branch is protected where it stands', async () => {
    await choose(page, 'Another branch', 'release')
    await button(page, 'Protect it').click()
    await tap(page)
    await page.getByRole('link', { name: 'Edit the rule of release' }).waitFor()
  })
})
