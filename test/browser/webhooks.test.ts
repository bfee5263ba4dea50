import assert from 'node:assert/strict'
import { test } from 'node:test'
import { callInBrowser } from '../support/browser-steps.ts'
import { isSigned, startReceiver } from '../support/receiver.ts'
import { setUp } from './entry-steps.ts'
import { nameWitness } from './ledger-steps.ts'
import { button, dialog, link, openStory, see, seeTitle, tap } from './story.ts'

test('a webhook is made, tested, mended and ended in the browser', { timeout: 280_000 }, async (context) => {
  await using receiver = await startReceiver()
  await using story = await openStory(context, { flags: ['--outbound-allow', '127.0.0.1'] })
  const { postern, page, step, visitor } = story
  let secret = ''
  await setUp(story)
  await callInBrowser(page, 'POST', '/projects', { name: 'pay', description: '' })
  await callInBrowser(page, 'POST', '/projects/pay/repositories', { name: 'api', description: '' })

  await step('from the settings to an empty list, and to the form', async () => {
    await page.goto(`${postern.origin}/pay/api/settings`)
    await link(page, 'Webhooks').click()
    await seeTitle(page, 'Webhooks')
    await see(page, 'No webhooks')
    await button(page, 'New webhook').click()
  })

  await step('an address inside the house is refused with its reason, and nothing typed is lost', async () => {
    await page.getByRole('textbox', { name: 'Address' }).fill('http://10.0.0.1/build')
    await page.getByRole('radio', { name: 'Only what I choose' }).check({ force: true })
    await button(page, 'Make it with a tap').click()
    await see(page, 'Choose at least one event')
    await page.getByRole('group', { name: 'Repository' }).getByLabel('All of these').check()
    await button(page, 'Make it with a tap').click()
    await see(page, /10\.0\.0\.1 leads to a private address/)
    assert.equal(await page.getByRole('textbox', { name: 'Address' }).inputValue(), 'http://10.0.0.1/build')
    await visitor.photograph('webhook-refused')
  })

  await step('made with a tap, its secret shown once', async () => {
    await page.getByRole('textbox', { name: 'Address' }).fill(`${receiver.url}build`)
    await button(page, 'Make it with a tap').click()
    await tap(page)
    await see(page, /Copy it now/)
    secret = (await page.getByRole('alert').getByLabel('Text to copy').textContent()) ?? ''
    assert.match(secret, /^whsec_/)
    await visitor.photograph('webhook-made')
    await link(page, 'Send a test').click()
    await seeTitle(page, `127.0.0.1:${receiver.port}`)
    assert.ok(!(await page.content()).includes(secret))
  })

  await step('a test arrives, and its page shows what was sent and answered', async () => {
    await button(page, 'Send a test').click()
    const got = await receiver.next()
    assert.ok(await isSigned(got, secret))
    await see(page, 'Delivered')
    await see(page, /It answered 204/)
    await see(page, String(got.headers['webhook-signature']))
    await visitor.photograph('webhook-delivered')
  })

  await step('a receiver in trouble shows; when it is well, the same is sent again', async () => {
    receiver.answer((response) => response.writeHead(500, { 'content-type': 'text/plain' }).end('no room left'))
    await button(page, 'Send again').click()
    const got = await receiver.next()
    await see(page, 'no room left')
    await see(page, 'Nothing arrives')
    await visitor.photograph('webhook-failed')
    receiver.answer((response) => response.writeHead(204).end())
    await button(page, 'Send again').click()
    assert.equal((await receiver.next()).headers['webhook-id'], got.headers['webhook-id'])
    await page.getByRole('region', { name: 'Attempt 3' }).waitFor()
    await see(page, 'Arrives')
  })

  await step('edited, switched off and on, given a new secret, deleted', async () => {
    await button(page, 'Edit').click()
    await page.getByRole('radio', { name: 'Everything' }).check({ force: true })
    await button(page, 'Save with a tap').click()
    await tap(page)
    await see(page, /^Everything\./)
    await button(page, 'Switch off').click()
    await tap(page)
    await button(page, 'Switch on').click()
    await tap(page)
    await button(page, 'New secret').click()
    await button(dialog(page), 'Make it with a tap').click()
    await tap(page)
    await see(page, /The former secret signs as well and ends/)
    await button(page, 'Delete').click()
    await button(dialog(page), 'Delete it with a tap').click()
    await tap(page)
    await see(page, 'No webhooks')
  })
  await step('a witness of the ledger is asked before it is named, and cosigns', () => nameWitness(story))
  await step('no page complained', async () => assert.deepEqual(visitor.errors, []))
})
