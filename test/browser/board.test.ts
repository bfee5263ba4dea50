import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdDownload, refuseAtLookAlike } from '../support/tools/attacks.ts'
import { fileBytes, openRedmine } from '../support/tools/office-redmine.ts'
import { openOffice, openWithTap } from '../support/tools/office.ts'
import { stealFromRedmine } from '../support/tools/redmine-account.ts'
import { skipRedhopper } from '../support/tools/redmine.ts'
import { link, see, seeTitle } from './story.ts'

// Redhopper, the board that Debian ships for Redmine, behind a route of its own.
test('a board behind the proxy', { timeout: 280_000, skip: skipRedhopper }, async (context) => {
  await using office = await openOffice(context)
  const { visitor, page, phone, step, ana, addressOf } = office
  const board = addressOf('board')
  await using redmine = await openRedmine(office, 'board', {
    website: ['Draw the front page'],
    payroll: ['Round the sums', 'Pay'],
  })
  const card = (subject: string) => page.locator('.Kanban').filter({ hasText: subject })

  await step('one tap, and the board knows who it is', async () => {
    await openWithTap(page, `${board}/projects/payroll/kanbans`)
    await see(page.locator('#loggedas'), 'ben')
    await card('Round the sums').waitFor()
    await page.getByRole('heading', { name: /^New/ }).waitFor()
  })

  await step('cards are put in order and moved', async () => {
    const inOrder = page.locator('.Column ol .Kanban')
    for (const [at, subject] of ['Round the sums', 'Pay'].entries()) {
      await link(card(subject), 'Put in order').click()
      await inOrder.nth(at).filter({ hasText: subject }).waitFor()
    }
    await card('Pay').locator('a[title="To the top"]').click()
    await inOrder.first().filter({ hasText: 'Pay' }).waitFor()
    await visitor.photograph('board')
  })

  await step('a guest on a phone sees one board, and moves no card of another', async () => {
    const at = phone.page
    await openWithTap(at, `${board}/projects/website/kanbans`)
    await see(at, 'Draw the front page')
    await phone.photograph('board-guest')
    const token = (await at.locator('meta[name=csrf-token]').getAttribute('content')) ?? ''
    const post = (path: string): Promise<number> =>
      at.evaluate(
        async ({ to, csrf }) => (await fetch(to, { method: 'POST', headers: { 'x-csrf-token': csrf } })).status,
        { to: path, csrf: token },
      )
    assert.equal(await post('/redhopper_issues/1/block'), 404, 'a card of the other board')
    assert.equal(await post('/redhopper_issues?issue_id=2'), 404)
    assert.equal(await post('/redhopper_issues?issue_id=1'), 200, 'a card of their own')
    assert.equal((await at.goto(`${board}/projects/payroll/kanbans`))?.status(), 403)
  })

  await step('a look-alike gets nothing from a passkey', () => refuseAtLookAlike(office, 'board'))

  await step('and everything from a password and a code', () => stealFromRedmine(office, redmine.ownUrl))

  await step('access ends: the download in the middle, the next click, the next tap', async () => {
    await page.goto(`${board}/projects/payroll/kanbans`)
    const readOn = await holdDownload(page, `${board}/attachments/download/1/film.bin`)
    await ana.act('POST', '/people/ben/end', { reason: 'left' })
    const { bytes, isCut } = await readOn()
    assert.ok(isCut && bytes < fileBytes, `${bytes} bytes came`)
    await card('Pay').locator('a[title="Down"]').click()
    await see(page, 'You are not signed in any more')
    await page.goto(`${board}/projects/payroll/kanbans`)
    await seeTitle(page, 'Sign in')
  })
})
