import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { callInBrowser, makeTokenInBrowser } from '../support/browser-steps.ts'
import { openOrganisation, switchOn } from './organisation.ts'
import { button, link, see, seeTitle } from './story.ts'

/** A push to a branch that matters waits in the terminal: refused it goes nowhere, tapped for it goes on by itself. */
export async function tapToPush(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context)
  const { page, postern, step, terminal, visitor } = story
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
    await switchOn(story, 'tap-to-push')
  })
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
