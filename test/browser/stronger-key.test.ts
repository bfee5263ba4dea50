import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PolicyView } from '../../src/guardrails/shapes.ts'
import { catalogue } from '../../src/policy/catalogue.ts'
import type { Person } from '../../src/walk/person.ts'
import { registerInBrowser } from '../support/browser-steps.ts'
import { Visitor, type VirtualKey } from '../support/chromium.ts'
import { button, dialog, openStory, see, seeTitle, type Story, tap } from './story.ts'

const dayMs = 86_400_000

// Dan has a synced passkey; Ana, who owns the instance, asks for hardware keys: from a date on, at once, and when the date has come.
test('whoever has too weak a key is led to getting a stronger one, and back', { timeout: 280_000 }, async (context) => {
  const clock = { ahead: 0 }
  await using story = await openStory(context, { now: () => Date.now() + clock.ahead })
  const { postern, page, step, visitor } = story
  const ana = await postern.owner('ana')
  const { link } = await ana.act<{ link: string }>('POST', '/people', {
    username: 'dan',
    displayName: 'Dan Example',
    email: 'dan@example.com',
    role: 'member',
  })
  await story.laptop.remove()
  const phone = await visitor.addKey({ isSynced: true })
  await registerInBrowser(page, link)

  await step('from a date on: home says so, and so does the account', () => remind(story, ana))
  await step('a form that was open when the rule came keeps its words, and goes on', () => overForm(story, ana, phone))
  await step('from that day on the weak key opens the door to nothing but the page that helps', async () => {
    await enforce(ana, { enforceFrom: Date.now() + dayMs })
    clock.ahead = dayMs + 60_000
    await leadBack(story, phone)
  })
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})

async function enforce(ana: Person, more: { enforceFrom?: number } = {}): Promise<void> {
  const { version, policy } = await ana.call<PolicyView>('GET', '/policy')
  const shipped = catalogue.find(({ rule }) => rule.id === 'hardware-keys')
  assert.ok(shipped)
  await ana.act('PUT', '/policy', { basedOn: version, policy: { ...policy, rules: [{ ...shipped.rule, ...more }] } })
}

async function remind({ page, postern, visitor }: Story, ana: Person): Promise<void> {
  await enforce(ana, { enforceFrom: Date.now() + 30 * dayMs })
  await page.goto(postern.origin)
  await see(page, /you need a hardware key/)
  await visitor.photograph('deadline-home')
  await page.goto(`${postern.origin}/-/account/allowed`)
  await see(page, 'A passkey')
  await see(page, /^From \d+ \w+ \d{4} on$/)
  await visitor.photograph('account-allowed')
}

async function overForm({ page, postern, visitor }: Story, ana: Person, phone: VirtualKey): Promise<void> {
  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git on the train')
  await enforce(ana)
  await button(page, 'Make it with a tap').click()
  const asked = dialog(page, 'This needs a stronger key')
  await see(asked, /The rule “Only hardware keys” asks for it\./)
  await visitor.photograph('stronger-key-dialog')
  await button(asked, 'Add a key of that kind').click()
  await asked.getByLabel('Name of the new key').fill('Blue key')
  await phone.setPresence(false)
  const blue = await visitor.addKey({ transport: 'usb' })
  await button(asked, 'Tap the new key').click()
  await button(dialog(page), 'Tap your key').waitFor()
  await phone.setPresence(true)
  await tap(page)
  await see(asked, 'You have one that will do: “Blue key”.')
  await phone.setPresence(false)
  await button(asked, 'Sign in with it').click()
  await tap(page)
  await see(page, /“git on the train” is ready/)
  await page.reload()
  await blue.remove()
}

async function leadBack({ postern, browser }: Story, phone: VirtualKey): Promise<void> {
  await using other = await Visitor.open(browser)
  const carried = await phone.carryTo(other)
  await carried.setPresence(true)
  await other.page.goto(`${postern.origin}/-/projects`)
  await button(other.page, 'Sign in with a passkey').click()
  await seeTitle(other.page, 'A stronger key is needed')
  await see(other.page, 'You have one that will do: “Blue key”.')
  assert.equal(new URL(other.page.url()).searchParams.get('returnTo'), '/-/projects')
  await other.photograph('stronger-key')
  await button(other.page, 'Sign in with it').click()
  await see(other.page.getByRole('alert'), 'That key is not strong enough either')
  await addKeyOnPage(other, carried)
  await seeTitle(other.page, 'Projects')
  assert.deepEqual(other.errors, [])
}

/** The new key makes a passkey, the weak one vouches for it, the new one signs in. */
async function addKeyOnPage(visitor: Visitor, weak: VirtualKey): Promise<void> {
  const { page } = visitor
  await button(page, 'Add a key of that kind').click()
  await page.getByLabel('Name of the new key').fill('Green key')
  await weak.setPresence(false)
  await visitor.addKey({ transport: 'usb' })
  await button(page, 'Tap the new key').click()
  await button(dialog(page), 'Tap your key').waitFor()
  await weak.setPresence(true)
  await tap(page)
  await see(page, /^You have keys that will do: .*“Green key”/)
  await weak.setPresence(false)
  await button(page, 'Sign in with it').click()
}
