import assert from 'node:assert/strict'
import { test } from 'node:test'
import { admit, openOrganisation, vouch } from './organisation.ts'
import { askAndWait, confirm, mergePastRule, tapForPush } from './review-door-steps.ts'
import { giveRole, propose, readerOf } from './review-steps.ts'

// What else waits for a person: a reviewer who was asked, an emergency that a second one must look at, a push.
test('a merge past the rule, and a push that waits', { timeout: 280_000 }, async (context) => {
  await using ana = await openOrganisation(context)
  const { step, visitor } = ana
  await using ben = await admit(ana, 'Ben', { role: 'member', key: {} })
  let pullRequest = ''
  await step('Ana vouches for Ben', () => vouch(ana))
  await step('a change that waits for an approval', async () => {
    pullRequest = await propose(ana)
    await giveRole(ana, 'ben', 'admin')
  })
  await step('Ben is asked to look, and the merge is left for later', () => askAndWait(ana, pullRequest))
  await step('Ana merges past the rule, and says why', () => mergePastRule(ana, pullRequest))
  await step('Ben looks at it afterwards, and taps', () => confirm(readerOf(ben), pullRequest))
  await step('a push shows its change where its code is typed, and goes on with the tap', () => tapForPush(ana))
  await step('no page complained', async () => assert.deepEqual([...visitor.errors, ...ben.errors], []))
})
