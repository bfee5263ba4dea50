import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setUp } from './entry-steps.ts'
import { lookAtPage } from './look-at-page.ts'
import { button, choose, openStory, see, seeTitle, tap } from './story.ts'

test('a tool is put behind the proxy in the browser, and opened there', { timeout: 280_000 }, async (context) => {
  await using story = await openStory(context)
  const { postern, page, step, visitor } = story
  const at = postern.origin.replace('localhost', 'who.localhost')
  await setUp(story)

  await step('a name below this instance’s own is refused at its field, and nothing typed is lost', async () => {
    await page.goto(`${postern.origin}/-/applications/new/route`)
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Who is it')
    await page.getByRole('textbox', { name: 'Its name on the network' }).fill('who.example.com')
    await page.getByRole('textbox', { name: 'Where it runs' }).fill('postern:who')
    await button(page, 'Add a header').click()
    await button(page, 'Add a rule').click()
    const rule = page.getByRole('group', { name: 'Rule 1' })
    await rule.getByRole('textbox', { name: 'Title' }).fill('Newer taps to change something')
    await rule
      .getByRole('combobox', { name: 'On these paths' })
      .or(rule.getByLabel('On these paths'))
      .first()
      .fill('admin*')
    await page.keyboard.press('Enter')
    await choose(page, 'A tap no older than', '15 minutes')
    await see(rule, 'Everything on /admin* takes a tap within the last 15 minutes.')
    await button(page, 'Set up with a tap').click()
    await see(page, /only names below localhost work/)
    assert.equal(await page.getByRole('textbox', { name: 'Where it runs' }).inputValue(), 'postern:who')
    await visitor.photograph('route-refused')
  })

  await step('mended and tapped for, it is there', async () => {
    await page.getByRole('textbox', { name: 'Its name on the network' }).fill('who.localhost')
    await button(page, 'Set up with a tap').click()
    await see(page.getByRole('dialog'), 'postern:who')
    await visitor.photograph('route-tap')
    await tap(page)
    await seeTitle(page, 'Who is it is set up')
    await visitor.photograph('route-made')
  })

  await step('opened, it knows who came without a second sign-in', async () => {
    await page.goto(at)
    await seeTitle(page, /^You are /)
    await see(page, 'Signed by Postern, and checked')
    await see(page, 'remote-user')
    await visitor.photograph('route-who')
  })

  await step('its page and its form are readable in both schemes and widths', async () => {
    const more = button(page, /^More: /)
    await lookAtPage(page, postern.origin, {
      name: 'route-form',
      url: '/-/applications/new/route',
      route: '/-/applications/new/$id',
      shows: 'Its name on the network',
      first: async () => {
        await button(page, 'Add a rule').click()
        await button(page, 'Add a header').click()
        await choose(page, 'What header 1 says', 'Groups (with commas)')
        await more.click()
        await see(page, 'Paths open to everybody')
      },
    })
    await lookAtPage(page, postern.origin, {
      name: 'route-page',
      url: '/-/applications/who-is-it',
      route: '/-/applications/$id',
    })
  })
})
