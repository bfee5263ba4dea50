import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { callInBrowser, makeTokenInBrowser } from '../support/browser-steps.ts'
import { openOrganisation, switchOn } from './organisation.ts'
import { button, dialog, link, see, seeTitle } from './story.ts'

/** A push to a branch that matters waits in the terminal: refused it goes nowhere, tapped for it goes on by itself. */
export async function tapToPush(context: TestContext): Promise<void> {
  await using story = await openPushing(context, 'tap-to-push')
  const { page, postern, step, push, visitor } = story
  const toInbox = async (): Promise<void> => {
    await page.goto(`${postern.origin}/-/inbox`)
    await link(page, 'Look and tap').click()
  }
  await step('refused on the page, it ends in the terminal', async () => {
    const pushing = push('git push origin main:release/1 -o no-qr')
    await see(page, /is in force/)
    for (let waits = 0; waits === 0;) {
      const { count } = await callInBrowser<{ count: number }>(page, 'GET', '/inbox')
      waits = count
    }
    await toInbox()
    await see(page, 'release/1')
    await visitor.photograph('catalogue-tap-to-push')
    await button(page, /^Refuse/)
      .first()
      .click()
    const { code, screen } = await pushing
    assert.notEqual(code, 0)
    assert.match(screen, /refused/i)
  })
  await step('tapped for, it goes on by itself', async () => {
    const pushing = push('git push origin main:release/1 -o no-qr')
    for (let waits = 0; waits === 0;) {
      const { count } = await callInBrowser<{ count: number }>(page, 'GET', '/inbox')
      waits = count
    }
    await page.goto(postern.origin)
    await link(page.getByRole('region', { name: 'Waiting for your tap' }), 'Look and tap').click()
    await button(page, 'Tap your key').click()
    await seeTitle(page, 'You tapped for this')
    const { code, screen } = await pushing
    assert.equal(code, 0, screen)
  })
  await step('a branch that nobody named needs no tap', async () => {
    const { code, screen } = await push('git push -q origin main:mine')
    assert.equal(code, 0, screen)
  })
  assert.deepEqual(visitor.errors, [])
}

/** A tag is made and deleted on the page, each by a tap, and by git not at all. */
export async function tapToTag(context: TestContext): Promise<void> {
  await using story = await openPushing(context, 'tap-to-tag')
  const { page, postern, step, push, terminal, visitor } = story
  await step('a tag is refused in the terminal, and made on the page by a tap', async () => {
    const { code, screen } = await push('git tag v1.0 && git push origin v1.0')
    assert.notEqual(code, 0)
    assert.match(screen, /To make or delete a tag takes a tap on your key[^]*page of tags/)
    await page.goto(`${postern.origin}/payments/api/tags`)
    await button(page, 'New tag').click()
    await page.getByLabel('Name').fill('v 1.0')
    await button(page, 'Make the tag').click()
    await see(page, /The name may not contain spaces/)
    await page.locator('[data-loading]').waitFor({ state: 'detached' })
    assert.equal(await page.getByRole('alert').count(), 0, 'said once, beside its field')
    await page.getByLabel('Name').fill('v1.0')
    await page.getByLabel('Message').fill('First release')
    await visitor.photograph('new-tag')
    await button(page, 'Make the tag').click()
    await dialog(page, 'Tag payments/api as v1.0').waitFor()
    await visitor.photograph('new-tag-tap')
    await button(dialog(page), 'Tap your key').click()
    await button(page, /^Proven: Ana .* made this tag with a tap/).click()
    await see(dialog(page), 'git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-tag v1.0')
    await visitor.photograph('tag-proof')
    const shown = await terminal.paste(`cd api
      git tag -d v1.0
      git fetch -q origin tag v1.0 '+refs/postern/*:refs/postern/*'
      git show refs/postern/signers:allowed_signers > .git/allowed_signers
      git -c gpg.ssh.allowedSignersFile=.git/allowed_signers verify-tag v1.0`)
    assert.match(shown.screen, /Good "git" signature for ana@/)
  })
  await step('the tag is deleted on the page, by a tap too', async () => {
    await page.keyboard.press('Escape')
    await button(page, 'Delete v1.0').click()
    await see(dialog(page, 'Delete v1.0'), 'Whoever has fetched the tag keeps it')
    await visitor.photograph('delete-tag')
    await button(page, 'Delete the tag').click()
    await dialog(page, 'Delete the tag v1.0 of payments/api').waitFor()
    await button(dialog(page, /^Delete the tag v1/), 'Tap your key').click()
    await see(page, 'No tags yet')
  })
  assert.deepEqual(visitor.errors, [])
}

/** Somebody with a repository, its clone, and one guardrail in force. */
async function openPushing(context: TestContext, rule: string) {
  const story = await openOrganisation(context)
  const { page, postern, step, terminal } = story
  const push = (lines: string) => terminal.paste(`cd api\n${lines}`)
  await step('a repository, and the guardrail', async () => {
    await callInBrowser(page, 'POST', '/projects', { name: 'payments', description: '' })
    await callInBrowser(page, 'POST', '/projects/payments/repositories', { name: 'api', description: '' })
    await terminal.answerGitWith('ana', await makeTokenInBrowser(page, postern.origin))
    await terminal.pasteWell(`git init -q -b main api
      cd api
      echo hi > README.md
      git add -A
      git commit -qm First
      git remote add origin ${postern.origin}/payments/api.git
      git push -q origin main`)
    await switchOn(story, rule)
  })
  return { ...story, push }
}
