import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Locator } from 'playwright-core'
import { createApiToken } from '../../src/access-keys/api-tokens.ts'
import { newId } from '../../src/database/id.ts'
import type { Caller } from '../../src/identity/caller.ts'
import { createUser, findUserByUsername } from '../../src/identity/users.ts'
import { callInBrowser, makeTokenInBrowser } from '../support/browser-steps.ts'
import { tapToMerge } from './merge-steps.ts'
import { admit, openOrganisation, vouch } from './organisation.ts'
import { approve, giveRole, readerOf, rule } from './review-steps.ts'
import { button, dialog, link, see, type Story } from './story.ts'
import { Terminal } from './terminal.ts'

// The whole promise: an agent proposes with stock git, two people seal in their browsers, and a fresh clone proves it.
test('what an agent proposes and two people seal is Level 4', { timeout: 280_000 }, async (context) => {
  await using ana = await openOrganisation(context)
  const { step, page, postern, terminal, visitor } = ana
  await using ben = await admit(ana, 'Ben', { role: 'member', key: {} })
  await using robot = await Terminal.open('Robot', 'robot@localhost')
  const url = `${postern.origin}/acme/widgets.git`
  let pullRequest = ''

  await step('a repository whose main asks for an approval, and an agent who may write', async () => {
    await vouch(ana)
    await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
    await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'widgets', description: '' })
    await terminal.answerGitWith('ana', await makeTokenInBrowser(page, postern.origin))
    await terminal.pasteWell(`git clone --quiet ${url} && echo Widgets > widgets/README.md`)
    await terminal.pasteWell('git add . && git commit --quiet -m Start && git push --quiet origin HEAD:main', 'widgets')
    await rule(postern, { approvals: 1, agentApprovals: 1 })
    await robot.answerGitWith('robot', await makeAgent(ana))
    await giveRole(ana, 'ben', 'write')
    await giveRole(ana, 'robot', 'write')
  })

  await step('the agent pushes, and a pull request stands', async () => {
    await robot.pasteWell(`git clone --quiet ${url} && echo fixed > widgets/fix.txt`)
    const screen = await robot.pasteWell(
      'git add . && git commit --quiet -m "Fix it" && git push origin HEAD:refs/for/main',
      'widgets',
    )
    pullRequest = /http\S+\/pull-requests\/\d+/.exec(screen)?.[0] ?? assert.fail(screen)
    await page.goto(pullRequest)
    await see(page, 'Fix it')
    await page.getByRole('heading', { name: 'Not yet' }).waitFor()
  })

  await step('one person reads and approves with a tap', () => approve(readerOf(ben), pullRequest))
  await step('another finds it on Home, and merges with a tap', async () => {
    await page.goto(postern.origin)
    const waiting = page.getByRole('region', { name: 'Pull requests you may merge' })
    await link(waiting, 'Review and merge').waitFor()
    await link(waiting, 'Fix it').click()
    await page.waitForURL(pullRequest)
    await page.getByRole('heading', { name: 'Ready to merge' }).waitFor()
    await tapToMerge(ana, { method: 'Merge' })
    await visitor.photograph('level-four-merged')
  })

  await step('commit list, branch and pull request say by whom it is proven, and with what', async () => {
    const claim = 'Ana Example proved this with a tap, verified by the key'
    for (const list of ['commits', 'branches']) {
      await page.goto(`${postern.origin}/acme/widgets/${list}`)
      await button(page, `Proven: ${claim}`).first().click()
      await seeKey(dialog(page))
      await visitor.photograph(`level-four-${list}`)
    }
    // Its branch asks for no second pull request.
    await link(page, /^Merged by #\d+$/).waitFor()
    assert.equal(await link(page, 'Open pull request').count(), 0)
    await page.goto(pullRequest)
    const merged = page.getByRole('region', { name: 'Merged' })
    await see(merged, claim)
    await seeKey(merged)
    await visitor.photograph('level-four-pull-request')
  })

  await step('on a fresh clone the verifier says Level 4, and says who', async () => {
    await terminal.pasteWell(`git clone --quiet ${url} fresh`)
    const said = await terminal.pasteWell('postern verify . --level 4', 'fresh')
    assert.match(said, /Level 4/)
    for (const name of ['ana', 'ben']) assert.ok(said.includes(name), said)
  })
  await step('an edited clone is caught', async () => {
    await terminal.pasteWell('echo more >> fix.txt && git commit --quiet --amend --all --no-edit', 'fresh')
    const { code, screen } = await terminal.paste('postern verify . --level 4', 'fresh')
    assert.equal(code, 1, screen)
    assert.doesNotMatch(screen, /Level 4:/)
  })
  await step('no page complained', async () => assert.deepEqual([...visitor.errors, ...ben.errors], []))
})

/** The card behind a mark of proof. */
async function seeKey(card: Locator): Promise<void> {
  for (const label of ['Person', 'Key', 'Strength', 'Checked', 'Tapped', 'Statement'])
    await card.getByRole('term').filter({ hasText: label }).first().waitFor()
  await see(card, 'The key checked that it was them')
}

/** An agent for whom Ana answers, and its token; how they are made with taps is another test. */
async function makeAgent({ postern }: Story): Promise<string> {
  const { database, now } = postern.postern.ceremonies
  const owner = (await findUserByUsername(database.read, 'ana')) ?? assert.fail()
  const agent = await database.write((tx) =>
    createUser(tx, {
      kind: 'agent',
      username: 'robot',
      displayName: 'Robot',
      email: '',
      role: 'guest',
      createdBy: owner.id,
      ownerId: owner.id,
      at: now(),
    }),
  )
  const caller: Caller = {
    id: owner.id,
    username: owner.username,
    displayName: owner.displayName,
    kind: 'person',
    role: owner.role,
    isDemo: false,
    strength: 'passkey',
    authenticatedAt: now(),
    address: '127.0.0.1',
    shortfall: null,
    by: { kind: 'token', name: 'test', tokenId: newId('tok'), scopes: [], repositoryIds: null },
  }
  const seal = { id: newId('sea'), strength: 'passkey', credentialRecordId: newId('crd') } as const
  const { secret } = await createApiToken(
    database,
    { caller, takeSeal: () => Promise.resolve(seal), now },
    { name: 'robot', scopes: ['repository:write'], repositoryIds: null, expiresInDays: 1 },
    agent,
  )
  return secret
}
