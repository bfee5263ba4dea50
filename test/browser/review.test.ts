import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tapToMerge } from './merge-steps.ts'
import { admit, openOrganisation, vouch } from './organisation.ts'
import {
  answer,
  approve,
  approveTooLate,
  commentOnLines,
  giveRole,
  openAsDraft,
  propose,
  readerOf,
  requestChanges,
} from './review-steps.ts'

// Two people, two browsers, two keys: what is wanted is said at the lines, taken over with a click, approved and merged with taps.
test('a change is reviewed', { timeout: 280_000 }, async (context) => {
  await using ana = await openOrganisation(context)
  const { step, visitor, page } = ana
  await using ben = await admit(ana, 'Ben', { role: 'member', key: {} })
  let pullRequest = ''
  await step('Ana vouches for Ben', () => vouch(ana))
  await step('a branch that asks for an approval, and a change proposed to it', async () => {
    pullRequest = await propose(ana, openAsDraft)
    await giveRole(ana, 'ben', 'write')
  })
  await step('Ben comments on lines, and suggests others', () => commentOnLines(readerOf(ben), pullRequest))
  await step('Ben asks for changes', () => requestChanges(readerOf(ben)))
  await step('Ana takes the suggestion over, answers, and settles the threads', () =>
    answer(readerOf(visitor), pullRequest),
  )
  await step('Ana pushes another tree under the same message while Ben approves the former one', () =>
    approveTooLate(readerOf(ben), pullRequest, () =>
      ana.terminal.pasteWell(
        'git pull --quiet origin sizes && echo "// later" >> src/sizes.ts && git commit --quiet --amend --all --no-edit --reset-author && git push --quiet --force origin sizes',
        'widgets',
      ),
    ),
  )
  await step('Ben approves with a tap, and the proof stands beside it', () => approve(readerOf(ben), pullRequest))
  await step('Ana’s page has seen it by itself, and she merges with a tap', async () => {
    await page.getByRole('heading', { name: 'Ready to merge' }).waitFor()
    await tapToMerge(ana, { method: 'Merge' })
  })
  await step('no page complained', async () => assert.deepEqual([...visitor.errors, ...ben.errors], []))
})
