import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callInBrowser } from '../support/browser-steps.ts'
import { exchange, trade } from '../support/exchange.ts'
import { startWorkloadIssuer } from '../support/workload-issuer.ts'
import { setUp } from './entry-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, dialog, link, openStory, see, seeTitle, tap } from './story.ts'

test('a pipeline is let in, set up, changed and ended in the browser', { timeout: 280_000 }, async (context) => {
  await using issuer = await startWorkloadIssuer()
  await using story = await openStory(context, { flags: ['--outbound-allow', '127.0.0.1'] })
  const { postern, page, step } = story
  const { origin } = postern
  const settings = '/acme/shop/settings/pipelines'
  await setUp(story)
  await callInBrowser(page, 'POST', '/projects', { name: 'acme', description: '' })
  await callInBrowser(page, 'POST', '/projects/acme/repositories', { name: 'shop', description: '' })
  const look = (name: string, url = settings, more = {}) => lookAtPage(page, origin, { name, route: '', url, ...more })
  const wide = async () => {
    await page.setViewportSize({ width: 1280, height: 900 })
    await page.emulateMedia({ colorScheme: 'light' })
  }

  await step('from the settings to an empty list, and to the form', async () => {
    await page.goto(`${origin}/acme/shop/settings`)
    await link(page, 'Pipelines').click()
    await seeTitle(page, 'Pipelines')
    await see(page, 'No pipelines')
    await look('pipelines-none')
    await wide()
    await button(page, 'Let a pipeline in').click()
    await see(page, 'Repository there')
  })

  await step('for GitHub Actions its repository is enough, and what to paste is shown', async () => {
    await button(page, 'Let it in with a tap').click()
    await see(page, 'Please give the repository there')
    await page.getByRole('textbox', { name: 'Repository there' }).fill('*/shop')
    await page.getByRole('textbox', { name: 'Only on branch' }).fill('main')
    await page.getByRole('radio', { name: 'Clone and push' }).check({ force: true })
    await button(page, 'Let it in with a tap').click()
    await see(page, /This issuer signs for everybody who builds there/)
    assert.equal(await page.getByRole('textbox', { name: 'Repository there' }).inputValue(), '*/shop')
    await page.getByRole('textbox', { name: 'Repository there' }).fill('acme/shop')
    await button(page, 'Let it in with a tap').click()
    await see(page, 'Whoever controls that pipeline can do this here, with no secret and no tap of anybody.')
    await tap(page)
    await see(page, 'Paste this into .github/workflows/build.yml')
    const pasted = (await page.getByLabel(/^Paste this/).textContent()) ?? ''
    assert.match(pasted, /id-token: write/)
    assert.ok(pasted.includes(`-d resource=${origin}/acme/shop`))
    await see(page, 'Never came in yet')
  })

  await step('another issuer, by a claim of its own', async () => {
    await button(page, 'Let a pipeline in').click()
    await page.getByText('Somewhere else').locator('visible=true').click()
    await page.getByRole('textbox', { name: 'Issuer' }).fill(issuer.issuer)
    await page.getByRole('textbox', { name: 'Claim 1', exact: true }).fill('repository')
    await page.getByRole('textbox', { name: 'What claim 1 must say' }).fill('acme/shop')
    await button(page, 'Name, further conditions, times').click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Our builds')
    await button(page, 'Let it in with a tap').click()
    await tap(page)
    await see(page, 'Our builds')
  })

  await step('why one was refused stands below, and that another came in', async () => {
    const resource = `${origin}/acme/shop`
    const aud = resource
    await exchange(origin, { subject_token: await issuer.sign({ aud, repository: 'mallory/shop' }), resource })
    await trade(origin, 'acme/shop', await issuer.sign({ aud }))
    await page.reload()
    await see(page, 'Its claim repository is “mallory/shop”; “acme/shop” is trusted.')
    await see(page, /as repo:acme\/shop:ref:refs\/heads\/main/)
    await look('pipelines', settings, { shows: 'Refused in the last seven days' })
    await look('pipelines-new', `${settings}?new=yes`, {
      first: async () => button(page, 'Name, further conditions, times').click(),
      shows: 'Hours of a whole run',
    })
    const { items } = await callInBrowser<{ items: { id: string; shape: string }[] }>(
      page,
      'GET',
      '/projects/acme/repositories/shop/pipelines',
    )
    const github = items.find(({ shape }) => shape === 'github')?.id ?? ''
    await look('pipelines-steps', `${settings}?steps=${github}`, { shows: 'Paste this into' })
    await look('pipelines-edit', `${settings}?edit=${github}`, { shows: 'Save with a tap' })
    await wide()
  })

  await step('changed', async () => {
    await page.goto(`${origin}${settings}`)
    await button(page, 'Edit Our builds').click()
    await page.getByRole('radio', { name: 'Clone and push' }).check({ force: true })
    await button(page, 'Save with a tap').click()
    await tap(page)
    await page.getByText('Clone and push, and report what its checks found · 30 minutes').nth(1).waitFor()
  })

  await step('one with keys of somebody who has left stands still, and says so', async () => {
    const keys = JSON.stringify({ keys: [issuer.signer.publicKey] })
    const { database, now } = postern.postern.ceremonies
    await database.write((tx) =>
      tx
        .updateTable('workloadTrust')
        .set({ keys, adoptBy: now() + 86_400_000 })
        .where('name', '=', 'Our builds')
        .execute(),
    )
    await page.reload()
    await see(page, /It comes in no more until then: its keys were given by hand/)
    await look('pipelines-stopped', settings, { shows: 'Keep it with a tap' })
    await wide()
    await page.goto(`${origin}${settings}`)
    await button(page, 'Keep it with a tap').click()
    await see(page, /who answered for its keys, has no access any more/)
    await tap(page)
    await page.getByText(/It comes in no more until then/).waitFor({ state: 'detached' })
  })

  await step('ended', async () => {
    await button(page, 'End Our builds').click()
    await button(dialog(page), 'End it with a tap').click()
    await tap(page)
    await page.getByText('Our builds', { exact: true }).waitFor({ state: 'detached' })
    await see(page, 'GitHub Actions')
  })
})
