import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../../src/database/id.ts'
import { Visitor } from '../support/chromium.ts'
import { until } from '../support/git-remote.ts'
import { setUp } from './entry-steps.ts'
import { button, dialog, linesOf, openStory, see, seeTitle, type Story, tap } from './story.ts'

const dayMs = 86_400_000

// A guest is let in for a time. The time passes; they are told why they are out, and whom to ask.
test('a guest, until the day it ends', { timeout: 280_000 }, async (context) => {
  let ahead = 0
  await using story = await openStory(context, { now: () => Date.now() + ahead })
  const { postern, browser, page, step, visitor } = story
  await step('an owner', () => setUp(story))
  let link = ''
  await step('invited as a guest, with an end and somebody who answers for them', async () => {
    await page.goto(`${postern.origin}/-/people?invite=yes`)
    const box = dialog(page, 'Invite people')
    await box.getByLabel('E-mail addresses').fill('gus@elsewhere.example')
    await box.getByRole('combobox', { name: 'Role', exact: true }).click()
    await page.getByRole('option', { name: 'Guest' }).click()
    await see(box, 'By itself; at most 90 days from now')
    const soon = new Date(Date.now() + 5 * dayMs).toISOString().slice(0, 10)
    await box.getByLabel('Access ends on').fill(soon)
    await visitor.photograph('invite-guest')
    await button(box, 'Invite with a tap').click()
    await see(dialog(page), 'Answers for them')
    await tap(page)
    link = await linesOf(page, 'Link to send')
  })

  await using guest = await Visitor.open(browser, { viewport: { width: 390, height: 844 }, hasTouch: true })
  await guest.addKey({ isSynced: true })
  await step('the guest comes in, and is told until when', async () => {
    const at = guest.page
    await at.goto(link)
    await see(at, /Your access ends by itself on/)
    await at.getByLabel('Your name').fill('Gus Guest')
    await button(at, 'Create my passkey').click()
    await at.waitForURL(/step=next/)
    await at.goto(postern.origin)
    await see(at, /If you still need it then, ask Ana/)
  })

  await step('whoever answers for them looks through their guests, and prolongs', async () => {
    await page.goto(`${postern.origin}/-/people`)
    await page.getByText('Guests 1', { exact: true }).click()
    await see(page, /answers for them$/)
    await see(page, 'Reaches nothing')
    await addTool(postern, 'Books')
    await page.reload()
    await see(page, 'Reaches no repository, opens Books')
    await visitor.photograph('guests')
    await page.getByRole('link', { name: 'Gus Guest' }).click()
    await see(page, 'Open to everybody, guests too')
    await visitor.photograph('guest')
    await page.goBack()
    await button(page, 'Extend').click()
    const box = dialog(page, /^Prolong the access of Gus/)
    await box.getByLabel('Until').fill(new Date(Date.now() + 20 * dayMs).toISOString().slice(0, 10))
    await visitor.photograph('extend-guest')
    await button(box, 'Prolong with a tap').click()
    await tap(page)
    await see(page, /Ends in 3 weeks/)
  })

  await step('the day comes: signed out, with the reason and whom to ask', async () => {
    ahead = 22 * dayMs
    const at = guest.page
    await at.goto(`${postern.origin}/-/account`)
    await seeTitle(at, 'Sign in')
    await see(at, /^Your access ended on/)
    await see(at, /ana@example.com/)
    await guest.photograph('access-over')
    await button(at, 'Sign in with a passkey').click()
    await at.getByRole('alert').filter({ hasText: 'to prolong it' }).first().waitFor()
  })

  await step('the end is carried out; prolonged late, the guest is back with the same passkey', async () => {
    await postern.restart()
    const { read } = postern.postern.ceremonies.database
    const gus = read.selectFrom('user').select('state').where('displayName', '=', 'Gus Guest')
    await until(
      () => gus.executeTakeFirstOrThrow(),
      ({ state }) => state === 'ended',
    )
    await page.goto(`${postern.origin}/-/people?filter=ended`)
    await button(page, 'Sign in with a passkey').click()
    await page.getByRole('link', { name: 'Gus Guest' }).click()
    await see(page, /because their end date came/)
    await visitor.photograph('guest-ended')
    await button(page, 'Extend').click()
    await button(dialog(page), 'Prolong with a tap').click()
    await tap(page)
    await see(page, /^A guest until/)
    await guest.page.goto(`${postern.origin}/-/sign-in`)
    await button(guest.page, 'Sign in with a passkey').click()
    await guest.page.getByRole('heading', { level: 1, name: /Gus|Home|Hello|Welcome/ }).waitFor()
  })
  assert.deepEqual(visitor.errors, [])
})

/** A tool that is open to guests too; nobody has to reach it here. */
const addTool = ({ postern }: Story['postern'], name: string) =>
  postern.ceremonies.database.write((tx) =>
    tx
      .insertInto('application')
      .values({
        id: newId('app'),
        slug: name.toLowerCase(),
        name,
        description: '',
        kind: 'openid',
        recipe: null,
        launchUrl: null,
        audience: 'everyone',
        strength: null,
        createdAt: Date.now(),
        createdBy: null,
        endedAt: null,
      })
      .execute(),
  )
