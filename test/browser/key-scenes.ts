import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { callInBrowser } from '../support/browser-steps.ts'
import type { Visitor, VirtualKey } from '../support/chromium.ts'
import { makeProposing } from '../support/proposed.ts'
import {
  addStrongerKey,
  admit,
  invite,
  openOrganisation,
  openVisitor,
  signInWithAnother,
  switchOn,
  vouch,
} from './organisation.ts'
import { flip } from './guardrail-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { giveRole, rule } from './review-steps.ts'
import { button, dialog, link, see, seeTitle, tap } from './story.ts'

const withoutPin = { transport: 'usb', hasUserVerification: false } as const

/** Ben administers with a synced passkey: he is stopped, adds a hardware key, is vouched for, and is in. */
export async function adminSignIn(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context)
  const { page, postern, step, visitor } = story
  await using ben = await admit(story, 'Ben', { role: 'admin', key: { isSynced: true } })
  await step('the review names who would be locked out, and why', async () => {
    await flip(story, 'Administrators sign in with a verified hardware key')
    await see(page, '2 of 2 people are concerned: 1 would be locked out.')
    await see(page, /It takes a hardware key of a verified model to sign in, and the best passkey is a synced passkey/)
    await visitor.photograph('catalogue-admin-sign-in-review')
    await button(page, 'Discard').click()
  })
  await step('in force, it reaches the session that is open', async () => {
    await switchOn(story, 'admin-sign-in')
    await link(ben.page, 'Home').first().click()
    await ben.page.goto(`${postern.origin}/-/people`)
    await seeTitle(ben.page, 'A stronger key is needed')
    await see(
      ben.page,
      /you need a hardware key of a verified model\. Yours is a synced passkey\. The rule “Administrators sign in with a verified hardware key” asks for it\./,
    )
    await ben.photograph('catalogue-admin-sign-in-refused')
  })
  await step('a key without a PIN is told what it lacks', async () => {
    await button(ben.page, 'Add a key of that kind').click()
    await ben.page.getByLabel('Name of the new key').fill('Blue key')
    await ben.key.setPresence(false)
    const bare = await ben.addKey(withoutPin)
    await button(ben.page, 'Tap the new key').click()
    await see(ben.page.getByRole('alert'), /A security key needs a PIN first/)
    assert.equal(await ben.page.getByLabel('Name of the new key').inputValue(), 'Blue key')
    await ben.photograph('catalogue-key-without-pin')
    await bare.remove()
  })
  await step('a hardware key is added, and counts once somebody vouched for him', async () => {
    await addStrongerKey(ben.page, ben, { name: 'Blue key', options: { transport: 'usb' } })
    await see(ben.page.getByRole('alert'), /“Blue key” will do.*until an administrator has vouched for you/)
    await ben.photograph('catalogue-admin-sign-in-unvouched')
    await vouch(story)
    await button(ben.page, 'They have: look again').click()
    await see(ben.page, 'You have one that will do: “Blue key”.')
    await signInWithAnother(ben.page, ben)
    await seeTitle(ben.page, 'People')
  })
  await step('from then on he signs in with it', async () => {
    await ben.signOut()
    await button(ben.page, 'Sign in with a passkey').click()
    await seeTitle(ben.page, 'Hello, Ben Example')
  })
  assert.deepEqual([...visitor.errors, ...ben.errors], [])
}

/** Ana administers, and would merge with a synced passkey: another key of hers may. */
export async function adminMerge(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context, { key: { isSynced: true } })
  const { page, postern, step, visitor, anasKey } = story
  const ben = postern.stranger()
  await ben.register(await invite(story, 'Ben', 'admin'), {
    username: 'ben',
    displayName: 'Ben Example',
    email: 'ben@example.com',
  })
  const { propose } = await makeProposing(postern, ben, 'acme/widgets')
  const earlier = `/acme/widgets/pull-requests/${await propose('colours')}`
  await page.goto(`${postern.origin}${earlier}/merge`)
  await button(page, 'Tap to merge').click()
  await seeTitle(page, 'Merged into main')
  const number = await propose('sizes')
  await switchOn(story, 'admin-merge')
  await step('what was merged before is still proven, and says what it lacks by the rules of today', async () => {
    await lookAtPage(page, postern.origin, {
      name: 'proof-weaker',
      route: '/$project/$repository/pull-requests/$number',
      url: earlier,
      shows: 'Proven, weaker',
    })
    await see(page, 'Ana Example proved this with a tap that would not be enough today')
    await see(page, /asks for a key that says it cannot be copied .* this was done with a synced passkey\.$/)
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width: 1280, height: 900 })
  })
  await step('the page says before the tap that this key will not do', async () => {
    await page.goto(`${postern.origin}/acme/widgets/pull-requests/${number}`)
    await page.getByRole('region', { name: 'Merging' }).waitFor()
    await visitor.photograph('catalogue-admin-merge-checklist')
    await see(
      page,
      /To merge a pull request you need a key that says it cannot be copied\. Yours is a synced passkey\. The rule “A device-bound key for every admin merge” asks for it\./,
    )
  })
  await step('a key of one device is added, and may', () => addBlueKey(visitor, anasKey, postern.origin))
  await step('the merge asks for the one that may, and says why the other may not', async () => {
    await page.goto(`${postern.origin}/acme/widgets/pull-requests/${number}/merge`)
    await see(page, 'Blue key')
    await button(page, 'Use another key').click()
    await see(page.getByRole('region', { name: 'Tap to merge' }), /Yours is a synced passkey/)
    await visitor.photograph('catalogue-admin-merge')
    await button(page, 'Tap to merge').click()
    await seeTitle(page, 'Merged into main')
  })

  // The other half of it: a power of administrators in the hands of somebody who is none.
  await using mia = await admit(story, 'Mia', { role: 'member', key: { isSynced: true } })
  await giveRole(story, 'mia', 'write')
  const { id } = await callInBrowser<{ id: string }>(mia.page, 'GET', '/me')
  await rule(postern, { approvals: 1, bypass: [`user:${id}`] })
  const urgent = `${postern.origin}/acme/widgets/pull-requests/${await propose('urgent')}`
  await anasKey.setPresence(true)
  await switchOn(story, 'bypass-key', 2)
  const goPast = async (): Promise<void> => {
    await mia.page.goto(urgent)
    await link(mia.page, 'merge past the rule…').click()
    await mia.page.getByLabel('Why it cannot wait').fill('The shop is down, and this is the fix')
    await button(mia.page, 'Go on to the tap').click()
  }
  await step('whom the branch lets past its rule is asked for such a key too', async () => {
    await goPast()
    await see(
      mia.page,
      /To merge past a branch’s rule you need a key that says it cannot be copied\. Yours is a synced passkey\. The rule “A device-bound key to merge past a branch’s rule” asks for it\./,
    )
    assert.ok(await button(mia.page, 'Tap to merge past the rule').isDisabled())
    await mia.photograph('catalogue-bypass-refused')
  })
  await step('with one, once somebody has vouched for her, she merges past it', async () => {
    await addBlueKey(mia, mia.key, postern.origin)
    // Ben waits for it too.
    for (let people = 0; people < 2; people += 1) await vouch(story)
    await goPast()
    await see(mia.page, 'Blue key')
    await button(mia.page, 'Tap to merge past the rule').click()
    await seeTitle(mia.page, 'Merged into main')
  })
  assert.deepEqual([...visitor.errors, ...mia.errors], [])
}

/** Adds a key of one device under Account, and unplugs the one that was there. */
export async function addBlueKey(visitor: Visitor, former: VirtualKey, origin: string): Promise<void> {
  const { page } = visitor
  await page.goto(`${origin}/-/account/passkeys`)
  await button(page, 'Add a passkey').click()
  await dialog(page).getByLabel('Name').fill('Blue key')
  await former.setPresence(false)
  const blue = await visitor.addKey({ transport: 'usb' })
  await button(page, 'Tap the new key').click()
  await button(dialog(page), 'Tap your key').waitFor()
  await blue.setPresence(false)
  await former.setPresence(true)
  await tap(page)
  await page.getByRole('listitem').filter({ hasText: 'Blue key' }).waitFor()
  await former.setPresence(false)
  await blue.setPresence(true)
}

/** A guest is not let in with a synced passkey, by a link or with one from before; a key of their own is taken. */
export async function guestKeys(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context)
  const { postern, step, visitor } = story
  await using gus = await admit(story, 'Gus', { role: 'guest', key: { isSynced: true } })
  await using mia = await admit(story, 'Mia', { role: 'member', key: { isSynced: true } })
  await switchOn(story, 'guest-keys')
  await step('a guest from before gets a key of that kind first', async () => {
    await gus.page.goto(`${postern.origin}/-/projects`)
    await seeTitle(gus.page, 'A stronger key is needed')
    await see(
      gus.page,
      /you need a hardware key or a key of one device\. Yours is a synced passkey\. The rule “No synced passkeys for guests”/,
    )
    await gus.photograph('catalogue-guest-refused')
    await addStrongerKey(gus.page, gus, { name: 'Guest key', options: { transport: 'usb' } })
    await signInWithAnother(gus.page, gus)
    await seeTitle(gus.page, 'Projects')
  })
  await step('a guest who comes now is told at the link, and the link is not used up', async () => {
    const invitation = await invite(story, 'Gia', 'guest')
    await using gia = await openVisitor(story, { isSynced: true })
    const { page } = gia
    await page.goto(invitation)
    await button(page, 'Create my passkey').click()
    await see(page.getByRole('alert'), /The rule “No synced passkeys for guests” asks for it/)
    await gia.photograph('catalogue-guest-at-link')
    await gia.key.remove()
    await gia.addKey({ transport: 'usb' })
    await button(page, 'Try again').click()
    await seeTitle(page, /^Your passkey works/)
  })
  await step('it is about guests alone', async () => {
    await mia.page.goto(`${postern.origin}/-/projects`)
    await seeTitle(mia.page, 'Projects')
  })
  assert.deepEqual([...visitor.errors, ...gus.errors], [])
}

/** Ana has a hardware key; Bo has one in the laptop, and gets another without losing what was typed. */
export async function hardwareKeys(context: TestContext): Promise<void> {
  await using story = await openOrganisation(context, { key: { transport: 'usb' } })
  const { postern, step, visitor } = story
  await using bo = await admit(story, 'Bo', { role: 'member', key: { transport: 'internal' } })
  const { page } = bo
  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git on the train')
  await switchOn(story, 'hardware-keys')
  await step('the form that was open asks for another key over it', async () => {
    await button(page, 'Make it with a tap').click()
    await see(
      dialog(page),
      /you need a hardware key\. Yours is a key of one device\. The rule “Only hardware keys” asks for it\./,
    )
    await bo.photograph('catalogue-hardware-refused')
  })
  await step('a key that is of no other kind is not taken', async () => {
    const at = dialog(page, 'This needs a stronger key')
    await button(at, 'Add a key of that kind').click()
    await at.getByLabel('Name of the new key').fill('Second laptop')
    await bo.key.setPresence(false)
    const second = await bo.addKey({ transport: 'usb', isSynced: true })
    await button(at, 'Tap the new key').click()
    await button(dialog(page), 'Tap your key').waitFor()
    await second.remove()
    await bo.key.setPresence(true)
    await button(dialog(page), 'Tap your key').click()
    await see(at.getByRole('alert'), /The rule “Only hardware keys” asks for it/)
    await bo.photograph('catalogue-hardware-not-taken')
  })
  await step('a hardware key is, and the form goes on with what was typed', async () => {
    const at = dialog(page, 'This needs a stronger key')
    await addStrongerKey(at, bo, { name: 'Blue key', options: { transport: 'usb' } })
    await see(at, 'You have one that will do: “Blue key”.')
    await signInWithAnother(at, bo)
    await tap(page)
    await see(page, /“git on the train” is ready/)
  })
  await step('a link is no way round', async () => {
    const invitation = await invite(story, 'Cy', 'member')
    await using cy = await openVisitor(story, { transport: 'internal' })
    await cy.page.goto(invitation)
    await button(cy.page, 'Create my passkey').click()
    await see(cy.page.getByRole('alert'), /The rule “Only hardware keys” asks for it/)
    await cy.key.remove()
    await cy.addKey({ transport: 'usb' })
    await button(cy.page, 'Try again').click()
    await seeTitle(cy.page, /^Your passkey works/)
  })
  assert.deepEqual([...visitor.errors, ...bo.errors], [])
}
