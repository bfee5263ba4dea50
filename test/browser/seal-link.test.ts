import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { fillDemo } from '../../src/demo/fill.ts'
import { createUser } from '../../src/identity/users.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { Visitor } from '../support/chromium.ts'
import { askedByToken, askForTap } from '../support/seal-request.ts'
import { addSecondPasskey } from './account-steps.ts'
import { setUp } from './entry-steps.ts'
import { button, dialog, link, openStory, see, seeTitle, type Story, tap } from './story.ts'

const upright = { width: 390, height: 844 }

// Ana's laptop asks for a tap, and her phone, held upright, gives it: by the link, by the inbox, or not at all.
test('a tap on another device', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, browser, page, step, visitor } = story
  await step('an owner with two keys', () => setUp(story))
  const spare = await addSecondPasskey(story)
  await using other = await Visitor.open(browser, { viewport: upright, hasTouch: true })
  await spare.carryTo(other)
  const phone = other.page

  await step('the laptop shows a link; the phone opens it, signs in, taps; the laptop goes on', async () => {
    const address = await askElsewhere(story, 'git on the phone')
    await visitor.photograph('other-device')
    await phone.goto(address)
    await seeTitle(phone, 'Sign in')
    assert.equal(await phone.getByText('git on the phone').count(), 0, 'no facts before sign-in')
    await button(phone, 'Sign in with a passkey').click()
    await seeTitle(phone, 'Make the API token “git on the phone”')
    await see(phone, /^You asked for this with Chrome on Linux from 127\.0\.0\.1/)
    await photographBoth(other, 'seal-request')
    await button(phone, 'Tap your key').click()
    await seeTitle(phone, 'You tapped for this')
    await photographBoth(other, 'seal-request-done')
    await see(page, /“git on the phone” is ready/)
  })

  await step(
    'the inbox has what waits, and its count stands in the navigation; refused, the laptop says so',
    async () => {
      await askElsewhere(story, 'git on the train')
      await link(phone, 'See what else waits').click()
      await see(phone, 'git on the train')
      await button(phone, 'Navigation, 1 waiting for your tap').waitFor()
      await photographBoth(other, 'inbox')
      await link(phone, 'Look and tap').click()
      await button(phone, 'Refuse').click()
      await seeTitle(phone, 'You refused this')
      await see(dialog(page), /^This was refused/)
      await button(dialog(page), 'Close without tapping').click()
    },
  )

  await step('a dialog that is closed asks no more', async () => {
    const address = await askElsewhere(story, 'git nowhere')
    await phone.goto(address)
    await button(phone, 'Tap your key').waitFor()
    await button(dialog(page), 'Close without tapping').click()
    await see(page.getByRole('alert'), 'Not done: it still needs your tap')
    await phone.goto(`${postern.origin}/-/inbox`)
    await see(phone, 'Nothing waits for your tap')
    await photographBoth(other, 'inbox-empty')
    await phone.goto(address)
    await seeTitle(phone, 'No longer asked for')
  })

  await step('back to the key at hand', async () => {
    await askElsewhere(story, 'git here')
    await button(dialog(page), 'Tap here instead').click()
    await tap(page)
    await see(page, /“git here” is ready/)
  })

  await step('a program asks from a strange place: refused, and its token ended', async () => {
    const asked = await askedByToken(postern, 'git here', '203.0.113.9')
    await askForTap(postern, { of: 'ana', asked, title: 'Let the robots in' })
    await phone.goto(postern.origin)
    await phone.getByRole('list', { name: 'What waits for your tap' }).getByText('Let the robots in').click()
    await see(phone, 'From an unusual place')
    await see(phone, /with the token “git here” from 203\.0\.113\.9/)
    await photographBoth(other, 'seal-request-unusual')
    await button(phone, 'Refuse and end this token').click()
    await button(dialog(phone), 'Refuse and end it').click()
    await seeTitle(phone, 'You refused this')
    await page.goto(`${postern.origin}/-/account/tokens`)
    await see(page, 'git on the phone')
    assert.equal(await page.getByText('git here').count(), 0)
  })

  await step('a merge is tapped on the phone, which shows what it changes', async () => {
    const { database, place, now } = postern.postern.ceremonies
    await fillDemo({ database, origin: place.origin, address: place.origin, now, say: () => {} })
    await page.goto(`${postern.origin}/demo/tea-shop/pull-requests/${await findReady(page)}/merge`)
    await button(page, 'Use another device').click()
    await phone.goto(await readAddress(page))
    await seeTitle(phone, /^Merge demo\/tea-shop#/)
    await photographBoth(other, 'seal-request-merge')
    const [changes] = await Promise.all([
      other.context.waitForEvent('page'),
      link(phone, 'See what it changes, in a new tab').click(),
    ])
    await changes.waitForURL(/\/demo\/tea-shop\/pull-requests\/\d+\?tab=files$/)
    await changes.close()
    await button(phone, 'Tap your key').click()
    await seeTitle(phone, 'You tapped for this')
    await seeTitle(page, 'Merged into main')
  })

  await step('somebody else’s link shows nothing', async () => {
    const bo = {
      username: 'bo',
      displayName: 'Bo Example',
      email: 'bo@example.com',
      role: 'member',
      createdBy: null,
    } as const
    const { database, now } = postern.postern.ceremonies
    await database.write((tx) => createUser(tx, { ...bo, at: now() }))
    const { code } = await askForTap(postern, { of: 'bo', by: 'ana' })
    await phone.goto(`${postern.origin}/s/${code}`)
    await seeTitle(phone, 'Nothing here waits for you')
    await photographBoth(other, 'seal-request-not-mine')
  })

  await step('in a frame of somebody’s page there is nothing to tap', async () => {
    const { code } = await askForTap(postern, { of: 'ana', by: 'bo', title: 'Framed' })
    // Another port of the same machine: the same site, so the cookie goes along.
    const framing = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<iframe src="${postern.origin}/s/${code}"></iframe>`)
    }).listen(0, 'localhost')
    await once(framing, 'listening')
    const evil = await other.context.newPage()
    const refusal = evil.waitForEvent('console', (message) => message.text().includes("frame-ancestors 'none'"))
    await evil.goto(`http://localhost:${(framing.address() as AddressInfo).port}/`)
    await refusal
    assert.equal(await evil.frames()[1]?.getByText('Framed').count(), 0)
    await evil.close()
    await new Promise((closed) => framing.close(closed))
    await phone.goto(`${postern.origin}/s/${code}`)
    await seeTitle(phone, 'Framed')
  })

  await step('no page complained', async () => assert.deepEqual([...visitor.errors, ...other.errors], []))
})

/** Begins to make a token on the laptop and hands the tap to another device; the address that the page shows. */
async function askElsewhere({ page, postern }: Story, name: string): Promise<string> {
  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill(name)
  await button(page, 'Make it with a tap').click()
  await button(dialog(page), 'Use another device').click()
  return readAddress(dialog(page))
}

/** What the page shows to type, beside the picture of it. */
async function readAddress(at: Page | Locator): Promise<string> {
  await at.getByRole('img', { name: /^QR code/ }).waitFor()
  const shown = await at.getByText(/\/s\/[0-9A-Z-]{19}$/).innerText()
  return `http://${shown.replaceAll(/\s/g, '')}`
}

/** The number of a pull request of the demo that can be merged as it is. */
async function findReady(page: Page): Promise<number> {
  const api = '/projects/demo/repositories/tea-shop/pull-requests'
  const { items } = await callInBrowser<{ items: { number: number }[] }>(page, 'GET', `${api}?state=open`)
  for (const { number } of items) {
    const view = await callInBrowser<{ mergeability: { state: string } }>(page, 'GET', `${api}/${number}`)
    if (view.mergeability.state === 'ready') return number
  }
  return assert.fail('nothing is ready')
}

/** Upright and wide. */
async function photographBoth(visitor: Visitor, name: string): Promise<void> {
  await visitor.page.setViewportSize({ width: 1280, height: 900 })
  await visitor.photograph(name)
  await visitor.page.setViewportSize(upright)
}
