import type { TestContext } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import type { OrganisationRole } from '../../src/database/schema.ts'
import { createRegistrationLink, linkUrl } from '../../src/identity/registration-links.ts'
import { createUser } from '../../src/identity/users.ts'
import { firstPolicy, type Rule } from '../../src/policy/rule.ts'
import { shipped } from '../support/guardrails.ts'
import { registerInBrowser } from '../support/browser-steps.ts'
import { type KeyOptions, Visitor, type VirtualKey } from '../support/chromium.ts'
import { importMetadata } from '../support/metadata.ts'
import type { StartOptions } from '../support/start-postern.ts'
import { card, flip } from './guardrail-steps.ts'
import { button, dialog, openStory, see, seeTitle, type Story, tap } from './story.ts'

/** A story whose people come and go: Ana owns the instance, and the models of Chromium’s keys are known. */
export interface Organisation extends Story {
  anasKey: VirtualKey
}

export async function openOrganisation(
  context: TestContext,
  { key = {}, ...options }: StartOptions & { key?: KeyOptions } = {},
): Promise<Organisation> {
  const story = await openStory(context, options)
  const { postern, page, visitor, laptop } = story
  await importMetadata(postern)
  await laptop.remove()
  const anasKey = await visitor.addKey(key)
  await registerInBrowser(page, await postern.setupLink(), {
    name: 'Ana Example',
    username: 'ana',
    email: 'ana@example.com',
  })
  return { ...story, anasKey }
}

/** The switch, the review, the tap: as an administrator puts a ready-made rule in force. */
export async function switchOn(story: Story, id: string, version = 1): Promise<void> {
  const { page } = story
  const { title } = shipped(id)
  await flip(story, title)
  await button(page, 'Save with a tap').click()
  await tap(page)
  await see(page, `Saved. Version ${version} is in force.`)
  await card(page, title).getByText('On', { exact: true }).waitFor()
}

/** Rules of one’s own, by the door that a file comes in. */
export async function importRules({ page, postern }: Story, rules: Rule[], version = 1): Promise<void> {
  await page.goto(`${postern.origin}/-/guardrails/import`)
  await page.getByLabel('Policy').fill(JSON.stringify({ ...firstPolicy, rules }))
  await button(page, 'Review the change').click()
  await seeTitle(page, 'Review before saving')
  await page.getByRole('heading', { name: 'The last 30 days' }).waitFor()
  await button(page, 'Save with a tap').click()
  await tap(page)
  await see(page, `Saved. Version ${version} is in force.`)
}

/** Somebody is added; the link that they would be sent. */
export async function invite({ postern }: Story, name: string, role: OrganisationRole): Promise<string> {
  const { database, now } = postern.postern.ceremonies
  const [username, at] = [name.toLowerCase(), now()]
  return database.write(async (tx) => {
    const person = { username, displayName: `${name} Example`, email: `${username}@example.com`, role }
    const { id } = await createUser(tx, { ...person, createdBy: null, at })
    const link = await createRegistrationLink(tx, { purpose: 'invitation', userId: id, createdBy: null, at })
    return linkUrl(postern.origin, link.token)
  })
}

/** Somebody at another machine, with a key of theirs; `headers` are what a proxy there would add. */
export async function openVisitor(
  { browser }: Story,
  key: KeyOptions,
  headers?: Record<string, string>,
): Promise<Visitor & { key: VirtualKey }> {
  const visitor = await Visitor.open(browser, headers === undefined ? {} : { extraHTTPHeaders: headers })
  return Object.assign(visitor, { key: await visitor.addKey(key) })
}

/** Somebody who was invited and has registered. */
export async function admit(
  story: Story,
  name: string,
  { role, key, headers }: { role: OrganisationRole; key: KeyOptions; headers?: Record<string, string> },
): Promise<Visitor & { key: VirtualKey }> {
  const link = await invite(story, name, role)
  const visitor = await openVisitor(story, key, headers)
  await registerInBrowser(visitor.page, link)
  return visitor
}

/** Ana checks the fingerprint that she was told and vouches, for whoever waits for it first. */
export async function vouch({ page, postern }: Story): Promise<void> {
  await page.goto(`${postern.origin}/-/people`)
  const asked = button(page, 'Check and vouch')
  await asked.first().waitFor()
  const waiting = await asked.count()
  await asked.first().click()
  await button(dialog(page), 'It is the same: vouch with a tap').click()
  await button(dialog(page), 'Tap your key').click()
  await asked.nth(waiting - 1).waitFor({ state: 'detached' })
}

/** On the page, or over it, where one gets the key that is missing: the new key, then the tap of the old one. */
export async function addStrongerKey(
  at: Page | Locator,
  visitor: Visitor & { key: VirtualKey },
  { name, options }: { name: string; options: KeyOptions },
): Promise<VirtualKey> {
  const { page } = visitor
  const start = button(at, 'Add a key of that kind')
  const field = at.getByLabel('Name of the new key')
  await start.or(field).waitFor()
  if (await start.isVisible()) await start.click()
  await field.fill(name)
  await visitor.key.setPresence(false)
  const added = await visitor.addKey(options)
  await button(at, /^Tap the new key|^Start again with the new key/).click()
  await button(dialog(page), 'Tap your key').waitFor()
  await added.setPresence(false)
  await visitor.key.setPresence(true)
  await tap(page)
  await added.setPresence(true)
  return added
}

/** Unplugs the key that one came with, and signs in with another. */
export async function signInWithAnother(at: Page | Locator, visitor: Visitor & { key: VirtualKey }): Promise<void> {
  await visitor.key.setPresence(false)
  await button(at, /^Sign in with (it|another key)$/).click()
}
