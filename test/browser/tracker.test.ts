import assert from 'node:assert/strict'
import { test } from 'node:test'
import { holdDownload, refuseAtLookAlike } from '../support/tools/attacks.ts'
import { fileBytes, openRedmine } from '../support/tools/office-redmine.ts'
import { openOffice, openWithTap } from '../support/tools/office.ts'
import { stealFromRedmine } from '../support/tools/redmine-account.ts'
import { skipRedmine } from '../support/tools/redmine.ts'
import { button, link, see, seeTitle } from './story.ts'

// Redmine, as Debian ships it, behind a route: one tap opens it, and its end closes it.
test('a tracker behind the proxy', { timeout: 280_000, skip: skipRedmine }, async (context) => {
  await using office = await openOffice(context)
  const { postern, visitor, page, phone, step, ana, addressOf } = office
  const tracker = addressOf('tracker')
  await using redmine = await openRedmine(office, 'tracker', {
    website: ['A page is missing'],
    payroll: ['The sums are wrong'],
  })

  await step('one tap, and Redmine knows who it is', async () => {
    await openWithTap(page, `${tracker}/projects/payroll/issues`)
    await see(page.locator('#loggedas'), 'ben')
    await see(page, 'The sums are wrong')
    await visitor.photograph('tracker')
  })

  await step('and works in it', async () => {
    await page.goto(`${tracker}/projects/payroll/issues/new`)
    await page.getByLabel('Subject').fill('Who rounds?')
    await button(page, 'Create').first().click()
    await see(page.locator('#flash_notice'), /created/)
    await see(page, 'Added by Ben Example')
  })

  await step('a form of another site writes nothing by Redmine’s API, which asks for no token of its own', async () => {
    const post = (path: string): Promise<number> =>
      page.evaluate(async (to) => {
        const body = new URLSearchParams({ 'issue[subject]': 'Not by Ben', 'issue[priority_id]': '2' })
        return (await fetch(to, { method: 'POST', body })).status
      }, path)
    assert.equal(await post('/projects/payroll/issues.json'), 403)
    assert.equal(await post('/projects/payroll/issues.xml'), 403)
  })

  await step('signing out there is signing out of the route; a click leads back', async () => {
    await link(page, 'Sign out').click()
    await see(page, 'You are signed out of tracker')
    await link(page, 'Open tracker again').click()
    await see(page.locator('#loggedas'), 'ben')
  })

  await step('a guest on a phone reaches one project, whatever the phone says', async () => {
    const at = phone.page
    await openWithTap(at, `${tracker}/projects/website/issues`)
    await see(at, 'A page is missing')
    await phone.context.setExtraHTTPHeaders({ 'X-Postern-Jwt-Assertion': 'of.somebody.else', 'Remote-User': 'ana' })
    for (const path of ['/projects/payroll', '/projects/payroll/issues', '/issues/2', '/admin'])
      assert.equal((await at.goto(`${tracker}${path}`))?.status(), 403, path)
    await see(at, 'You are not authorized to access this page.')
    await phone.photograph('tracker-guest')
    await phone.context.setExtraHTTPHeaders({})
  })

  await step('around the proxy there is nobody, even with the cookie of Redmine', async () => {
    const cookies = (await page.context().cookies(tracker)).map(({ name, value }) => `${name}=${value}`)
    const direct = await fetch(`${redmine.url}/projects/payroll/issues`, {
      redirect: 'manual',
      headers: { cookie: cookies.join('; '), 'remote-user': 'ben', host: new URL(tracker).host },
    })
    assert.equal(direct.status, 302)
    assert.match(direct.headers.get('location') ?? '', /\/login\?/)
  })

  await step('a look-alike gets nothing from a passkey', () => refuseAtLookAlike(office, 'tracker'))

  await step('and everything from a password and a code', () => stealFromRedmine(office, redmine.ownUrl))

  await step('access ends: the download in the middle, the next click, the next tap', async () => {
    await page.goto(`${tracker}/projects/website/files`)
    const readOn = await holdDownload(page, `${tracker}/attachments/download/1/film.bin`)
    await ana.act('POST', '/people/ben/end', { reason: 'left' })
    const { bytes, isCut } = await readOn()
    assert.ok(isCut && bytes < fileBytes, `${bytes} bytes came`)
    await page.getByRole('link', { name: 'Issues', exact: true }).click()
    await seeTitle(page, 'Sign in')
    await button(page, 'Sign in with a passkey').click()
    await page.getByRole('alert').first().waitFor()
    await visitor.photograph('tracker-ended')
    assert.equal(new URL(page.url()).origin, postern.origin)
  })
})
