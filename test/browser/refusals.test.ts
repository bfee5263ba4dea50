import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Person } from '../../src/walk/person.ts'
import { button, choose, dialog, see, seeTitle, openStory, type Story } from './story.ts'

// What goes wrong at a prompt, between two people, and when a session ends. Each time the page says what to do, and
// nothing that was typed is lost. Bo sits at the browser; Ana owns the instance and acts from elsewhere.
test('what goes wrong, and what the pages say then', { timeout: 120_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const ana = await postern.owner()
  const { link } = await ana.act<{ link: string }>('POST', '/people', {
    username: 'bo',
    displayName: 'Bo Example',
    email: 'bo@example.com',
    role: 'member',
  })

  await step('a key without a PIN makes no passkey, and the link is not used up', () => registerAfterRefusals(story, link))
  await step('what one may not see looks like nothing', async () => {
    await ana.call('POST', '/projects', { name: 'acme', description: '' })
    await ana.call('POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith('/projects/acme/repositories/widgets')),
      page.goto(`${postern.origin}/acme/widgets`),
    ])
    assert.equal(answer.status(), 404)
    await seeTitle(page, 'Not found')
    await see(page, 'There is nothing here, or nothing that you may see')
    await visitor.photograph('stranger')
  })
  await step('a tap that fails or is turned away changes nothing', () => tapAfterRefusals(story))
  await step('a session that ended asks to sign in again, over the form', () => signInOverForm(story))
  await step('a head that moved while the merge page was open: a sentence, and a fresh statement', () => mergeMovedHead(story, ana))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})

async function registerAfterRefusals({ page, laptop, visitor }: Story, link: string): Promise<void> {
  await laptop.remove()
  const withoutPin = await visitor.addKey({ transport: 'usb', hasUserVerification: false })
  await page.goto(link)
  await seeTitle(page, 'Welcome, Bo Example')
  await button(page, 'Create my passkey').click()
  await see(page.getByRole('alert'), 'A security key needs a PIN first.')
  await see(page.getByRole('alert'), /nothing is used up/)
  await visitor.photograph('refused-key')
  await withoutPin.remove()

  // No key at hand: the prompt waits, and goes on with the first that is plugged in.
  await button(page, 'Try again').click()
  await see(page.getByRole('status'), /Follow your browser’s prompt/)
  await visitor.addKey({ transport: 'usb' })
  await seeTitle(page, /Your passkey works, Bo Example/)
}
