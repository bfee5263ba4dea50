import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CredentialView } from '../../src/identity/shapes.ts'
import { callInBrowser, registerInBrowser } from '../support/browser-steps.ts'
import { metadataFlags } from '../support/metadata.ts'
import {
  chooseReports,
  findModels,
  nameModelInRule,
  refuseCopies,
  refuseFiles,
  uploadFile,
  uploadOverdue,
} from './model-steps.ts'
import { openStory } from './story.ts'

// Ana administers in her browser, with a key whose model metadata knows; Ben acts from elsewhere.
test('what is known of keys’ models, and what counts against one', { timeout: 280_000 }, async (context) => {
  await using trust = await metadataFlags()
  await using story = await openStory(context, trust)
  const { postern, page, step, visitor } = story
  const ben = await postern.owner('ben')
  const { link } = await ben.act<{ link: string }>('POST', '/people', {
    username: 'ana',
    displayName: 'Ana Example',
    email: 'ana@example.com',
    role: 'admin',
  })
  await registerInBrowser(page, link)
  const { items } = await callInBrowser<{ items: CredentialView[] }>(page, 'GET', '/me/credentials')
  await ben.act('POST', `/people/ana/credentials/${items[0]?.id}/endorse`, {})

  await step('a file that cannot be taken is refused before anybody taps', () => refuseFiles(story))
  await step('a file with a tap: turned away, tried again, in force', () => uploadFile(story))
  await step('models are found, and a bad report stands beside its model', () => findModels(story))
  await step('an overdue file is taken and said to be overdue', () => uploadOverdue(story))
  await step('other reports count: keys are judged anew', () => chooseReports(story, ben))
  await step('a rule names a model, by its name', () => nameModelInRule(story))
  await step('a key that may have been copied: an owner lets it be refused', () => refuseCopies(story, ben))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})
