import { test } from 'node:test'
import { admit, openOrganisation, vouch } from './organisation.ts'
import { giveRole, propose, rule } from './review-steps.ts'
import { button, link, see, seeTitle } from './story.ts'
import { callInBrowser } from '../support/browser-steps.ts'

test('look', { timeout: 200_000 }, async (context) => {
  let shift = 0
  await using ana = await openOrganisation(context, { now: () => Date.now() + shift })
  const { page, terminal, postern } = ana
  await using ben = await admit(ana, 'Ben', { role: 'member', key: {} })
  await vouch(ana)
  const url = await propose(ana)
  await giveRole(ana, 'ben', 'admin')
  const shoot = async (name: string, who = page) => {
    await who
      .locator('.mantine-Skeleton-root, [role="progressbar"]')
      .first()
      .waitFor({ state: 'detached' })
      .catch(() => {})
    await who.getByText('Loading the changes').first().waitFor({ state: 'detached' })
    for (const [scheme, width] of [
      ['dark', 1280],
      ['light', 390],
    ] as const) {
      await who.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      await who.setViewportSize({ width, height: 900 })
      await who.waitForTimeout(300)
      await who.screenshot({ path: `/tmp/w7/shots/${name}-${scheme}-${width}.png`, fullPage: true })
    }
    await who.setViewportSize({ width: 1280, height: 900 })
  }
  const P = '/projects/acme/repositories/widgets'
  const { headOid } = await callInBrowser<{ headOid: string }>(page, 'GET', `${P}/pull-requests/1`)
  await callInBrowser(ben.page, 'POST', `${P}/pull-requests/1/threads`, {
    path: 'src/sizes.ts',
    side: 'head',
    line: 2,
    headOid,
    body: 'A letter is missing here.',
    isDraft: false,
  })
  await callInBrowser(ben.page, 'POST', `${P}/pull-requests/1/threads`, {
    path: 'src/sizes.ts',
    side: 'head',
    line: 4,
    headOid,
    body: 'Why twelve?\n\n```suggestion\nexport const most = 10\n```',
    isDraft: false,
  })
  await terminal.pasteWell(
    "sed -i s/medum/medium/ src/sizes.ts && git commit --quiet -am 'Spell it' && git push --quiet origin sizes",
    'widgets',
  )
  await page.goto(url)
  await see(page, 'Why twelve')
  await see(page, 'Outdated')
  await shoot('conversation')
  await page.goto(`${url}?tab=files`)
  await see(page, 'Why twelve')
  await shoot('files')
  await rule(postern, { approvals: 0, methods: ['fast-forward'], stockVerifiableOnly: false } as never)
  await page.goto(`${url}/merge`)
  await see(page, /^sha256/)
  await shoot('merge-ff')
  await rule(postern, { approvals: 0, methods: ['merge', 'squash', 'rebase'], stockVerifiableOnly: false } as never)
  await page.goto(`${url}/merge?method=rebase`)
  await see(page, /^sha256/)
  await shoot('merge-rebase')
  await page.goto(`${postern.origin}/acme/widgets/settings/branches/main`)
  await see(page, 'People who must approve')
  await shoot('rule')
  await page.goto(`${postern.origin}/-/inbox`)
  await see(page, 'Type the code')
  await shoot('inbox')
  await rule(postern, { approvals: 1, bypass: ['repository-role:admin'], bypassReviewHours: 1 })
  await page.goto(url)
  await link(page, 'merge past the rule…').click()
  await page.getByLabel('Why it cannot wait').fill('The shop is down, and this is the fix')
  await button(page, 'Go on to the tap').click()
  await button(page, 'Tap to merge past the rule').click()
  await seeTitle(page, 'Merged into main')
  await shoot('merged')
  shift = 2 * 3_600_000
  await page.goto(`${url}?tab=proof`)
  await see(page, 'This instance signs for it')
  await shoot('proof')
  await page.goto(url)
  await see(page, 'nobody looked at it in time')
  await shoot('overdue')
  await ben.page.goto(url)
  await see(ben.page, 'nobody looked at it in time')
  await shoot('overdue-ben', ben.page)
  // A branch that moved on, where only a fast-forward is allowed.
  await terminal.pasteWell(
    'git fetch -q && git switch --quiet -c late HEAD~1 && echo 1 > late.txt && git add . && git commit --quiet -m Late && git push --quiet origin late',
    'widgets',
  )
  await rule(postern, { approvals: 0, methods: ['fast-forward'], stockVerifiableOnly: false } as never)
  await callInBrowser(page, 'POST', `${P}/pull-requests`, {
    title: 'Late',
    description: '',
    sourceBranch: 'late',
    targetBranch: 'main',
  })
  await page.goto(`${postern.origin}/acme/widgets/pull-requests/2`)
  await see(page, 'A way to merge is open')
  await shoot('shut')
})
