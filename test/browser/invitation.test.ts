import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Visitor } from '../support/chromium.ts'
import { setUp } from './entry-steps.ts'
import { button, choose, dialog, holds, linesOf, openStory, see, seeTitle, tap } from './story.ts'

const upright = { width: 390, height: 844 }

// Ana invites two people; one opens the link on her phone, makes a passkey there, and is in.
test('an invitation, from the tap to the phone', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, browser, page, step, visitor } = story
  await step('an owner, and a group', async () => {
    await setUp(story)
    await page.goto(`${postern.origin}/-/groups?new=yes`)
    await dialog(page).getByLabel('Name', { exact: true }).fill('crew')
    await button(dialog(page), 'Create with a tap').click()
    await tap(page)
    await page.getByRole('heading', { level: 2, name: 'crew' }).waitFor()
  })
  let link = ''
  await step('addresses as they come, a role, a group; one tap', async () => {
    await page.goto(`${postern.origin}/-/people`)
    await button(page, 'Invite people').click()
    const box = dialog(page, 'Invite people')
    await box.getByLabel('E-mail addresses').fill('Bo Holt <bo.holt@example.com>, nobody')
    await button(box, 'Invite with a tap').click()
    await see(box, 'Not an address: nobody')
    await box.getByLabel('E-mail addresses').fill('Bo Holt <bo.holt@example.com>')
    await choose(page, 'Groups', 'crew')
    await box.getByLabel('A line from you').fill('Welcome aboard')
    await visitor.photograph('invite')
    await button(box, 'Invite with a tap').click()
    await see(dialog(page), 'Invite bo.holt@example.com as a member')
    await tap(page)
    await see(page, 'Send this link to bo.holt@example.com')
    link = await linesOf(page, 'Link to send')
    await visitor.photograph('invited')
  })

  await step('in a browser where somebody is signed in, the page says who', async () => {
    const other = await visitor.context.newPage()
    await other.goto(link)
    await seeTitle(other, 'You are invited')
    await see(other, /^You are signed in as Ana/)
    assert.equal(await button(other, 'Create my passkey').count(), 0)
    await button(other, 'Sign out and go on').waitFor()
    await other.close()
  })

  await using phone = await Visitor.open(browser, { viewport: upright, hasTouch: true, isMobile: true })
  await phone.addKey({ isSynced: true })
  await step('on a phone: name, one button, in', async () => {
    const at = phone.page
    await at.goto(link)
    await seeTitle(at, 'You are invited')
    await see(at, /invites you to localhost/)
    await see(at, 'Welcome aboard')
    await see(at, 'bo.holt@example.com')
    await holds(at.getByLabel('Your name'), 'Bo Holt')
    await holds(at.getByLabel('Username'), 'bo-holt')
    assert.equal(await at.getByLabel('E-mail').count(), 0, 'the address is not theirs to choose')
    const width = await at.evaluate('document.documentElement.scrollWidth')
    assert.ok(Number(width) <= upright.width, `${String(width)} pixels wide`)
    await phone.photograph('invitation')
    await button(at, 'Create my passkey').click()
    await at.waitForURL(/step=next/)
    await at.goto(`${postern.origin}/-/account`)
    await see(at, /bo-holt · bo.holt@example.com/)
  })

  await step('the link is used up; the list says who accepted', async () => {
    await using late = await Visitor.open(browser, { viewport: upright })
    await late.page.goto(link)
    await seeTitle(late.page, 'This link does not work')
    await see(late.page, /already used/)
    await page.goto(`${postern.origin}/-/people/invitations?state=all`)
    await see(page, 'Accepted')
    await visitor.photograph('invitations')
    await page.getByRole('link', { name: 'Bo Holt' }).click()
    await seeTitle(page, 'Bo Holt')
    await see(page, 'crew')
    await see(page, 'Not vouched for yet')
    await visitor.photograph('person')
  })

  await step('the group is told something: it stands on Home until it is put away, and the report knows', async () => {
    await page.goto(`${postern.origin}/-/groups`)
    await button(page.getByRole('region', { name: 'crew' }), 'Tell them').click()
    const box = dialog(page, 'Tell everybody in crew')
    await box.getByLabel('Title').fill('The wiki moves on Monday')
    await box.getByLabel('What changes, and how simple it is').fill('The same passkey, one tap.')
    await button(box, 'Send').click()
    await seeTitle(page, 'The wiki moves on Monday')
    // Without mail nobody is reached but by coming here.
    await see(page, 'Stuck: 1')
    const at = phone.page
    await at.goto(postern.origin)
    await see(at, 'The wiki moves on Monday')
    await see(at, 'The same passkey, one tap.')
    await button(at, 'Put away').click()
    await at.getByText('The wiki moves on Monday').waitFor({ state: 'detached' })
    await page.reload()
    await see(page, 'Done: 1')
  })

  await step('one that waits is withdrawn, and its link says so', async () => {
    await page.goto(`${postern.origin}/-/people/invitations?invite=yes`)
    const box = dialog(page, 'Invite people')
    await box.getByLabel('E-mail addresses').fill('late@example.com')
    await button(box, 'Invite with a tap').click()
    await tap(page)
    await see(page, 'Send this link to late@example.com')
    const withdrawn = await linesOf(page, 'Link to send')
    await phone.page.goto(withdrawn)
    await see(phone.page, 'You are signed in as Bo Holt')
    await button(phone.page, 'Sign out and go on').click()
    await button(phone.page, 'Create my passkey').waitFor()
    await button(page, 'Withdraw').click()
    await button(dialog(page), 'Withdraw with a tap').click()
    await tap(page)
    await see(page, 'Nobody is invited')
    await phone.page.reload()
    await seeTitle(phone.page, 'This link does not work')
  })
  assert.deepEqual([...visitor.errors, ...phone.errors], [])
})
