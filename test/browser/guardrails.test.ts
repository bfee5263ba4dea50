import assert from 'node:assert/strict'
import { test } from 'node:test'
import { registerInBrowser } from '../support/browser-steps.ts'
import { exportAndImport, lookBack, meetAnotherAdministrator, takeTwo } from './guardrail-change-steps.ts'
import { limitTokens, nameNetworks, reportFirst, writeOwnRule } from './guardrail-steps.ts'
import { openStory } from './story.ts'

// Ana administers in her browser; Ben owns the instance and acts from elsewhere.
test('guardrails are reviewed before they are saved', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const ben = await postern.owner('ben')
  const { link } = await ben.act<{ link: string }>('POST', '/people', {
    username: 'ana',
    displayName: 'Ana Example',
    email: 'ana@example.com',
    role: 'admin',
  })
  await registerInBrowser(page, link)

  await step('tokens of 90 days: reviewed, tapped, and a longer one is refused with the rule’s words', () =>
    limitTokens(story),
  )
  await step('a rule that would lock out its author only reports first', () => reportFirst(story))
  await step('an own rule, by the form', () => writeOwnRule(story))
  await step('out as a file, and in again', () => exportAndImport(story))
  await step('two administrators at once: nothing is lost', () => meetAnotherAdministrator(story, ben))
  await step('known networks: saved from inside, and never so that whoever saves stands outside', () =>
    nameNetworks(story),
  )
  await step('a change that takes two people waits for the second', () => takeTwo(story, ben))
  await step('the history, and a version brought back', () => lookBack(story))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})
