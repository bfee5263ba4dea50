import assert from 'node:assert/strict'
import { callInBrowser } from '../support/browser-steps.ts'
import { rule, type Reader } from './review-steps.ts'
import { button, choose, dialog, link, see, seeTitle, type Story, tapAlone } from './story.ts'

/** Somebody is asked to look, and the merge is left to the moment when everything is there. */
export async function askAndWait({ page }: Story, pullRequest: string): Promise<void> {
  await page.goto(pullRequest)
  const reviewers = page.getByRole('region', { name: 'Reviewers' })
  await see(reviewers, 'Nobody was asked to look at this.')
  await button(reviewers, 'Ask somebody').click()
  await choose(page, 'Ask a person or a group', /Ben Example/)
  await reviewers.getByRole('listitem').filter({ hasText: 'Ben Example' }).waitFor()
  await button(reviewers, 'No longer ask Ben Example').waitFor()
  const merging = page.getByRole('region', { name: 'Merging' })
  await button(merging, 'Merge when ready').click()
  await see(merging, 'Merges when it is ready')
  await button(merging, 'Do not merge by itself').click()
  await button(merging, 'Merge when ready').waitFor()
}

/** An emergency: why, what follows, and a tap. Loud on the page until a second person has looked. */
export async function mergePastRule({ page, postern, visitor }: Story, pullRequest: string): Promise<void> {
  await rule(postern, { approvals: 1, bypass: ['repository-role:admin'] })
  await page.goto(pullRequest)
  await link(page, 'merge past the rule…').click()
  await see(page, 'One person must have approved')
  await button(page, 'Go on to the tap').click()
  await see(page, 'Say why in at least 10 characters')
  await page.getByLabel('Why it cannot wait').fill('The shop is down, and this is the fix')
  await visitor.photograph('past-rule')
  await button(page, 'Go on to the tap').click()
  await see(page.getByRole('region', { name: 'What you sign' }), 'The shop is down, and this is the fix')
  await visitor.photograph('past-rule-tap')
  await button(page, 'Tap to merge past the rule').click()
  await seeTitle(page, 'Merged into main')
  await page.goto(pullRequest)
  const banner = page.getByRole('alert').filter({ hasText: 'Merged past the rule' })
  await see(banner, /A second person must look at it/)
  assert.equal(
    await button(banner, 'I looked at it: confirm with a tap').getAttribute('aria-disabled'),
    'true',
    'not whoever merged it',
  )
  await visitor.photograph('past-rule-merged')
  await page.goto(`${postern.origin}/-/audit?action=merge.bypassed`)
  const event = page.getByRole('list', { name: 'Events' }).getByRole('listitem')
  await see(event, /merged acme\/widgets#1 past the rule of main: The shop is down, and this is the fix/)
  await see(event, 'Emergency')
}

export async function confirm({ page, photograph }: Reader, pullRequest: string): Promise<void> {
  await page.goto(pullRequest)
  await button(page, 'I looked at it: confirm with a tap').click()
  await dialog(page).getByText('Reason').first().waitFor()
  await tapAlone(page)
  await see(page, 'Merged past the rule, and looked at since')
  await photograph('past-rule-confirmed')
}

/** A push waits in the terminal; its few characters, typed on another page, lead to its change and its tap. */
export async function tapForPush({ page, postern, terminal, visitor }: Story): Promise<void> {
  await rule(postern, { push: 'tap', stockVerifiableOnly: false })
  await terminal.pasteWell('git switch --quiet main && git pull --quiet', 'widgets')
  await terminal.write('widgets/src/colours.ts', "export const red = '#f00'\n")
  await terminal.pasteWell('git add . && git commit --quiet -m "Add a colour"', 'widgets')
  await page.goto(`${postern.origin}/-/inbox`)
  const field = page.getByLabel('Type the code from your terminal')
  await field.fill('zzzzzz')
  await button(page, 'Look').click()
  await see(page, 'Nothing of yours waits under this code. It may have expired.')

  const pushed = terminal.paste('git push origin main', 'widgets')
  await link(page, 'Look and tap').waitFor()
  const { items } = await callInBrowser<{ items: { code: string }[] }>(page, 'GET', '/inbox')
  await field.fill((items[0]?.code ?? '').replaceAll('-', '').slice(0, 6).toUpperCase())
  await button(page, 'Look').click()
  const change = page.getByRole('region', { name: 'What this push changes' })
  await change.getByText("export const red = '#f00'").first().waitFor()
  await visitor.photograph('held-push')
  await button(page, 'Tap your key').click()
  await seeTitle(page, 'You tapped for this')
  const { code, screen } = await pushed
  assert.equal(code, 0, screen)
}
