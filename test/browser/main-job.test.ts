import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addSecondPasskey, endOtherSession, makeToken, renameAndRemovePasskey } from './account-steps.ts'
import { setUp, signInByAutofill, signInByButton } from './entry-steps.ts'
import { readAudit, readFigures, readHome } from './look-back-steps.ts'
import { tapToMerge, verifyWithPostern, verifyWithStockGit } from './merge-steps.ts'
import { openPullRequest, proposeBranch, proposeRevert, readPullRequest, seeConflict } from './pull-request-steps.ts'
import { browse, createRepository, directPushIsRefused, pushBaseline, pushBranches } from './repository-steps.ts'
import { openStory } from './story.ts'

// The whole way as a person goes it: in Chromium by what stands on the pages, and in a shell by what they tell to paste.
test('the main job', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context, { offersAutofill: true })
  const { page, step, visitor } = story
  await step('the set-up link, a name and a tap make the first owner', () => setUp(story))
  await step('sign out, and in again with the button', () => signInByButton(story))
  await step('sign out, and in again by the autofill', () => signInByAutofill(story))

  await step('a second passkey, another browser, a session ended, and the second passkey gone again', async () => {
    const spare = await addSecondPasskey(story)
    await endOtherSession(story, spare)
    await renameAndRemovePasskey(story)
  })
  await step('a project and a repository', () => createRepository(story))
  await step('a token for git, shown once', () => makeToken(story))
  await step('the first push is the recorded start, and a tap seals it', () => pushBaseline(story))
  await step('a direct push is refused with a sentence', () => directPushIsRefused(story))
  await step('branches and a tag are pushed', () => pushBranches(story))
  await step('tree, file, README, commits, branches, tags, downloads', () => browse(story))

  await step('a pull request from a pushed branch', () => openPullRequest(story))
  await step('its words, commits and files', () => readPullRequest(story))
  await step('one tap merges it', async () => {
    await page.goto(page.url().replace(/\?.*/, ''))
    await tapToMerge(story, { method: 'Merge' })
  })
  await step('stock git verifies the merge', async () => {
    assert.match(await verifyWithStockGit(story, 'merge'), /Good "git" signature for ana@localhost/)
  })
  await step('a branch that no longer fits names its files', () => seeConflict(story))
  await step('another is squashed with a tap', async () => {
    await proposeBranch(story, 'colours')
    await tapToMerge(story, { method: 'Squash' })
  })
  await step('postern verify walks the whole branch', async () => {
    assert.match(await verifyWithPostern(story), /: all proven\./)
  })
  const merged = page.url()
  await step('the audit tells it all', () => readAudit(story))
  await step('Home shows what is mine', () => readHome(story))
  await step('the figures say how she came in', () => readFigures(story))
  await step('what was merged can be proposed to be taken back', () => proposeRevert(story, merged))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
  await step('stock git verifies what a person tapped for', async () => {
    await page.goto(merged)
    assert.match(
      await verifyWithStockGit(story, 'squash'),
      /Good "git" signature for ana@localhost with (ECDSA-SK|sk-ecdsa)/i,
    )
  })
})
