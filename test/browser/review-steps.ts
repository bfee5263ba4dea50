import assert from 'node:assert/strict'
import type { Locator, Page } from 'playwright-core'
import { type BranchRule, firstRule } from '../../src/repositories/branch-rule.ts'
import { callInBrowser, makeTokenInBrowser } from '../support/browser-steps.ts'
import type { Visitor } from '../support/chromium.ts'
import { button, choose, dialog, holds, link, see, type Story, tap, tapAlone } from './story.ts'

const sizes = (lines: string[]): string => lines.map((line) => `${line}\n`).join('')

/** A repository whose `main` asks for one approval, a branch pushed to it, and its pull request by Ana. */
export async function propose(story: Story, open: (story: Story) => Promise<unknown> = openAtOnce): Promise<string> {
  const { page, postern, terminal } = story
  await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
  await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
  await terminal.answerGitWith('ana', await makeTokenInBrowser(page, postern.origin))
  await terminal.pasteWell(`git clone --quiet ${postern.origin}/acme/widgets.git && mkdir widgets/src`)
  await terminal.write('widgets/src/sizes.ts', sizes(["export const small = 'S'", "export const large = 'L'"]))
  await terminal.pasteWell('git add . && git commit --quiet -m Start && git push --quiet origin HEAD:main', 'widgets')
  await terminal.write(
    'widgets/src/sizes.ts',
    sizes([
      "export const small = 'S'",
      "export const medum = 'M'",
      "export const large = 'XL'",
      'export const most = 12',
    ]),
  )
  await terminal.pasteWell(
    'git switch --quiet -c sizes && git commit --quiet -am "Add a size" && git push --quiet origin sizes',
    'widgets',
  )
  await rule(postern, { approvals: 1, resolveThreads: true })
  await open(story)
  return `${postern.origin}/acme/widgets/pull-requests/1`
}

/** As anybody does it, where how is another story. */
const openAtOnce = ({ page }: Story): Promise<unknown> =>
  callInBrowser(page, 'POST', '/projects/acme/repositories/widgets/pull-requests', {
    title: 'Add a size',
    description: 'One more, for people in between.',
    sourceBranch: 'sizes',
    targetBranch: 'main',
  })

/** By the form, whose words follow the target's template until they are typed; ready a moment later. */
export async function openAsDraft({ page, postern, terminal }: Story): Promise<void> {
  await terminal.write('widgets/pull_request_template.md', '## Why\n')
  await terminal.pasteWell(
    'git switch --quiet -c stable origin/main && git add . && git commit --quiet -m Template && git push --quiet origin stable && git switch --quiet sizes',
    'widgets',
  )
  await page.goto(`${postern.origin}/acme/widgets/pull-requests/new?source=sizes`)
  await holds(page.getByLabel('Title'), 'Add a size')
  const description = page.getByLabel('Description')
  await holds(description, '')
  await choose(page, 'Into', 'stable')
  await see(page, 'Begins with pull_request_template.md')
  await holds(description, '## Why\n')
  await description.fill('One more, for people in between.')
  await choose(page, 'Into', 'main')
  await see(page, 'Markdown. Why this change?')
  await holds(description, 'One more, for people in between.')
  await button(page, 'Open as draft').click()
  await page.getByRole('heading', { name: 'A draft' }).waitFor()
  await see(page, 'Reviewers are asked once it is ready for review.')
  await button(page, 'Ready for review').click()
  await button(page, 'Back to draft').waitFor()
}

/** Puts a rule in force on `main`; how administrators do it is another story. */
export async function rule({ postern }: Story['postern'], changes: Partial<BranchRule>): Promise<void> {
  const { stockVerifiableOnly, ...rest } = { ...firstRule, ...changes }
  await postern.ceremonies.database.write((tx) =>
    tx
      .updateTable('protectedBranch')
      .set({ rule: JSON.stringify(rest), stockVerifiableOnly: stockVerifiableOnly ? 1 : 0 })
      .execute(),
  )
}

/** Somebody has a role in the repository; how roles are given is another story. */
export async function giveRole({ postern }: Story, username: string, role: 'write' | 'admin'): Promise<void> {
  const { database, now } = postern.postern.ceremonies
  await database.write(async (tx) => {
    const user = await tx.selectFrom('user').select('id').where('username', '=', username).executeTakeFirstOrThrow()
    const repository = await tx.selectFrom('repository').select(['id', 'createdBy']).executeTakeFirstOrThrow()
    await tx
      .insertInto('roleGrant')
      .values({
        subjectKind: 'user',
        subjectId: user.id,
        scopeKind: 'repository',
        scopeId: repository.id,
        role,
        createdAt: now(),
        createdBy: repository.createdBy,
      })
      .execute()
  })
}

const file = (page: Page): Locator => page.getByRole('region', { name: 'src/sizes.ts', exact: true })
const number = (page: Page, line: number): Locator => file(page).locator(`[data-line-new-num="${line}"]`).first()

/** A file as a whole, a line by the mouse, a range by Shift, lines by the keyboard; kept for the review, and over a reload. */
export async function commentOnLines({ page, photograph }: Reader, pullRequest: string): Promise<void> {
  await page.goto(`${pullRequest}?tab=files`)
  await button(file(page), 'Comment on src/sizes.ts').click()
  await page.getByRole('textbox', { name: 'Comment on src/sizes.ts', exact: true }).fill('Sizes belong here.')
  await button(page, 'Comment now').click()
  const whole = page.getByRole('region', { name: 'Thread on src/sizes.ts, the whole file', exact: true })
  await button(whole, 'Resolve').click()
  await see(whole, 'Ben Example resolved this')
  await number(page, 3).click()
  await page.getByRole('textbox', { name: 'Comment on line 3' }).fill('Who is this for?')
  await number(page, 4).click({ modifiers: ['Shift'] })
  const form = page.getByRole('textbox', { name: 'Comment on lines 3–4' })
  // The words follow the lines, and outlive a reload.
  await holds(form, 'Who is this for?')
  await page.reload()
  await holds(form, 'Who is this for?')
  await button(page, 'Start a review').click()
  await see(file(page), 'Draft')
  await see(page, '1 comment of yours waits: nobody else sees it yet.')

  const lines = page.getByRole('group', { name: 'Changes in src/sizes.ts' })
  await lines.focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key)
  const suggestion = page.getByRole('textbox', { name: 'Comment on line 2', exact: true })
  await suggestion.waitFor()
  await button(page, 'Suggest a change').click()
  await holds(suggestion, "```suggestion\nexport const medum = 'M'\n```\n")
  await suggestion.fill("A letter is missing:\n\n```suggestion\nexport const medium = 'M'\n```\n")
  await page.getByText('Preview', { exact: true }).click()
  await see(page, 'A letter is missing:')
  await photograph('review-form')
  await button(page, 'Comment now').click()
  await file(page).getByRole('group', { name: 'Suggested change' }).waitFor()
  await photograph('review-files')
}

/** What waits goes out with the verdict. */
export async function requestChanges({ page, photograph }: Reader): Promise<void> {
  await button(page, 'Finish your review').click()
  const form = dialog(page, 'Your review')
  await form.getByLabel('Summary').fill('Nearly there.')
  await form.getByRole('radio', { name: 'Request changes' }).check()
  await photograph('review-dialog')
  await button(form, 'Request changes').click()
  await form.waitFor({ state: 'detached' })
  await link(page, 'Conversation').click()
  await page.getByRole('article', { name: 'Ben Example asked for changes' }).waitFor()
}

/** The author reads it, takes the suggestion with a click, answers and settles the rest. */
export async function answer({ page, photograph }: Reader, pullRequest: string): Promise<void> {
  await page.goto(pullRequest)
  await page.getByRole('heading', { name: 'Not yet' }).waitFor()
  await see(page.getByRole('region', { name: 'Merging' }), /asks for changes/)
  await photograph('review-conversation')
  const suggested = page.getByRole('region', { name: 'Thread on src/sizes.ts, line 2' })
  await button(suggested, 'Apply suggestion').click()
  await tap(page)
  await see(suggested, 'Ana Example resolved this')
  await button(suggested, 'Show this thread').click()
  await see(suggested, /Applied in/)
  const asked = page.getByRole('region', { name: 'Thread on src/sizes.ts, lines 3–4' })
  await button(asked, 'Reply…').click()
  await asked.getByRole('textbox', { name: 'Your reply' }).fill('For people in between.')
  await button(asked, 'Comment now').click()
  await see(asked, 'For people in between.')
  await button(asked, 'Resolve').click()
  await see(asked, 'Ana Example resolved this')
  await button(page, /^Review it (yourself|again)$/).click()
  await dialog(page, 'Your review').getByRole('radio', { name: 'Approve', disabled: true }).waitFor()
  await see(dialog(page, 'Your review'), 'You cannot approve your own work.')
  await page.keyboard.press('Escape')
}

/** The branch moves while somebody writes their approval: they are told, what they wrote stays, nothing is approved. */
export async function approveTooLate(
  { page }: Reader,
  pullRequest: string,
  push: () => Promise<unknown>,
): Promise<void> {
  await page.goto(`${pullRequest}?tab=files`)
  await button(page, 'Review').click()
  const form = dialog(page, 'Your review')
  await form.getByLabel('Summary').fill('Read to the end.')
  await form.getByRole('radio', { name: 'Approve' }).check()
  await push()
  await see(form, 'New commits came in while you were reading')
  await see(form, 'Close this, read what is new, then come back.')
  assert.ok(await button(form, 'Approve with a tap').isDisabled())
  await button(form, 'Later').click()
  await form.waitFor({ state: 'detached' })
  await button(page, 'Review').click()
  await holds(form.getByLabel('Summary'), 'Read to the end.')
  await button(form, 'Later').click()
  await form.waitFor({ state: 'detached' })
}

/** A tap over exactly this head; the proof stands beside the verdict. */
export async function approve({ page, photograph }: Reader, pullRequest: string): Promise<void> {
  await page.goto(`${pullRequest}?tab=files`)
  await button(page, 'Review').click()
  const form = dialog(page, 'Your review')
  await form.getByLabel('Summary').fill('Fine now.')
  await form.getByRole('radio', { name: 'Approve' }).check()
  await see(form, 'What your tap stands for')
  await button(form, 'Approve with a tap').click()
  await button(dialog(page).filter({ has: button(page, 'Tap your key') }), 'Close without tapping').click()
  await see(form, 'Not done: it still needs your tap')
  assert.equal(await form.getByLabel('Summary').inputValue(), 'Fine now.')
  await button(form, 'Approve with a tap').click()
  await see(dialog(page), /^Approve /)
  await photograph('review-tap')
  await tapAlone(page)
  await form.waitFor({ state: 'detached' })
  await link(page, 'Conversation').click()
  const approval = page.getByRole('article', { name: 'Ben Example approved this' })
  await button(approval, /^Proven/).click()
  await see(dialog(page), /^sha256:[0-9a-f]{12}/)
  await photograph('review-approved')
}

/** Who reads: their page, and a picture of it. */
export interface Reader {
  page: Page
  photograph: Visitor['photograph']
}

export const readerOf = (visitor: Visitor): Reader => ({
  page: visitor.page,
  photograph: (name) => visitor.photograph(name),
})
