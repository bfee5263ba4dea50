import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { flip } from './guardrail-steps.ts'
import { admit, openOrganisation, switchOn } from './organisation.ts'
import { propose, rule } from './review-steps.ts'
import { button, choose, dialog, link, see, seeTitle, tap } from './story.ts'

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Ana proposes to loosen the rules; nothing changes until Ben, who administers too, finds it in his inbox and taps. */
export async function twoPeople(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context)
  const { page, postern, step, visitor } = story
  await using ben = await admit(story, 'Ben', { role: 'admin', key: { transport: 'usb' } })
  await using cy = await admit(story, 'Cy', { role: 'admin', key: { isSynced: true } })
  await switchOn(story, 'two-people')
  await step('her own tap is not enough to loosen it', async () => {
    await flip(story, 'Two people for a guardrail change')
    await button(page, 'Save with a tap').click()
    await tap(page)
    await see(page, 'Waits for a second person: Ben Example or Cy Example')
    await visitor.photograph('catalogue-two-people-waits')
    await page.goto(`${postern.origin}/-/inbox`)
    await see(page, 'Nothing waits for your tap')
  })
  await step('one of the two others looks at what it changes, and taps', async () => {
    await ben.page.goto(`${postern.origin}/-/inbox`)
    await see(ben.page, 'Approve the change of the guardrails by Ana Example')
    await link(ben.page, 'Look and tap').click()
    await ben.photograph('catalogue-two-people-approve')
    const [changes] = await Promise.all([
      ben.context.waitForEvent('page'),
      link(ben.page, 'See what it changes, in a new tab').click(),
    ])
    const changed = changes.getByRole('list', { name: 'Rules that change' })
    await see(changed, 'Two people for a guardrail change')
    await see(changed, 'On before, then: off')
    for (const name of ['Who', 'The last 30 days']) await changes.getByRole('heading', { name }).waitFor()
    await see(changes, 'Of 3 people, nobody is concerned.')
    await changes.close()
    await button(ben.page, 'Tap your key').click()
    await seeTitle(ben.page, 'You tapped for this')
  })
  await step('it is in force, and the history names both', async () => {
    await page.goto(`${postern.origin}/-/guardrails/history`)
    await link(page, 'Version 2').click()
    await see(page, /approved by Ben Example/)
    await cy.page.goto(`${postern.origin}/-/inbox`)
    await see(cy.page, 'Nothing waits for your tap')
  })
  assert.deepEqual([...visitor.errors, ...ben.errors, ...cy.errors], [])
}

/** A token of a year stops at 90 days, git says why, and only one that is short enough takes its place. */
export async function tokenLifetime(context: TestContext): Promise<void> {
  let ahead = 0
  await using story = await openOrganisation(context, { now: () => Date.now() + ahead })
  const { page, postern, step, terminal, visitor } = story
  const makeToken = async (name: string, lifetime: string): Promise<void> => {
    await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
    await page.getByLabel('Name').fill(name)
    await choose(page, 'It ends after', lifetime)
    await button(page, 'Make it with a tap').click()
  }
  const giveToGit = async (): Promise<void> => {
    await tap(page)
    const secret = await page.locator('pre').filter({ hasText: /^pst_/ }).innerText()
    await terminal.answerGitWith('ana', secret.trim())
  }
  const ask = `git ls-remote ${postern.origin}/acme/widgets.git`
  await page.goto(`${postern.origin}/-/repositories/new`)
  await page.getByLabel('Project', { exact: true }).and(page.locator(':focus')).fill('acme')
  await page.getByLabel('Name', { exact: true }).fill('widgets')
  await button(page, 'Create').click()
  await seeTitle(page, /widgets/)
  await makeToken('git for years', 'A year')
  await giveToGit()
  await terminal.pasteWell(ask)
  await switchOn(story, 'token-lifetime')
  await step('a longer one is refused before anybody taps, and what was typed stays', async () => {
    await makeToken('git for ever', 'A year')
    await see(
      page.getByRole('alert'),
      /An API token may live 90 days at most\. The rule “API tokens live 90 days at most”/,
    )
    await see(page.getByRole('alert'), 'Choose a shorter life for it.')
    assert.equal(await page.getByLabel('Name').inputValue(), 'git for ever')
    await visitor.photograph('catalogue-token-refused')
    await choose(page, 'It ends after', '90 days')
    await button(page, 'Make it with a tap').click()
    await tap(page)
    await see(page, /“git for ever” is ready/)
  })
  await step('the one from before works until it is 90 days old; then git says why', async () => {
    ahead = 89 * dayMs
    await terminal.pasteWell(ask)
    ahead = 91 * dayMs
    const { code, screen } = await terminal.paste(ask)
    assert.notEqual(code, 0)
    assert.match(screen, /An API token may live 90 days at most/)
  })
  await step('a new one takes its place', async () => {
    await page.goto(`${postern.origin}/-/account/tokens`)
    await button(page, 'Sign in with a passkey').click()
    await seeTitle(page, 'Account')
    await makeToken('git for a while', '90 days')
    await giveToGit()
    await terminal.pasteWell(ask)
  })
  assert.deepEqual(visitor.errors, [])
}

export async function guestTokens(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context)
  const { postern, step } = story
  await switchOn(story, 'guest-tokens')
  await using guest = await admit(story, 'Gia', { role: 'guest', key: { isSynced: true } })
  const { page } = guest
  await step('a guest is told how long a token may live, and makes one that does', async () => {
    await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
    await page.getByLabel('Name').fill('builds')
    await choose(page, 'It ends after', '30 days')
    await button(page, 'Make it with a tap').click()
    await see(page.getByRole('alert'), /An API token may live 7 days at most\./)
    await choose(page, 'It ends after', '7 days')
    await button(page, 'Make it with a tap').click()
    await tap(page)
    await see(page, /“builds” is ready/)
  })
  assert.deepEqual(guest.errors, [])
}

const office = { 'x-forwarded-for': '10.1.2.3' }
const cafe = { 'x-forwarded-for': '203.0.113.9' }

/** Ben carries his laptop from the office to a café and back. */
export async function adminNetworks(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context, { flags: ['--trusted-proxies', '127.0.0.1'] })
  const { postern, step, visitor } = story
  await using ben = await admit(story, 'Ben', { role: 'admin', key: {}, headers: office })
  await using mia = await admit(story, 'Mia', { role: 'member', key: {}, headers: cafe })
  await switchOn(story, 'admin-networks')
  const { page } = ben
  await step('from the office all is as before', async () => {
    await page.goto(`${postern.origin}/-/people`)
    await seeTitle(page, 'People')
  })
  await step('from the café the open session is stopped, and the page says why', async () => {
    await ben.context.setExtraHTTPHeaders(cafe)
    await page.goto(`${postern.origin}/-/people`)
    await see(page, /you must come from a known network\. The rule “Known networks for administrators” asks for it\./)
    await seeTitle(page, 'You are not let in from here')
    await see(page, /Come from a network that the rule names/)
    await ben.photograph('catalogue-networks-refused')
    await ben.context.setExtraHTTPHeaders(office)
    await button(page, 'Try again').click()
    await seeTitle(page, 'People')
    await ben.context.setExtraHTTPHeaders(cafe)
  })
  await step('signing in is no way round it', async () => {
    await ben.context.clearCookies()
    await page.goto(`${postern.origin}/-/people`)
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await see(
      page.getByRole('alert'),
      /To sign in you must come from a known network\. The rule “Known networks for administrators”/,
    )
    await ben.photograph('catalogue-networks-sign-in')
  })
  await step('back in the office it is the same button', async () => {
    await ben.context.setExtraHTTPHeaders(office)
    await button(page, 'Try again').click()
    await seeTitle(page, 'People')
  })
  await step('it is about administrators alone', async () => {
    await mia.page.goto(`${postern.origin}/-/projects`)
    await seeTitle(mia.page, 'Projects')
  })
  assert.deepEqual([...visitor.errors, ...ben.errors, ...mia.errors], [])
}

/** A form stood open over lunch; and a day of work ends. */
export async function sessionLimits(context: TestContext): Promise<void> {
  let ahead = 0
  await using story = await openOrganisation(context, { now: () => Date.now() + ahead })
  const { page, postern, step, visitor } = story
  await switchOn(story, 'session-limits')
  await step('an hour without use: sign in over the form, which goes on with what was typed', async () => {
    await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
    await page.getByLabel('Name').fill('git after lunch')
    ahead += 61 * minuteMs
    await button(page, 'Make it with a tap').click()
    await see(dialog(page), 'Your session has ended. What you typed is still here.')
    await visitor.photograph('catalogue-session-ended')
    await button(dialog(page), 'Sign in with a passkey').click()
    await tap(page)
    await see(page, /“git after lunch” is ready/)
  })
  await step('a merge page open over lunch: signed in again, it is still there, and merges', async () => {
    const pullRequest = await propose(story)
    await rule(postern, {})
    await page.goto(pullRequest)
    await link(page, 'Merge with a tap').click()
    await button(page, 'Tap to merge').waitFor()
    await page.getByRole('region', { name: 'The change you sign' }).getByRole('region').first().waitFor()
    ahead += 61 * minuteMs
    await button(page, 'Tap to merge').click()
    await button(dialog(page), 'Sign in with a passkey').click()
    await dialog(page).waitFor({ state: 'detached' })
    await see(page, 'This waited too long for a tap.')
    await button(page, 'Start again').click()
    await button(page, 'Tap to merge').click()
    await seeTitle(page, 'Merged into main')
  })
  await step('in use it lives on, and twelve hours after sign-in it ends', async () => {
    for (let looks = 0; looks < 14; looks++) {
      ahead += 50 * minuteMs
      await page.goto(`${postern.origin}/-/projects`)
      await seeTitle(page, 'Projects')
    }
    ahead += 21 * minuteMs
    await page.goto(`${postern.origin}/-/projects`)
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await seeTitle(page, 'Projects')
  })
  await page.goto(postern.origin)
  await seeTitle(page, 'Hello, Ana Example')
  assert.deepEqual(visitor.errors, [])
}
