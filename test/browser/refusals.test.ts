import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Person } from '../../src/walk/person.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import type { VirtualKey } from '../support/chromium.ts'
import { button, dialog, link, openStory, see, seeTitle, type Story } from './story.ts'

// What goes wrong at a prompt, between two people, and when a session ends. Each time the page says what to do, and
// nothing that was typed is lost. Bo sits at the browser; Ana owns the instance and acts from elsewhere.
test('what goes wrong, and what the pages say then', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const ana = await postern.owner()
  const { link } = await ana.act<{ link: string }>('POST', '/people', {
    username: 'bo',
    displayName: 'Bo Example',
    email: 'bo@example.com',
    role: 'member',
  })

  let key = story.laptop
  await step('a key without a PIN makes no passkey, and the link is not used up', async () => {
    key = await registerAfterRefusals(story, link)
  })
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
  await step('a tap that fails or is turned away changes nothing', () => tapAfterRefusals(story, key))
  await step('a session that ended asks to sign in again, over the form', () => signInOverForm(story))
  await step('a head that moved while the merge page was open: a sentence, and a fresh statement', () =>
    mergeMovedHead(story, ana),
  )
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})

// The first owner’s own way in, from the terminal's link.
test('what goes wrong before there is anybody', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const setupLink = await postern.setupLink()
  let key = story.laptop

  await step(
    'a key without a PIN, a closed prompt, no key at hand: the page says what to do, the words stay',
    async () => {
      key = await setUpAfterRefusals(story, setupLink)
    },
  )
  await step('a prompt that ends at the sign-in is told, and the next one lets in', async () => {
    await page.goto(postern.origin)
    await visitor.signOut()
    await key.setVerified(false)
    await button(page, 'Sign in with a passkey').click()
    await see(page.getByRole('alert'), 'The prompt was closed before a key answered')
    await see(page.getByRole('alert'), /plug it in again or choose another one, then try again/)
    await key.setVerified(true)
    await button(page, 'Try again').click()
    await seeTitle(page, 'Hello, Ana Example')
  })
  await step('nobody was asked for a password, and there is none', async () => {
    assert.equal(await callInBrowser(page, 'GET', '/me/password'), null)
    const { database } = postern.postern.ceremonies
    assert.deepEqual(await database.read.selectFrom('passwordLogin').selectAll().execute(), [])
  })
  await step('without a connection it is said at once, and no act follows when it is back', async () => {
    await page.goto(`${postern.origin}/-/projects/new`)
    await page.getByLabel('Name').fill('acme')
    await page.context().setOffline(true)
    await button(page, 'Create the project').click()
    await see(page.getByRole('alert'), 'The server cannot be reached')
    await link(page, 'Insights').first().click()
    await see(page.getByRole('alert'), 'Check your connection, then try again.')
    await page.context().setOffline(false)
    await button(page, 'Try again').click()
    await seeTitle(page, 'Insights')
    assert.deepEqual(await callInBrowser<unknown>(page, 'GET', '/projects'), { items: [], nextCursor: null })
  })
  await step('a name that still leads elsewhere is taken over only by whoever may, who is told from what', async () => {
    await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
    await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    await page.goto(`${postern.origin}/acme?tab=settings`)
    await page.getByLabel('Name').fill('parts')
    await button(page, 'Save with a tap').click()
    await button(dialog(page), 'Tap your key').click()
    await seeTitle(page, 'parts')
    await page.goto(`${postern.origin}/-/projects/new`)
    await page.getByLabel('Name').fill('acme')
    await button(page, 'Create the project').click()
    await see(page.getByRole('alert'), 'acme is a former name of parts, and still leads there.')
    await visitor.photograph('former-name')
    await button(page, 'Take the name over').click()
    await seeTitle(page, 'acme')
  })
  await step('the link is used up now', async () => {
    await page.goto(setupLink)
    await seeTitle(page, 'This link does not work')
  })
  await step('no page complained, but of what it could not load', async () => {
    const others = visitor.errors.filter((said) => !/Failed to fetch dynamically imported module/.test(said))
    assert.deepEqual(others, [])
  })
})

async function setUpAfterRefusals({ page, laptop, visitor }: Story, setupLink: string): Promise<VirtualKey> {
  await laptop.remove()
  const withoutPin = await visitor.addKey({ transport: 'usb', hasUserVerification: false })
  const type = async (): Promise<void> => {
    await page.getByLabel('Your name').fill('Ana Example')
    await page.getByLabel('Username').fill('ana')
    await page.getByLabel('E-mail').fill('ana@example.com')
  }
  await page.goto(setupLink)
  await seeTitle(page, 'Set up Postern')
  assert.equal(await page.locator('input[type=password]').count(), 0)
  await type()
  await button(page, 'Create my passkey').click()
  await see(page.getByRole('alert'), /A security key needs a PIN first: set one in your browser’s or system’s/)
  await withoutPin.remove()

  // Closed by the person, or a PIN that was wrong too often: a page is told no more than that it ended.
  const key = await visitor.addKey({ transport: 'usb' })
  await key.setVerified(false)
  // The former alert goes before the server is asked again.
  await Promise.all([page.waitForResponse(/registration-links\/begin$/), button(page, 'Try again').click()])
  await see(page.getByRole('alert'), 'The prompt was closed before a key answered')
  await see(page.getByRole('alert'), /Nothing was made and nothing is used up\. No key at hand\? A phone or/)
  assert.equal(await page.getByLabel('Your name').inputValue(), 'Ana Example')
  await key.remove()

  // No key at hand, and the page left in the middle of the prompt.
  await button(page, 'Try again').click()
  await see(page.getByRole('status'), /choose this device, your phone, or a security key/)
  await page.reload()
  await type()
  await button(page, 'Create my passkey').click()
  await see(page.getByRole('status'), /Follow your browser’s prompt/)
  const later = await visitor.addKey({ transport: 'usb' })
  await seeTitle(page, /Your passkey works, Ana Example/)
  return later
}

async function registerAfterRefusals({ page, laptop, visitor }: Story, link: string): Promise<VirtualKey> {
  await laptop.remove()
  const withoutPin = await visitor.addKey({ transport: 'usb', hasUserVerification: false })
  await page.goto(link)
  await seeTitle(page, 'Welcome, Bo Example')
  await button(page, 'Create my passkey').click()
  await see(page.getByRole('alert'), /A security key needs a PIN first/)
  await see(page.getByRole('alert'), /nothing is used up/)
  await visitor.photograph('refused-key')
  await withoutPin.remove()

  // No key at hand: the prompt waits, and goes on with the first that is plugged in.
  await button(page, 'Try again').click()
  await see(page.getByRole('status'), /Follow your browser’s prompt/)
  const key = await visitor.addKey({ transport: 'usb' })
  await seeTitle(page, /Your passkey works, Bo Example/)
  return key
}

/** A key that could not tell who touches it, then a closed dialog: the form keeps its words, and the third try goes on. */
async function tapAfterRefusals({ page, postern, visitor }: Story, key: VirtualKey): Promise<void> {
  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git at home')
  await key.setVerified(false)
  await button(page, 'Make it with a tap').click()
  await button(dialog(page), 'Tap your key').click()
  await see(dialog(page).getByRole('alert'), /Nothing was changed/)
  await visitor.photograph('refused-tap')
  await button(dialog(page), 'Close without tapping').click()
  await see(page.getByRole('alert'), 'Not done: it still needs your tap')
  assert.equal(await page.getByLabel('Name').inputValue(), 'git at home')
  await key.setVerified(true)
  await button(page, 'Make it with a tap').click()
  await button(dialog(page), 'Tap your key').click()
  await see(page, /“git at home” is ready/)
}

/** Signed out in another tab while a form is filled in. */
async function signInOverForm({ page, postern, visitor }: Story): Promise<void> {
  await page.goto(`${postern.origin}/-/account/tokens?new=yes`)
  await page.getByLabel('Name').fill('git on the train')
  const otherTab = await visitor.context.newPage()
  await otherTab.goto(postern.origin)
  await visitor.signOut(otherTab)
  await otherTab.close()
  await button(page, 'Make it with a tap').click()
  await see(dialog(page), 'What you typed is still here.')
  await visitor.photograph('session-ended')
  await button(dialog(page), 'Sign in with a passkey').click()
  await button(dialog(page), 'Tap your key').click()
  await see(page, /“git on the train” is ready/)
}

async function mergeMovedHead({ page, postern, terminal, visitor }: Story, ana: Person): Promise<void> {
  await terminal.answerGitWith('ana', await ana.makeToken('laptop'))
  await terminal.pasteWell(
    `git init -q -b main . && git remote add origin ${postern.origin}/acme/widgets.git
     git commit -q --allow-empty -m Start && git push -q origin main
     git switch -q -c parts && echo small > parts.txt && git add parts.txt && git commit -q -m 'Add parts' && git push -q origin parts`,
  )
  await ana.act('PUT', '/projects/acme/repositories/widgets/members/user/bo', { role: 'write' })
  await ana.call('POST', '/projects/acme/repositories/widgets/pull-requests', {
    title: 'Add parts',
    description: '',
    sourceBranch: 'parts',
    targetBranch: 'main',
  })
  // The page would notice by itself in a moment, and say so before anybody taps.
  await page.route('**/api/v1/live*', () => {})
  await page.goto(`${postern.origin}/acme/widgets/pull-requests/1/merge`)
  const statement = page.getByRole('row', { name: /^Statement sha256:/ })
  const before = await statement.innerText()
  await terminal.pasteWell(`echo large >> parts.txt && git commit -q -a -m 'Add more' && git push -q origin parts`)
  await button(page, 'Tap to merge').click()
  await see(page.getByRole('alert'), 'This pull request was not merged.')
  await see(page.getByRole('alert'), 'look at the result again and tap once more')
  await page
    .getByRole('row', { name: new RegExp(`^Head ${(await terminal.pasteWell('git rev-parse HEAD')).trim()}`) })
    .waitFor()
  await statement.filter({ hasNotText: /sha256:[0-9a-f]{64}/.exec(before)?.[0] ?? before }).waitFor()
  await visitor.photograph('merge-moved')
  assert.ok(await button(page, 'Tap to merge').isDisabled(), 'what came under the finger is read first')
  await button(page, 'I have read it as it is now').click()
  await button(page, 'Tap to merge').click()
  await seeTitle(page, 'Merged into main')
}
