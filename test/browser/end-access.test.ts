import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { type Id, newId } from '../../src/database/id.ts'
import { createRegistrationLink, linkUrl } from '../../src/identity/registration-links.ts'
import { createUser } from '../../src/identity/users.ts'
import { callInBrowser } from '../support/browser-steps.ts'
import { applicant } from '../support/ceremony.ts'
import { insertHoldings } from '../support/holding-rows.ts'
import { setUp } from './entry-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, dialog, link, openStory, see, seeTitle, tap } from './story.ts'

test(
  'somebody’s access is ended, read on its receipt, and given back, in the browser',
  { timeout: 280_000 },
  async (context) => {
    await using story = await openStory(context)
    const { postern, page, step, visitor } = story
    const { database, now } = postern.postern.ceremonies
    await setUp(story)
    await callInBrowser(page, 'POST', '/projects', { name: 'pay', description: '' })
    const { id: repositoryId } = await callInBrowser<{ id: Id<'rep'> }>(page, 'POST', '/projects/pay/repositories', {
      name: 'api',
      description: '',
    })
    const { id: importedId } = await callInBrowser<{ id: Id<'rep'> }>(page, 'POST', '/projects/pay/repositories', {
      name: 'other',
      description: '',
    })
    const { link: invited, id } = await database.write(async (tx) => {
      const user = await createUser(tx, { ...applicant('ben'), role: 'member', createdBy: null, at: now() })
      const made = await createRegistrationLink(tx, {
        purpose: 'invitation',
        userId: user.id,
        createdBy: null,
        at: now(),
      })
      return { link: linkUrl(postern.origin, made.token), id: user.id }
    })
    const ben = postern.stranger()
    await ben.register(invited, applicant('ben'))
    const at = now()
    await insertHoldings(database, { id, username: 'ben', linkId: newId('lnk'), repositoryId, importedId, at })

    await step('the page of the person leads to what would end', async () => {
      await page.goto(`${postern.origin}/-/people/ben`)
      await button(page, 'End access').click()
      await see(dialog(page), 'This ends at once')
      await see(dialog(page), '1 session')
      await see(dialog(page), '1 webhook they look after')
      await page.getByLabel('Reason').fill('left on Friday')
      await visitor.photograph('end-access')
    })

    await step('one tap ends it, and nothing is open any more', async () => {
      await button(dialog(page), 'End it with a tap').click()
      await tap(page)
      await see(page, 'ben Example is out')
      await visitor.photograph('end-access-done')
      assert.equal((await ben.fetch('GET', '/me')).status, 401)
    })

    await step('the receipt says it all, and can be taken away', async () => {
      await link(page, 'The receipt').click()
      await seeTitle(page, 'The access of ben Example ended')
      await see(page, '“left on Friday”')
      await see(page, 'What cannot be ended from here')
      const download = page.waitForEvent('download')
      await button(page, 'Download the receipt').click()
      const { payloadType } = JSON.parse(await readFile(await (await download).path(), 'utf8')) as {
        payloadType: string
      }
      assert.equal(payloadType, 'application/vnd.in-toto+json')
      const url = new URL(page.url()).pathname
      await lookAtPage(page, postern.origin, { name: 'access-end', route: '', url, shows: '1 password' })
    })

    await step('what they looked after waits for somebody who keeps it', async () => {
      await lookAtPage(page, postern.origin, {
        name: 'mirror-left-behind',
        route: '',
        url: '/pay/api/settings/mirrors',
        shows: 'ben Example, who looked after it, has left. Keep it?',
      })
      const webhooks = await callInBrowser<{ items: { id: string }[] }>(
        page,
        'GET',
        '/projects/pay/repositories/api/webhooks',
      )
      await page.goto(`${postern.origin}/pay/api/settings/webhooks/${webhooks.items[0]?.id}`)
      await button(page, 'Keep it with a tap').click()
      await tap(page)
      await button(page, 'Keep it with a tap').waitFor({ state: 'detached' })
    })

    await step('the account is given back alone, with a link', async () => {
      await page.goto(`${postern.origin}/-/people/ben`)
      await see(page, /by a person’s decision/)
      await button(page, 'Give access back').click()
      await button(dialog(page), 'Give it back with a tap').click()
      await tap(page)
      const given =
        (await dialog(page)
          .getByLabel(/Send this link/)
          .textContent()) ?? ''
      const anew = postern.stranger()
      await anew.register(given.trim(), applicant('ben'))
      assert.equal((await anew.fetch('GET', '/me')).status, 200)
      await visitor.photograph('access-restored')
    })
    assert.deepEqual(visitor.errors, [])
  },
)

test(
  'whom a directory ended is kept out for good by a tap here, in the browser',
  { timeout: 280_000 },
  async (context) => {
    await using story = await openStory(context)
    const { postern, page } = story
    const { database, now } = postern.postern.ceremonies
    await setUp(story)
    await database.write(async (tx) => {
      const who = { ...applicant('ben'), role: 'member' as const, createdBy: null, managedBy: newId('dir'), at: now() }
      const { id: userId } = await createUser(tx, who)
      await postern.postern.endAccess.end(tx, { userId, cause: 'scim', reason: 'Okta said so', actor: null, at: now() })
    })
    await lookAtPage(page, postern.origin, {
      name: 'ended-by-directory',
      route: '/-/people/$username',
      url: '/-/people/ben',
      shows: 'The directory ended it, and can give it back',
    })
    await page.setViewportSize({ width: 1280, height: 900 })
    await button(page, 'Keep them out').click()
    await page.getByLabel('Reason').fill('never again')
    await button(dialog(page), 'End it with a tap').click()
    await tap(page)
    await see(page, 'ben Example is out')
    await button(dialog(page), 'Done').click()
    await button(page, 'Keep them out').waitFor({ state: 'detached' })
    await button(page, 'Give access back').waitFor()
  },
)
