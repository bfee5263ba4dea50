import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Person } from '../../src/walk/person.ts'
import type { VirtualKey } from '../support/chromium.ts'
import { button, dialog, openStory, see, seeTitle, type Story } from './story.ts'

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
  await page.goto(`${postern.origin}/acme/widgets/pull-requests/1/merge`)
  const statement = page.getByRole('row', { name: /^Statement sha256:/ })
  const before = await statement.innerText()
  await terminal.pasteWell(`echo large >> parts.txt && git commit -q -a -m 'Add more' && git push -q origin parts`)
  await button(page, 'Tap to merge').click()
  await see(page.getByRole('alert'), 'This pull request was not merged.')
  await page
    .getByRole('row', { name: new RegExp(`^Head ${(await terminal.pasteWell('git rev-parse HEAD')).trim()}`) })
    .waitFor()
  await statement.filter({ hasNotText: /sha256:[0-9a-f]{64}/.exec(before)?.[0] ?? before }).waitFor()
  await visitor.photograph('merge-moved')
  await button(page, 'Tap to merge').click()
  await seeTitle(page, 'Merged into main')
}
