import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ScimClient } from '../support/scim.ts'
import { setUp } from './entry-steps.ts'
import { button, choose, dialog, link, openStory, see, seeTitle, tap } from './story.ts'

test('a directory is connected, brings people and groups, and is disconnected in the browser', async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  let scim = new ScimClient(postern.origin, null)
  await setUp(story)

  await step('the recipe stands beside the form, and follows the choice of the directory', async () => {
    await page.goto(`${postern.origin}/-/directory`)
    await see(page, 'No directory is connected')
    const main = page.getByRole('navigation', { name: 'Main' })
    assert.equal(await main.getByRole('link', { name: 'People' }).getAttribute('aria-current'), 'page')
    await button(page, 'Connect a directory').click()
    await see(page, 'In Okta')
    await choose(page, 'Which directory', 'Microsoft Entra ID')
    await see(page, 'In Microsoft Entra ID')
    await see(page, `${postern.origin}/scim/v2`)
    await button(page, 'Connect it with a tap').click()
    await see(page, /Please give it a name/)
  })

  await step('connected with a tap, its token shown once', async () => {
    await page.getByRole('textbox', { name: 'Name' }).fill('Entra of Acme')
    await button(page, 'Connect it with a tap').click()
    await tap(page)
    await see(page, /Copy it now/)
    const token = (await page.getByLabel('Text to copy').first().textContent()) ?? ''
    assert.match(token, /^pst_scim_/)
    scim = new ScimClient(postern.origin, token)
    await visitor.photograph('directory-connected')
    await see(page, 'Waits for its first request')
  })

  await step('it brings people and a group', async () => {
    const { id } = await scim.makeUser('zoe@acme.example')
    await scim.makeUser('yan@acme.example')
    await scim.makeGroup('Finance & Legal', [id])
    await page.reload()
    await see(page, 'In step')
    await see(page, /2 people · 1 group · 2 without a passkey yet/)
    assert.equal((await page.content()).includes('pst_scim_'), false)
  })

  await step('a group is given a role, which its members get', async () => {
    await link(page, 'Entra of Acme').click()
    await see(page, 'Finance & Legal')
    await choose(page, 'Role in the organisation of Finance & Legal', 'Administrator')
    await tap(page)
    await page.waitForFunction(
      "fetch('/api/v1/people?q=zoe').then((r) => r.json()).then(({ items }) => items[0]?.role === 'admin')",
    )
    await visitor.photograph('directory-group')
  })

  await step('a group one must be in', async () => {
    await button(page, 'Change').click()
    await choose(page, 'Group its people must be in', /Finance/)
    await button(page, 'Save with a tap').click()
    await see(dialog(page), /1 person of this directory is not in that group now/)
    await tap(page)
    await see(page, 'required to be here')
  })

  await step('a new token, while the old one still works', async () => {
    await button(page, 'New token').click()
    await button(dialog(page), 'Make it with a tap').click()
    await tap(page)
    await see(page, /The token before this one still works/)
    assert.equal((await scim.get('/Users?count=1')).status, 200)
  })

  await step('disconnected, and its people lose their access, as was chosen', async () => {
    await button(page, 'Disconnect').click()
    await see(dialog(page), 'The 2 people it brought')
    await dialog(page).getByRole('radio', { name: 'lose their access' }).check({ force: true })
    await button(dialog(page), 'Disconnect it with a tap').click()
    await tap(page)
    await seeTitle(page, 'Directory')
    await see(page, 'No directory is connected')
    assert.equal((await scim.get('/Users')).status, 401)
    await page.waitForFunction(
      "fetch('/api/v1/people?q=acme').then((r) => r.json()).then(({ items }) => items.length === 2 && items.every(({ state }) => state === 'ended'))",
    )
  })
  assert.deepEqual(visitor.errors, [])
})
